// SPDX-License-Identifier: MIT
// What containers printed lately, in a ring. A position counts every byte that was ever written, so
// that a reader who comes back knows what it missed.
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/container/config.hpp"

namespace mbpf::container {

class Log {
public:
    // Out of line, for it is small only once.
    [[gnu::noinline]] void put(char c) {
        ring_[end_ % ring_.size()] = c;
        ++end_;
    }

    // [start, end) can be read; both wrap.
    [[nodiscard]] std::uint32_t end() const { return end_; }
    [[nodiscard]] std::uint32_t start() const {
        return end_ < config::log_bytes ? 0 : end_ - config::log_bytes;
    }
    // `position`, or that of the oldest byte if it cannot be read any more.
    [[nodiscard]] std::uint32_t nearest(std::uint32_t position) const {
        return end_ - position <= end_ - start() ? position : start();
    }
    [[nodiscard]] char at(std::uint32_t position) const { return ring_[position % ring_.size()]; }

private:
    std::array<char, config::log_bytes> ring_{};
    std::uint32_t end_ = 0;
};
static_assert((config::log_bytes & (config::log_bytes - 1)) == 0, "positions wrap around 2^32");

}  // namespace mbpf::container
