// SPDX-License-Identifier: MIT
// Any bytes as a Femto-Containers file.
#include "mbpf/program/program.hpp"
#include "tests/fuzz/opened.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    mbpf::fuzz::Input const input{data, size};
    return mbpf::fuzz::examine(mbpf::program::open_femto(input.bytes()));
}
