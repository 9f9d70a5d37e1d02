// SPDX-License-Identifier: MIT
// Writes CBOR in deterministic encoding (RFC 8949, section 4.2.1); the order of a map's keys is the
// caller's. Past the end of its buffer it goes on counting, so an empty buffer measures.
#pragma once

#include <cstdint>
#include <string_view>

#include "mbpf/base/base.hpp"
#include "mbpf/cbor/major.hpp"

namespace mbpf::cbor {

class Writer {
public:
    explicit Writer(WritableBytes out) : out_{out} {}

    void unsigned_integer(std::uint64_t value);
    void integer(std::int64_t value);
    void byte_string(Bytes content) { string(Major::Bytes, content.data(), content.size()); }
    void text_string(std::string_view content) {
        string(Major::Text, content.data(), content.size());
    }
    void byte_string_head(std::uint64_t bytes) { head(Major::Bytes, bytes); }  // Content follows.
    void array_head(std::uint32_t items);
    void map_head(std::uint32_t pairs);
    void tag(std::uint64_t number) { head(Major::Tag, number); }
    void boolean(bool value) { head(Major::Simple, value ? simple_true : simple_false); }
    void null() { head(Major::Simple, simple_null); }
    void encoded(Bytes items) { append(items.data(), items.size()); }  // As they are.

    // Makes all that was written from `start` on, a former size(), one byte string.
    void wrap(std::size_t start);

    [[nodiscard]] std::size_t size() const { return size_; }
    // OutputTooSmall if it is more than fits.
    [[nodiscard]] Result<Bytes> written() const;

private:
    void head(Major major, std::uint64_t argument);
    void string(Major major, void const* content, std::size_t bytes);
    void append(void const* items, std::size_t bytes);

    WritableBytes out_;
    std::size_t size_ = 0;
};

}  // namespace mbpf::cbor
