// SPDX-License-Identifier: MIT
#include "toolkit/report/terminal.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <cstdlib>

namespace mbpf::toolkit::report {

namespace {

// Parameter of the "select graphic rendition" sequence (ECMA-48).
int rendition_of(Ink ink) {
    switch (ink) {
        case Ink::Plain: return 0;
        case Ink::Bold: return 1;
        case Ink::Dim: return 2;
        case Ink::Red: return 31;
        case Ink::Green: return 32;
        case Ink::Yellow: return 33;
        case Ink::Blue: return 34;
        case Ink::Cyan: return 36;
    }
    return 0;
}

}  // namespace

Palette Palette::of(std::FILE* stream) {
    char const* const no_colour = std::getenv("NO_COLOR");
    char const* const terminal = std::getenv("TERM");
    bool const is_unwanted = no_colour != nullptr && *no_colour != '\0';
    bool const is_dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
    Palette palette;
    palette.has_colour_ = !is_unwanted && !is_dumb && isatty(fileno(stream)) == 1;
    return palette;
}

std::string Palette::paint(Ink ink, std::string_view text) const {
    if (!has_colour_ || ink == Ink::Plain || text.empty()) {
        return std::string(text);
    }
    return fmt::format("\033[{}m{}\033[0m", rendition_of(ink), text);
}

}  // namespace mbpf::toolkit::report
