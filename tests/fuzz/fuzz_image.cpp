// SPDX-License-Identifier: MIT
// Any bytes as an image of ours.
#include "mbpf/program/program.hpp"
#include "tests/fuzz/opened.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    mbpf::fuzz::Input const input{data, size};
    return mbpf::fuzz::examine(mbpf::program::open_image(input.bytes()));
}
