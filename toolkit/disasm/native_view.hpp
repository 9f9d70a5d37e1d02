// SPDX-License-Identifier: MIT
// `mbpf disasm --native`: what a program becomes on a device, beside its own instructions.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "toolkit/input/input.hpp"
#include "toolkit/native/native.hpp"
#include "toolkit/report/terminal.hpp"

namespace mbpf::toolkit::disasm {

[[nodiscard]] std::string native_text(input::Input const& input, native::Code const& code,
                                      report::Palette const& palette);
[[nodiscard]] nlohmann::ordered_json native_json(input::Input const& input,
                                                 native::Code const& code);

}  // namespace mbpf::toolkit::disasm
