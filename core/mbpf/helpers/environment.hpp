// SPDX-License-Identifier: MIT
// What the standard helpers of one program work on. The embedder owns all of it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "mbpf/base/base.hpp"
#include "mbpf/machine/machine.hpp"

namespace mbpf::helpers {

// Characters that a program prints. What finds no room is dropped.
class TextOutput {
public:
    TextOutput() = default;
    explicit TextOutput(WritableBytes room) : room_{room} {}

    void put(char c) {
        if (used_ < room_.size()) {
            room_[used_++] = std::byte(c);
        }
    }
    void put(char c, std::uint32_t count) {
        for (; count != 0 && used_ < room_.size(); --count) {
            put(c);
        }
    }
    [[nodiscard]] std::uint32_t size() const { return std::uint32_t(used_); }
    [[nodiscard]] std::string_view text() const { return as_text(room_.first(used_)); }

private:
    WritableBytes room_;
    std::size_t used_ = 0;
};

// A key-value store of 32-bit words in memory of the embedder. A program cannot make it grow.
class Store {
public:
    struct Entry {
        std::uint32_t key{};
        std::uint32_t value{};
    };

    Store() = default;
    explicit Store(std::span<Entry> room) : room_{room} {}

    // False if the key is new and there is no room for it.
    [[nodiscard]] bool put(std::uint32_t key, std::uint32_t value);
    // 0 for a key that was never stored.
    [[nodiscard]] std::uint32_t get(std::uint32_t key) const;
    [[nodiscard]] std::uint32_t size() const { return used_; }

private:
    [[nodiscard]] std::uint32_t index_of(std::uint32_t key) const;  // size() if it is not there

    std::span<Entry> room_;
    std::uint32_t used_ = 0;
};

struct Environment {
    TextOutput output;
    Store local;                          // Of this program.
    Store* global = nullptr;              // Of all programs.
    std::uint64_t (*now_us)() = nullptr;  // Microseconds since the device started.
};

}  // namespace mbpf::helpers
