// SPDX-License-Identifier: MIT
// Any bytes as type information of an object: the maps that it declares, and its lines.
#include "tests/fuzz/opened.hpp"
#include "toolkit/source/btf.hpp"
#include "toolkit/source/btf_maps.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace mbpf;
    constexpr std::size_t head_bytes = 2;  // Length of .BTF; .BTF.ext follows.
    if (size < head_bytes) {
        return 0;
    }
    fuzz::Input const input{data, size};
    Bytes const both = input.bytes().subspan(head_bytes);
    std::size_t const length = load<std::uint16_t>(input.bytes(), 0);
    fuzz::Input const types{both.first(std::min(length, both.size()))};
    fuzz::Input const extra{both.subspan(types.bytes().size())};
    for (toolkit::source::MapDeclaration const& map :
         toolkit::source::read_btf_maps(types.bytes())) {
        fuzz::require(map.record.offset == 0 && map.record.zero == 0);
    }
    static_cast<void>(toolkit::source::read_btf_lines(types.bytes(), extra.bytes()));
    return 0;
}
