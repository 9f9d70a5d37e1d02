// SPDX-License-Identifier: MIT
// How the command `mbpf` ends. Scripts rely on the numbers: they are listed in --help.
#pragma once

#include <cstdint>

namespace mbpf::toolkit {

enum class ExitCode : std::uint8_t {
    Done = 0,         // The verb did its work; for `run`: the program ran to its end.
    Trapped = 1,      // The program was stopped while it ran.
    Rejected = 2,     // The verifier refused the program.
    Unusable = 3,     // The input cannot be read, compiled, linked or represented.
    Unavailable = 4,  // A compiler, QEMU, the firmware, a device: not there, or it broke.
    Refused = 5,      // A device refused what it was asked.
    Usage = 64,       // The command line makes no sense (sysexits.h: EX_USAGE).
};

}  // namespace mbpf::toolkit
