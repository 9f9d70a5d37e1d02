// SPDX-License-Identifier: MIT
// Colours, if whoever reads is a terminal that wants them: not in pipes and files, not with
// NO_COLOR set (no-color.org) or TERM=dumb.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace mbpf::toolkit::report {

enum class Ink : std::uint8_t { Plain, Bold, Dim, Red, Green, Yellow, Blue, Cyan };

class Palette {
public:
    [[nodiscard]] static Palette of(std::FILE* stream);
    [[nodiscard]] static Palette plain() { return Palette{}; }

    [[nodiscard]] std::string paint(Ink ink, std::string_view text) const;

private:
    bool has_colour_ = false;
};

}  // namespace mbpf::toolkit::report
