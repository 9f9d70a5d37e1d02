// SPDX-License-Identifier: MIT
// Where the sections of an image go, for whoever writes one: the linker and the toolkit's encoder.
// The decoder in image.cpp reads the same table of kinds.
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/program/image.hpp"

namespace mbpf::program {

class ImageLayout {
public:
    using Sizes = std::array<std::uint32_t, section_kinds.size()>;

    // An empty section takes no place in the table. No size is above max_section_bytes. `sizes`
    // outlives the layout.
    explicit ImageLayout(Sizes const& sizes) : sizes_{sizes} {
        for (std::uint32_t const size : sizes) {
            table_words_ += size != 0 ? 1 : 0;
        }
        std::size_t end = image_header_bytes + table_words_ * sizeof(std::uint32_t);
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            bool const is_in_file = sizes[i] != 0 && i != section_index(SectionKind::Bss);
            offsets_[i] = std::uint32_t(align_up(end, image_alignment));
            end = is_in_file ? offsets_[i] + sizes[i] : end;
        }
        total_bytes_ = std::uint32_t(end);
    }

    [[nodiscard]] constexpr std::uint32_t total_bytes() const { return total_bytes_; }
    // Offset of a section in the image, or where it would be if it were not empty.
    template <SectionKind kind>
    [[nodiscard]] constexpr std::uint32_t offset() const {
        constexpr std::size_t index = section_index(kind);
        return offsets_[index];
    }
    [[nodiscard]] constexpr std::uint32_t offset(std::size_t index) const {
        return offsets_[index];  // index in section_kinds
    }

    template <SectionKind kind>
    [[nodiscard]] constexpr std::uint32_t bytes() const {
        constexpr std::size_t index = section_index(kind);
        return sizes_[index];
    }

    // Zeroes the image and writes its header and section table. output.size() >= total_bytes().
    void write_header(WritableBytes output) const {
        __builtin_memset(output.data(), 0, total_bytes_);
        std::byte* word = output.data() + image_header_bytes;
        for (std::size_t i = 0; i < sizes_.size(); ++i) {
            if (sizes_[i] != 0) {
                store(word, pack({section_kinds[i], sizes_[i]}));
                word += sizeof(std::uint32_t);
            }
        }
        store(output.data(), image_magic);
        output[4] = std::byte{image_version};
        output[5] = std::byte(table_words_);
    }

private:
    Sizes const& sizes_;
    Sizes offsets_;
    std::uint32_t total_bytes_;
    std::uint32_t table_words_ = 0;
};

}  // namespace mbpf::program
