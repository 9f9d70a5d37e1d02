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

bool is_terminal(std::FILE* stream) { return isatty(fileno(stream)) == 1; }

// C0, DEL, and C1 as UTF-8 has it (ECMA-48): bytes of it at `at`, or 0.
std::size_t control_bytes(std::string_view text, std::size_t at) {
    auto const byte = [text](std::size_t i) { return i < text.size() ? std::uint8_t(text[i]) : 0; };
    bool const is_c1 = byte(at) == 0xc2 && byte(at + 1) >= 0x80 && byte(at + 1) < 0xa0;
    bool const is_c0 = byte(at) < 0x20 && text[at] != '\n' && text[at] != '\t';
    return is_c1 ? 2 : is_c0 || byte(at) == 0x7f ? 1 : 0;
}

std::string harmless(std::string_view text) {
    std::string shown;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t const control = control_bytes(text, i);
        if (control == 0) {
            shown += text[i++];
        }
        for (std::size_t const end = i + control; i < end; ++i) {
            shown += fmt::format("\\x{:02x}", std::uint8_t(text[i]));
        }
    }
    return shown;
}

}  // namespace

std::string printed(std::string_view text, std::FILE* stream) {
    return is_terminal(stream) ? harmless(text) : std::string(text);
}

Palette Palette::of(std::FILE* stream) {
    char const* const no_colour = std::getenv("NO_COLOR");
    char const* const terminal = std::getenv("TERM");
    bool const is_unwanted = no_colour != nullptr && *no_colour != '\0';
    bool const is_dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
    Palette palette;
    palette.is_terminal_ = is_terminal(stream);
    palette.has_colour_ = !is_unwanted && !is_dumb && palette.is_terminal_;
    return palette;
}

std::string Palette::paint(Ink ink, std::string_view text) const {
    std::string shown = is_terminal_ ? harmless(text) : std::string(text);
    if (!has_colour_ || ink == Ink::Plain || text.empty()) {
        return shown;
    }
    return fmt::format("\033[{}m{}\033[0m", rendition_of(ink), shown);
}

}  // namespace mbpf::toolkit::report
