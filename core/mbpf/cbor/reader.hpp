// SPDX-License-Identifier: MIT
// Pulls one item after the other off CBOR in deterministic encoding (RFC 8949, section 4.2.1);
// every other encoding is CborMalformed. Copies nothing: strings are views of the input. A read
// that fails leaves the reader where it was. Items of 1 GiB and more count as cut short.
//
// Each read comes in two forms: one that tells how it went, and one that is part of an attempt,
// does nothing if that has failed, and then yields an empty value.
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
    Reader() = default;  // Holds anything; Reader{} holds nothing.
    // Errors count bytes from `base` bytes before `bytes`. What ends too early is Truncated.
    explicit Reader(Bytes bytes, std::uint32_t base = 0)
        : at_{bytes.data()},
          offset_{base},
          end_{base + std::uint32_t(bytes.size())},
          is_part_{false} {}

    [[nodiscard]] Major peek(Attempt& attempt) const;
    [[nodiscard]] Result<Major> peek() const {
        return result_of([this](Attempt& attempt) { return peek(attempt); });
    }

    [[nodiscard]] std::uint64_t unsigned_integer(Attempt& attempt);
    [[nodiscard]] Result<std::uint64_t> unsigned_integer() {
        return told(&Reader::unsigned_integer);
    }
    // The n of the number -1 - n.
    [[nodiscard]] std::uint64_t negative_integer(Attempt& attempt);
    [[nodiscard]] Result<std::uint64_t> negative_integer() {
        return told(&Reader::negative_integer);
    }
    // Either of them; CborUnexpected if the number does not fit.
    [[nodiscard]] std::int64_t integer(Attempt& attempt);
    [[nodiscard]] Result<std::int64_t> integer() { return told(&Reader::integer); }
    // An integer that is a key of a map.
    [[nodiscard]] std::int64_t key(Attempt& attempt, KeyOrder& order);
    [[nodiscard]] Result<std::int64_t> key(KeyOrder& order) {
        return result_of([&](Attempt& attempt) { return key(attempt, order); });
    }
    // As unsigned_integer() and key(), or the largest word for what does not fit into one.
    [[nodiscard]] std::uint32_t unsigned_word(Attempt& attempt);
    [[nodiscard]] std::int32_t key_word(Attempt& attempt, KeyOrder& order);

    [[nodiscard]] Bytes byte_string(Attempt& attempt);
    [[nodiscard]] Result<Bytes> byte_string() { return told(&Reader::byte_string); }
    // Not checked to be UTF-8.
    [[nodiscard]] std::string_view text_string(Attempt& attempt);
    [[nodiscard]] Result<std::string_view> text_string() { return told(&Reader::text_string); }
    // A reader of the content of a byte string. There, what ends too early is CborMalformed: no
    // more bytes can follow.
    [[nodiscard]] Reader nested(Attempt& attempt);
    [[nodiscard]] Result<Reader> nested() { return told(&Reader::nested); }
    // The same for a string that was read before.
    [[nodiscard]] Reader part(Bytes piece) const;
    // The length of a byte string whose content, which need not be there, is left to the caller.
    [[nodiscard]] std::uint64_t byte_string_head(Attempt& attempt);
    [[nodiscard]] Result<std::uint64_t> byte_string_head() {
        return told(&Reader::byte_string_head);
    }

    // How many items, or pairs of them, follow.
    [[nodiscard]] std::uint32_t array_head(Attempt& attempt);
    [[nodiscard]] Result<std::uint32_t> array_head() { return told(&Reader::array_head); }
    [[nodiscard]] std::uint32_t map_head(Attempt& attempt);
    [[nodiscard]] Result<std::uint32_t> map_head() { return told(&Reader::map_head); }
    [[nodiscard]] std::uint64_t tag(Attempt& attempt);
    [[nodiscard]] Result<std::uint64_t> tag() { return told(&Reader::tag); }

    [[nodiscard]] bool boolean(Attempt& attempt) {
        return simple(attempt, simple_false, simple_true) == simple_true;
    }
    [[nodiscard]] Result<bool> boolean() { return told(&Reader::boolean); }
    void null(Attempt& attempt) { (void)simple(attempt, simple_null, simple_null); }
    [[nodiscard]] Result<void> null() {
        Attempt attempt;
        null(attempt);
        return attempt.result();
    }

    // Passes one item with all that is in it, and returns its encoding. Any depth takes the same
    // memory and at most one step for each byte.
    Bytes skip(Attempt& attempt);
    [[nodiscard]] Result<Bytes> skip() { return told(&Reader::skip); }

    void finish(Attempt& attempt) const;  // TrailingBytes if there is more.
    [[nodiscard]] Result<void> finish() const {
        Attempt attempt;
        finish(attempt);
        return attempt.result();
    }
    [[nodiscard]] bool is_at_end() const { return offset_ == end_; }
    [[nodiscard]] std::uint32_t offset() const { return offset_; }
    [[nodiscard]] std::size_t left_bytes() const { return end_ - offset_; }

private:
    template <class T>
    [[nodiscard]] Result<T> told(T (Reader::*read)(Attempt&)) {
        return result_of([&](Attempt& attempt) { return (this->*read)(attempt); });
    }

    // Passes the head of an item of that type and returns its argument. Its content must be there,
    // and `behind` bytes more, unless that is head_only.
    std::uint64_t head(Attempt& attempt, Major expected, std::uint32_t behind);
    [[nodiscard]] Bytes string(Attempt& attempt, Major expected);
    [[nodiscard]] std::uint8_t simple(Attempt& attempt, std::uint8_t first, std::uint8_t last);
    Bytes take(std::uint32_t bytes) {
        Bytes const taken{at_, bytes};
        at_ += bytes;
        offset_ += bytes;
        return taken;
    }
    void refuse_malformed(Attempt& attempt) const;
    void refuse_unexpected(Attempt& attempt, Major expected) const;

    std::byte const* at_;
    std::uint32_t offset_;
    std::uint32_t end_;
    bool is_part_;  // Of something that is all there.
};

}  // namespace mbpf::cbor
