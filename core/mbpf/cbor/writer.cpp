// SPDX-License-Identifier: MIT
// A byte string whose length is known only behind its content is moved to make room for its head.
#include "mbpf/cbor/writer.hpp"

namespace mbpf::cbor {

namespace {

constexpr std::size_t max_head_bytes = 9;

// The bytes that an argument takes: 1, 2, 4 or 8.
[[nodiscard]] unsigned width_of(std::uint64_t argument) {
    unsigned width = 1;
    while (width < sizeof argument && argument >> (8 * width) != 0) {
        width *= 2;
    }
    return width;
}

}  // namespace

void Writer::encoded(Bytes items) {
    if (fits(size_, items.size(), out_.size()) && !items.empty()) {
        __builtin_memcpy(out_.data() + size_, items.data(), items.size());
    }
    size_ += items.size();
}

void Writer::head(Major major, std::uint64_t argument) {
    std::byte bytes[max_head_bytes];
    unsigned const bits = unsigned(major) << argument_bits;
    if (argument < argument_in_1_byte) {
        bytes[0] = std::byte(bits | unsigned(argument));
        return encoded({bytes, 1});
    }
    unsigned const width = width_of(argument);
    bytes[0] = std::byte(bits | (argument_in_1_byte + unsigned(std::countr_zero(width))));
    for (unsigned i = width; i > 0; --i) {
        bytes[i] = std::byte(argument & 0xff);
        argument >>= 8;
    }
    encoded({bytes, 1 + width});
}

void Writer::integer(std::int64_t value) {
    std::uint64_t const bits = std::uint64_t(value);
    head(value < 0 ? Major::Negative : Major::Unsigned, value < 0 ? ~bits : bits);
}

void Writer::byte_string(Bytes content) {
    head(Major::Bytes, content.size());
    encoded(content);
}

void Writer::text_string(std::string_view content) {
    head(Major::Text, content.size());
    encoded(as_bytes(content));
}

void Writer::wrap(std::size_t start) {
    std::size_t const content = size_ - start;
    std::size_t const end = size_;
    head(Major::Bytes, content);
    std::size_t const head_bytes = size_ - end;
    if (size_ > out_.size()) {
        return;  // It is not there in full, and nobody will see it.
    }
    __builtin_memmove(out_.data() + start + head_bytes, out_.data() + start, content);
    size_ = start;
    head(Major::Bytes, content);
    size_ = end + head_bytes;
}

Result<Bytes> Writer::written() const {
    if (size_ > out_.size()) {
        return Error{Fault::OutputTooSmall, 0, std::uint32_t(out_.size()), std::uint32_t(size_)};
    }
    return Bytes{out_.data(), size_};
}

}  // namespace mbpf::cbor
