// SPDX-License-Identifier: MIT
// C source to an eBPF object, with the newest clang there is.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mbpf/base/base.hpp"

namespace mbpf::toolkit::compile {

inline constexpr unsigned oldest_clang = 14;
inline constexpr unsigned newest_clang = 40;  // Last version number that is looked for.
inline constexpr unsigned first_clang_with_v4 = 18;

struct Compiler {
    std::filesystem::path path;
    unsigned version{};
    std::string cpu{};  // Bytecode that it was told to write; empty: default_cpu().

    // "clang 19 (/usr/bin/clang-19), -mcpu=v4"
    [[nodiscard]] std::string text() const;
    // Newest bytecode that this clang writes without being experimental about it.
    [[nodiscard]] char const* default_cpu() const {
        return version >= first_clang_with_v4 ? "v4" : "v3";
    }
};

// That of MBPF_CLANG if it is set, otherwise the newest in PATH. Throws a Failure that says what to
// install if there is none of at least `oldest_clang`.
[[nodiscard]] Compiler find_compiler();

struct Compiled {
    std::vector<std::byte> object;
    Compiler compiler;
    std::string warnings;
};

// `source` is there and can be read.
// clang -O2 -g -target bpf -mcpu=... -I <folder of mbpf.h> <flags> -c source. Throws a Failure with
// the compiler's messages if it does not compile.
[[nodiscard]] Compiled compile(std::filesystem::path const& source,
                               std::vector<std::string> const& flags);

}  // namespace mbpf::toolkit::compile
