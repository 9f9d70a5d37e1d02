// SPDX-License-Identifier: MIT
// Bytes for tests: at an address that every loader accepts, from hex or from a file.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "mbpf/base/base.hpp"

namespace mbpf {

// So that a failed EXPECT_EQ says something.
inline void PrintTo(Fault fault, std::ostream* to) { *to << "Fault " << unsigned(fault); }
inline void PrintTo(Error const& error, std::ostream* to) {
    *to << "Fault " << unsigned(error.fault) << " where " << error.where << " found " << error.found
        << " allowed " << error.allowed;
}

}  // namespace mbpf

namespace mbpf::test {

// A copy of some bytes, 8-aligned plus `shift`.
class Buffer {
public:
    Buffer() = default;
    explicit Buffer(std::size_t bytes) : words_(bytes / 8 + 2), size_{bytes} {}
    explicit Buffer(Bytes bytes, std::size_t shift = 0);
    explicit Buffer(std::vector<std::byte> const& bytes) : Buffer{Bytes{bytes}} {}

    [[nodiscard]] Bytes bytes() const { return Bytes{start(), size_}; }
    [[nodiscard]] WritableBytes writable() {
        return {static_cast<std::byte*>(static_cast<void*>(words_.data())) + shift_, size_};
    }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] Bytes first(std::size_t count) const { return bytes().first(count); }

    // The same bytes with some at `offset` replaced by `value`.
    template <class T>
    [[nodiscard]] Buffer with(std::size_t offset, T value) const {
        Buffer changed{bytes()};
        store(changed.writable().data() + offset, value);
        return changed;
    }
    // The same bytes and `more` zero bytes.
    [[nodiscard]] Buffer longer(std::size_t more) const;

private:
    [[nodiscard]] std::byte const* start() const {
        return static_cast<std::byte const*>(static_cast<void const*>(words_.data())) + shift_;
    }

    std::vector<std::uint64_t> words_ = std::vector<std::uint64_t>(1);
    std::size_t size_ = 0;
    std::size_t shift_ = 0;
};

// Bytes from hex digits; blanks are ignored, and so is a line from '#' on.
[[nodiscard]] Buffer from_hex(std::string_view text);
[[nodiscard]] std::string to_hex(Bytes bytes);

// tests/golden/<name>.hex
[[nodiscard]] Buffer golden(std::string const& name);

[[nodiscard]] bool equal(Bytes a, Bytes b);

template <class T>
[[nodiscard]] Fault fault_of(Result<T> const& result) {
    return result.has_value() ? Fault::None : result.error().fault;
}

}  // namespace mbpf::test
