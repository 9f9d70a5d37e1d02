// SPDX-License-Identifier: MIT
#include "mbpf/program/map_names.hpp"

#include "mbpf/program/image.hpp"

namespace mbpf::program {

Bytes map_names(Bytes image) {
    std::uint32_t const count = load<std::uint8_t>(image, image_count_at);
    std::size_t end = image_header_bytes + count * sizeof(std::uint32_t);
    for (std::uint32_t i = 0; i < count; ++i) {
        SectionWord const word = unpack_section(
            load<std::uint32_t>(image, image_header_bytes + i * sizeof(std::uint32_t)));
        if (word.kind == SectionKind::Bss) {
            continue;
        }
        std::size_t const start = align_up(end, image_alignment);
        end = start + word.bytes;
        if (word.kind == SectionKind::MapNames) {
            return {image.data() + start, word.bytes};
        }
    }
    return {};
}

std::optional<std::uint32_t> map_number(Bytes names, std::string_view name) {
    std::uint32_t number = 0;
    std::size_t start = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] != std::byte{0}) {
            continue;
        }
        if (equal(names.data() + start, i - start, name.data(), name.size())) {
            return number;
        }
        start = i + 1;
        ++number;
    }
    return std::nullopt;
}

}  // namespace mbpf::program
