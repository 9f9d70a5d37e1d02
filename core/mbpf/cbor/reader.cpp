// SPDX-License-Identifier: MIT
// Everything comes down to item(), the only place that decodes the head of an item.
#include "mbpf/cbor/reader.hpp"

namespace mbpf::cbor {

namespace {

constexpr std::uint64_t max_word = 0xffff'ffff;
constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;

}  // namespace

// Every item in another takes a byte at least. Saturates: no length that fits memory is near.
std::uint64_t Reader::Item::least_bytes() const {
    std::uint64_t const bounded = argument > max_word ? max_word : argument;
    switch (major()) {
        case Major::Bytes:
        case Major::Text:
        case Major::Array: return bounded;
        case Major::Map: return 2 * bounded;
        case Major::Tag: return 1;
        case Major::Unsigned:
        case Major::Negative:
        case Major::Simple: break;
    }
    return 0;
}

// The encodings of 0, 1, 2... sort in this order, those of -1, -2... behind them.
bool KeyOrder::accepts(std::int64_t key) {
    std::uint64_t const bits = std::uint64_t(key);
    std::uint64_t const rank = key < 0 ? ~bits | sign_bit : bits;
    bool const is_greater = rank >= next_ && rank != ~std::uint64_t{0};
    next_ = rank + 1;
    return is_greater;
}

Error Reader::malformed() const {
    return {Fault::CborMalformed, offset(), is_at_end() ? 0 : std::uint32_t(bytes_[at_]), 0};
}

Error Reader::unexpected(std::uint8_t initial, Major expected) const {
    return {Fault::CborUnexpected, offset(), std::uint32_t(initial >> argument_bits),
            std::uint32_t(expected)};
}

Error Reader::too_short(std::uint64_t bytes) const {
    if (at_end_ != Fault::Truncated) {
        return malformed();
    }
    std::uint64_t const needed = bytes > max_word - offset() ? max_word : offset() + bytes;
    return {Fault::Truncated, offset(), base_ + std::uint32_t(bytes_.size()),
            std::uint32_t(needed)};
}

Result<Reader::Item> Reader::item() const {
    if (is_at_end()) {
        return too_short(1);
    }
    Item item{};
    item.initial = std::uint8_t(bytes_[at_]);
    item.head_bytes = 1;
    item.argument = item.initial & argument_mask;
    if (item.major() == Major::Simple) {
        bool const is_known = item.argument >= simple_false && item.argument <= simple_null;
        return is_known ? Result<Item>{item} : malformed();
    }
    if (item.argument < argument_in_1_byte) {
        return item;
    }
    if (item.argument > argument_in_8_bytes) {
        return malformed();
    }
    unsigned const width = 1u << (item.argument - argument_in_1_byte);
    if (!fits(at_ + 1, width, bytes_.size())) {
        return too_short(1 + width);
    }
    item.argument = 0;
    for (unsigned i = 1; i <= width; ++i) {
        item.argument = item.argument << 8 | std::uint64_t(bytes_[at_ + i]);
    }
    item.head_bytes = std::uint8_t(1 + width);
    // What half the width could have held is not in its shortest form.
    bool const is_shortest =
        width == 1 ? item.argument >= argument_in_1_byte : item.argument >> (width * 4) != 0;
    return is_shortest ? Result<Item>{item} : malformed();
}

// What is of another kind is refused before all of it is there.
Result<Reader::Item> Reader::item(Major expected) const {
    if (!is_at_end()) {
        std::uint8_t const initial = std::uint8_t(bytes_[at_]);
        if (initial >> argument_bits != std::uint8_t(expected)) {
            return unexpected(initial, expected);
        }
    }
    return item();
}

Result<Reader::Item> Reader::whole(Major expected) const {
    Result<Item> const found = item(expected);
    if (found.has_value()) {
        std::uint64_t const needed = found->head_bytes + found->least_bytes();
        if (needed > left_bytes()) {
            return too_short(needed);
        }
    }
    return found;
}

Result<Major> Reader::peek() const {
    Result<Item> const found = item();
    return found.has_value() ? Result<Major>{found->major()} : found.error();
}

Result<std::uint64_t> Reader::argument(Major expected) {
    Result<Item> const found = item(expected);
    if (!found.has_value()) {
        return found.error();
    }
    at_ += found->head_bytes;
    return found->argument;
}

Result<std::int64_t> Reader::integer() {
    Result<Item> const found = item();
    if (!found.has_value()) {
        return found.error();
    }
    if (found->initial >> argument_bits > std::uint8_t(Major::Negative) ||
        found->argument >= sign_bit) {
        return unexpected(found->initial, Major::Unsigned);
    }
    at_ += found->head_bytes;
    bool const is_negative = found->major() == Major::Negative;
    return std::int64_t(is_negative ? ~found->argument : found->argument);
}

Result<std::int64_t> Reader::key(KeyOrder& order) {
    Reader const before = *this;
    Result<std::int64_t> const number = integer();
    if (number.has_value() && !order.accepts(*number)) {
        *this = before;
        return malformed();
    }
    return number;
}

Result<Bytes> Reader::string(Major expected) {
    Result<Item> const found = whole(expected);
    if (!found.has_value()) {
        return found.error();
    }
    Bytes const content = bytes_.subspan(at_ + found->head_bytes, std::size_t(found->argument));
    at_ += found->head_bytes + content.size();
    return content;
}

Result<std::string_view> Reader::text_string() {
    Result<Bytes> const content = string(Major::Text);
    return content.has_value() ? Result<std::string_view>{as_text(*content)} : content.error();
}

Reader Reader::part(Bytes piece) const {
    Reader inner{piece, base_ + std::uint32_t(piece.data() - bytes_.data())};
    inner.at_end_ = Fault::CborMalformed;
    return inner;
}

Result<Reader> Reader::nested() {
    Result<Bytes> const content = string(Major::Bytes);
    return content.has_value() ? Result<Reader>{part(*content)} : content.error();
}

Result<std::uint32_t> Reader::count(Major expected) {
    Result<Item> const found = whole(expected);
    if (!found.has_value()) {
        return found.error();
    }
    at_ += found->head_bytes;
    return std::uint32_t(found->argument);
}

Result<std::uint8_t> Reader::simple(std::uint8_t first, std::uint8_t last) {
    Result<Item> const found = item(Major::Simple);
    if (!found.has_value()) {
        return found.error();
    }
    if (found->argument < first || found->argument > last) {
        return unexpected(found->initial, Major::Simple);
    }
    at_ += found->head_bytes;
    return std::uint8_t(found->argument);
}

Result<bool> Reader::boolean() {
    Result<std::uint8_t> const value = simple(simple_false, simple_true);
    return value.has_value() ? Result<bool>{*value == simple_true} : value.error();
}

Result<void> Reader::null() {
    Result<std::uint8_t> const value = simple(simple_null, simple_null);
    return value.has_value() ? Result<void>{} : value.error();
}

Result<Bytes> Reader::skip() {
    Reader ahead = *this;
    // Items to pass. Never more than there are bytes, so that each is a step towards the end.
    std::uint64_t pending = 1;
    for (; pending > 0; --pending) {
        Result<Item> const found = ahead.item();
        if (!found.has_value()) {
            return found.error();
        }
        std::uint64_t const rest = found->least_bytes();
        std::uint64_t const needed = found->head_bytes + rest + pending - 1;
        if (needed > ahead.left_bytes()) {
            return ahead.too_short(needed);
        }
        ahead.at_ += found->head_bytes;
        if (found->is_string()) {
            ahead.at_ += std::size_t(rest);
        } else {
            pending += rest;
        }
    }
    Bytes const passed = bytes_.subspan(at_, ahead.at_ - at_);
    *this = ahead;
    return passed;
}

Result<void> Reader::finish() const {
    if (is_at_end()) {
        return {};
    }
    return Error{Fault::TrailingBytes, offset(), base_ + std::uint32_t(bytes_.size()), offset()};
}

}  // namespace mbpf::cbor
