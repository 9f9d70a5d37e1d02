// SPDX-License-Identifier: MIT
// Any bytes as an image of ours, and names of maps in one that opens.
#include "mbpf/program/program.hpp"
#include "tests/fuzz/opened.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    mbpf::fuzz::Input const input{data, size};
    auto const program = mbpf::program::open_image(input.bytes());
    if (program.has_value()) {
        mbpf::Bytes const names = mbpf::program::map_names(input.bytes());
        static_cast<void>(mbpf::program::map_number(names, "map"));
    }
    return mbpf::fuzz::examine(program);
}
