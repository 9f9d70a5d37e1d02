// SPDX-License-Identifier: MIT
// Colours, if whoever reads is a terminal that wants them: not in pipes and files, not with
// NO_COLOR set (no-color.org) or TERM=dumb. What is painted does not control a terminal.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace mbpf::toolkit::report {

enum class Ink : std::uint8_t { Plain, Bold, Dim, Red, Green, Yellow, Blue, Cyan };

// What a program printed, as it is; on a terminal, which it must not control, such characters are
// shown as \x1b. Lines and tabs stay.
[[nodiscard]] std::string printed(std::string_view text, std::FILE* stream);

class Palette {
public:
    [[nodiscard]] static Palette of(std::FILE* stream);
    [[nodiscard]] static Palette plain() { return Palette{}; }

    [[nodiscard]] std::string paint(Ink ink, std::string_view text) const;

private:
    bool has_colour_ = false;
    bool is_terminal_ = false;
};

}  // namespace mbpf::toolkit::report
