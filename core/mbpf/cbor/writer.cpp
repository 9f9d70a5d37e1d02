// SPDX-License-Identifier: MIT
// A byte string whose length is known only behind its content is moved to make room for its head.
#include "mbpf/cbor/writer.hpp"

namespace mbpf::cbor {

namespace {

// The bytes that an argument takes behind the initial one: 0, 1, 2, 4 or 8.
[[nodiscard]] unsigned width_of(std::uint64_t argument) {
    if (argument < argument_in_1_byte) {
        return 0;
    }
    unsigned width = 1;
    while (width < sizeof argument && argument >> (8 * width) != 0) {
        width *= 2;
    }
    return width;
}

}  // namespace

void Writer::append(void const* items, std::size_t bytes) {
    if (fits(size_, bytes, out_.size()) && bytes != 0) {
        __builtin_memcpy(out_.data() + size_, items, bytes);
    }
    size_ += bytes;
}

// The initial byte lies right in front of the last `width` bytes of the argument.
void Writer::head(Major major, std::uint64_t argument) {
    std::byte bytes[1 + sizeof argument];
    unsigned const width = width_of(argument);
    store(bytes + 1, __builtin_bswap64(argument));
    unsigned const low =
        width == 0 ? unsigned(argument) : argument_in_1_byte + unsigned(std::countr_zero(width));
    bytes[sizeof argument - width] = std::byte(unsigned(major) << argument_bits | low);
    append(bytes + sizeof argument - width, 1 + width);
}

void Writer::integer(std::int64_t value) {
    std::uint64_t const bits = std::uint64_t(value);
    head(value < 0 ? Major::Negative : Major::Unsigned, value < 0 ? ~bits : bits);
}

void Writer::unsigned_integer(std::uint64_t value) { head(Major::Unsigned, value); }

void Writer::array_head(std::uint32_t items) { head(Major::Array, items); }

void Writer::map_head(std::uint32_t pairs) { head(Major::Map, pairs); }

void Writer::string(Major major, void const* content, std::size_t bytes) {
    head(major, bytes);
    append(content, bytes);
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
