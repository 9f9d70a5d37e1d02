// SPDX-License-Identifier: MIT
// Memory that containers get pieces of. First fit; a piece never moves, because addresses of it are
// in registers and in compiled code.
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/container/config.hpp"

namespace mbpf::container {

// Where a piece lies. Of 0 bytes: there is none.
struct Piece {
    std::uint32_t offset{};
    std::uint32_t bytes{};
};

class Arena {
public:
    Arena() = default;
    explicit Arena(WritableBytes memory) : memory_{memory} {}  // 8-aligned

    // 8-aligned; nothing if no gap is as large. The caller gives it back with exactly this span.
    [[nodiscard]] WritableBytes take(std::size_t bytes);
    void give_back(WritableBytes piece) { give_back(piece_of(piece)); }
    void give_back(Piece piece);

    // The largest gap, for work that tells its size afterwards; keep() takes the start of it.
    [[nodiscard]] WritableBytes largest_gap() const;
    [[nodiscard]] WritableBytes keep(WritableBytes gap, std::size_t bytes);

    [[nodiscard]] std::uint32_t total_bytes() const { return std::uint32_t(memory_.size()); }
    [[nodiscard]] std::uint32_t free_bytes() const;
    [[nodiscard]] Piece piece_of(WritableBytes memory) const {
        return {offset_of(memory), std::uint32_t(memory.size())};
    }

private:
    struct Taken {
        std::uint32_t start{};
        std::uint32_t end{};
    };

    [[nodiscard]] std::uint32_t offset_of(WritableBytes piece) const {
        return piece.empty() ? 0 : std::uint32_t(piece.data() - memory_.data());
    }

    // Where the gap in front of piece `index` starts; behind the last one for index == count_.
    [[nodiscard]] std::uint32_t gap_start(std::uint32_t index) const {
        return index == 0 ? 0 : pieces_[index - 1].end;
    }
    [[nodiscard]] std::uint32_t gap_end(std::uint32_t index) const {
        return index == count_ ? total_bytes() : pieces_[index].start;
    }
    WritableBytes insert(std::uint32_t index, std::size_t bytes);

    WritableBytes memory_;
    std::array<Taken, config::max_containers> pieces_{};  // Ascending.
    std::uint32_t count_ = 0;
};

}  // namespace mbpf::container
