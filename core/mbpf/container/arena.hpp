// SPDX-License-Identifier: MIT
// Memory that containers get pieces of. First fit; a piece never moves, because addresses of it are
// in registers and in compiled code.
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/container/config.hpp"

namespace mbpf::container {

class Arena {
public:
    Arena() = default;
    explicit Arena(WritableBytes memory) : memory_{memory} {}  // 8-aligned

    // 8-aligned; nothing if no gap is as large. The caller gives it back with exactly this span.
    [[nodiscard]] WritableBytes take(std::size_t bytes);
    void give_back(WritableBytes piece);

    // The largest gap, for work that tells its size afterwards; keep() takes the start of it.
    [[nodiscard]] WritableBytes largest_gap() const;
    [[nodiscard]] WritableBytes keep(WritableBytes gap, std::size_t bytes);

    [[nodiscard]] std::uint32_t total_bytes() const { return std::uint32_t(memory_.size()); }
    [[nodiscard]] std::uint32_t free_bytes() const;
    // Where a piece lies, for maps of memory.
    [[nodiscard]] std::uint32_t offset_of(WritableBytes piece) const {
        return piece.empty() ? 0 : std::uint32_t(piece.data() - memory_.data());
    }

private:
    struct Piece {
        std::uint32_t start{};
        std::uint32_t end{};
    };

    // Where the gap in front of piece `index` starts; behind the last one for index == count_.
    [[nodiscard]] std::uint32_t gap_start(std::uint32_t index) const {
        return index == 0 ? 0 : pieces_[index - 1].end;
    }
    [[nodiscard]] std::uint32_t gap_end(std::uint32_t index) const {
        return index == count_ ? total_bytes() : pieces_[index].start;
    }
    WritableBytes insert(std::uint32_t index, std::size_t bytes);

    WritableBytes memory_;
    std::array<Piece, config::max_containers> pieces_{};  // Ascending.
    std::uint32_t count_ = 0;
};

}  // namespace mbpf::container
