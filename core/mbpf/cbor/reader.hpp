// SPDX-License-Identifier: MIT
// Pulls one item after the other off CBOR in deterministic encoding (RFC 8949, section 4.2.1);
// every other encoding is CborMalformed. Copies nothing: strings are views of the input. A read
// that fails leaves the reader where it was.
#pragma once

#include <cstdint>
#include <string_view>

#include "mbpf/base/base.hpp"
#include "mbpf/cbor/major.hpp"

namespace mbpf::cbor {

// Keys of a map that have been read: the next one must be greater (RFC 8949, section 4.2.1).
class KeyOrder {
public:
    [[nodiscard]] bool accepts(std::int64_t key);

private:
    std::uint64_t next_ = 0;  // The least rank that may follow.
};

class Reader {
public:
    Reader() = default;
    // Errors count bytes from `base` bytes before `bytes`. What ends too early is Truncated.
    explicit Reader(Bytes bytes, std::uint32_t base = 0) : bytes_{bytes}, base_{base} {}

    [[nodiscard]] Result<Major> peek() const;

    [[nodiscard]] Result<std::uint64_t> unsigned_integer() { return argument(Major::Unsigned); }
    // The n of the number -1 - n.
    [[nodiscard]] Result<std::uint64_t> negative_integer() { return argument(Major::Negative); }
    // Either of them; CborUnexpected if the number does not fit.
    [[nodiscard]] Result<std::int64_t> integer();
    // An integer that is a key of a map.
    [[nodiscard]] Result<std::int64_t> key(KeyOrder& order);

    [[nodiscard]] Result<Bytes> byte_string() { return string(Major::Bytes); }
    // Not checked to be UTF-8.
    [[nodiscard]] Result<std::string_view> text_string();
    // A reader of the content of a byte string. There, what ends too early is CborMalformed: no
    // more bytes can follow.
    [[nodiscard]] Result<Reader> nested();
    // The same for a string that was read before.
    [[nodiscard]] Reader part(Bytes piece) const;
    // The length of a byte string whose content, which need not be there, is left to the caller.
    [[nodiscard]] Result<std::uint64_t> byte_string_head() { return argument(Major::Bytes); }

    // How many items, or pairs of them, follow.
    [[nodiscard]] Result<std::uint32_t> array_head() { return count(Major::Array); }
    [[nodiscard]] Result<std::uint32_t> map_head() { return count(Major::Map); }
    [[nodiscard]] Result<std::uint64_t> tag() { return argument(Major::Tag); }

    [[nodiscard]] Result<bool> boolean();
    [[nodiscard]] Result<void> null();

    // Passes one item with all that is in it, and returns its encoding. Any depth takes the same
    // memory and at most one step for each byte.
    [[nodiscard]] Result<Bytes> skip();

    [[nodiscard]] Result<void> finish() const;  // TrailingBytes if there is more.
    [[nodiscard]] bool is_at_end() const { return at_ == bytes_.size(); }
    [[nodiscard]] std::uint32_t offset() const { return base_ + std::uint32_t(at_); }
    [[nodiscard]] std::size_t left_bytes() const { return bytes_.size() - at_; }

private:
    struct Item {
        std::uint64_t argument{};
        std::uint8_t initial{};
        std::uint8_t head_bytes{};

        [[nodiscard]] Major major() const { return Major(initial >> argument_bits); }
        [[nodiscard]] bool is_string() const {
            return major() == Major::Bytes || major() == Major::Text;
        }
        [[nodiscard]] std::uint64_t least_bytes() const;  // Behind the head.
    };

    [[nodiscard]] Result<Item> item() const;
    [[nodiscard]] Result<Item> item(Major expected) const;
    [[nodiscard]] Result<Item> whole(Major expected) const;
    [[nodiscard]] Result<std::uint64_t> argument(Major expected);
    [[nodiscard]] Result<Bytes> string(Major expected);
    [[nodiscard]] Result<std::uint32_t> count(Major expected);
    [[nodiscard]] Result<std::uint8_t> simple(std::uint8_t first, std::uint8_t last);
    [[nodiscard]] Error malformed() const;
    [[nodiscard]] Error unexpected(std::uint8_t initial, Major expected) const;
    // Of `bytes` from here on that are not all there.
    [[nodiscard]] Error too_short(std::uint64_t bytes) const;

    Bytes bytes_;
    std::size_t at_ = 0;
    std::uint32_t base_ = 0;
    Fault at_end_ = Fault::Truncated;
};

}  // namespace mbpf::cbor
