// SPDX-License-Identifier: MIT
// What containers printed lately, in a ring. A position counts every byte that was ever written, so
// that a reader who comes back knows what it missed.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "mbpf/base/base.hpp"
#include "mbpf/container/config.hpp"

namespace mbpf::container {

class Log {
public:
    void put(char c) {
        ring_[end_ % ring_.size()] = c;
        ++end_;
    }
    void put(std::string_view text) {
        for (char const c : text) {
            put(c);
        }
    }

    // [start, end) can be read; both wrap.
    [[nodiscard]] std::uint32_t end() const { return end_; }
    [[nodiscard]] std::uint32_t start() const {
        return end_ < config::log_bytes ? 0 : end_ - config::log_bytes;
    }
    [[nodiscard]] char at(std::uint32_t position) const { return ring_[position % ring_.size()]; }

private:
    std::array<char, config::log_bytes> ring_{};
    std::uint32_t end_ = 0;
};
static_assert((config::log_bytes & (config::log_bytes - 1)) == 0, "positions wrap around 2^32");

}  // namespace mbpf::container
