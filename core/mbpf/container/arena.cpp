// SPDX-License-Identifier: MIT
#include "mbpf/container/arena.hpp"

namespace mbpf::container {

WritableBytes Arena::take(std::size_t bytes) {
    for (std::uint32_t i = 0; i <= count_; ++i) {
        if (align_up(bytes, 8) <= gap_end(i) - gap_start(i)) {
            return insert(i, bytes);
        }
    }
    return {};
}

WritableBytes Arena::insert(std::uint32_t index, std::size_t bytes) {
    if (count_ == pieces_.size()) {
        return {};
    }
    std::uint32_t const start = gap_start(index);
    for (std::uint32_t i = count_; i > index; --i) {
        pieces_[i] = pieces_[i - 1];
    }
    pieces_[index] = {start, start + std::uint32_t(align_up(bytes, 8))};
    ++count_;
    return memory_.subspan(start, bytes);
}

void Arena::give_back(Piece piece) {
    std::uint32_t kept = 0;
    for (std::uint32_t i = 0; i < count_; ++i) {
        if (piece.bytes == 0 || pieces_[i].start != piece.offset) {
            pieces_[kept++] = pieces_[i];
        }
    }
    count_ = kept;
}

WritableBytes Arena::largest_gap() const {
    WritableBytes largest;
    for (std::uint32_t i = 0; i <= count_; ++i) {
        std::uint32_t const bytes = gap_end(i) - gap_start(i);
        if (bytes > largest.size()) {
            largest = memory_.subspan(gap_start(i), bytes);
        }
    }
    return largest;
}

WritableBytes Arena::keep(WritableBytes gap, std::size_t bytes) {
    for (std::uint32_t i = 0; i <= count_; ++i) {
        if (gap_start(i) == offset_of(gap)) {
            return insert(i, bytes);
        }
    }
    return {};
}

std::uint32_t Arena::free_bytes() const {
    std::uint32_t bytes = 0;
    for (std::uint32_t i = 0; i <= count_; ++i) {
        bytes += gap_end(i) - gap_start(i);
    }
    return bytes;
}

}  // namespace mbpf::container
