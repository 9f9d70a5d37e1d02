// SPDX-License-Identifier: MIT
// Everything comes down to head(), the only place that decodes the head of an item.
#include "mbpf/cbor/reader.hpp"

namespace mbpf::cbor {

namespace {

constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;
constexpr std::uint32_t head_only = 0xffff'ffff;
constexpr std::uint32_t too_many = 0xffff'ffff;
constexpr unsigned max_length_bits = 30;  // So that no sum of lengths wraps.

// Every item in another takes a byte at least.
std::uint32_t least_bytes(Major major, std::uint32_t argument) {
    switch (major) {
        case Major::Bytes:
        case Major::Text:
        case Major::Array: return argument;
        case Major::Map: return 2 * argument;
        case Major::Tag: return 1;
        case Major::Unsigned:
        case Major::Negative:
        case Major::Simple: break;
    }
    return 0;
}

}  // namespace

// The encodings of 0, 1, 2... sort in this order, those of -1, -2... behind them.
bool KeyOrder::accepts(std::int64_t key) {
    std::uint64_t const bits = std::uint64_t(key);
    std::uint64_t const rank = key < 0 ? ~bits | sign_bit : bits;
    bool const is_greater = rank >= next_ && rank != ~std::uint64_t{0};
    next_ = rank + 1;
    return is_greater;
}

void Reader::refuse_malformed(Attempt& attempt) const {
    attempt.refuse(Fault::CborMalformed, offset_, is_at_end() ? 0 : std::uint32_t(*at_));
}

void Reader::refuse_unexpected(Attempt& attempt, Major expected) const {
    attempt.refuse(Fault::CborUnexpected, offset_, std::uint32_t(*at_) >> argument_bits,
                   std::uint32_t(expected));
}

std::uint64_t Reader::head(Attempt& attempt, Major expected, std::uint32_t behind) {
    if (attempt.has_failed()) {
        return 0;
    }
    std::uint32_t const there = end_ - offset_;
    std::uint32_t head_bytes = 1;
    std::uint32_t needed = 1;
    std::uint64_t argument = 0;
    if (there != 0) {
        // What is of another kind is refused before all of it is there.
        if (std::uint32_t(*at_) >> argument_bits != std::uint32_t(expected)) {
            refuse_unexpected(attempt, expected);
            return 0;
        }
        std::uint32_t const low = std::uint32_t(*at_) & argument_mask;
        bool is_good = true;
        argument = low;
        if (expected == Major::Simple) {
            is_good = low - simple_false <= simple_null - simple_false;
        } else if (low > argument_in_8_bytes) {
            is_good = false;
        } else if (low >= argument_in_1_byte) {
            unsigned const width = 1u << (low - argument_in_1_byte);
            head_bytes += width;
            needed = head_bytes;
            argument = 0;
            for (unsigned i = 1; needed <= there && i <= width; ++i) {
                argument = argument << 8 | std::uint64_t(at_[i]);
            }
            // What half the width could have held is not in its shortest form.
            is_good = needed > there ||
                      (width == 1 ? argument >= argument_in_1_byte : argument >> (width * 4) != 0);
        }
        if (!is_good) {
            refuse_malformed(attempt);
            return 0;
        }
        if (needed <= there && behind != head_only) {
            needed = argument >> max_length_bits == 0 || least_bytes(expected, 1) == 0
                         ? needed + least_bytes(expected, std::uint32_t(argument)) + behind
                         : too_many;
        }
    }
    if (needed > there) {
        if (!is_part_) {
            std::uint32_t const end = needed > too_many - offset_ ? too_many : offset_ + needed;
            attempt.refuse(Fault::Truncated, offset_, end_, end);
        } else {
            refuse_malformed(attempt);
        }
        return 0;
    }
    (void)take(head_bytes);
    return argument;
}

Major Reader::peek(Attempt& attempt) const {
    if (is_at_end()) {
        Reader ahead = *this;
        (void)ahead.head(attempt, Major::Simple, head_only);
        return {};
    }
    return Major(std::uint32_t(*at_) >> argument_bits);
}

std::uint64_t Reader::unsigned_integer(Attempt& attempt) {
    return head(attempt, Major::Unsigned, head_only);
}

std::uint64_t Reader::negative_integer(Attempt& attempt) {
    return head(attempt, Major::Negative, head_only);
}

std::uint64_t Reader::byte_string_head(Attempt& attempt) {
    return head(attempt, Major::Bytes, head_only);
}

std::uint64_t Reader::tag(Attempt& attempt) { return head(attempt, Major::Tag, head_only); }

std::uint32_t Reader::array_head(Attempt& attempt) {
    return std::uint32_t(head(attempt, Major::Array, 0));
}

std::uint32_t Reader::map_head(Attempt& attempt) {
    return std::uint32_t(head(attempt, Major::Map, 0));
}

std::int64_t Reader::integer(Attempt& attempt) {
    Reader const before = *this;
    bool const is_negative =
        !is_at_end() && Major(std::uint32_t(*at_) >> argument_bits) == Major::Negative;
    std::uint64_t const argument =
        head(attempt, is_negative ? Major::Negative : Major::Unsigned, head_only);
    if (argument >= sign_bit) {
        *this = before;
        refuse_unexpected(attempt, Major::Unsigned);
        return 0;
    }
    return std::int64_t(is_negative && !attempt.has_failed() ? ~argument : argument);
}

std::int64_t Reader::key(Attempt& attempt, KeyOrder& order) {
    Reader const before = *this;
    std::int64_t const number = integer(attempt);
    if (!attempt.has_failed() && !order.accepts(number)) {
        *this = before;
        refuse_malformed(attempt);
    }
    return number;
}

std::int32_t Reader::key_word(Attempt& attempt, KeyOrder& order) {
    std::int64_t const number = key(attempt, order);
    std::int32_t const word = std::int32_t(number);
    return word == number ? word : INT32_MAX;
}

std::uint32_t Reader::unsigned_word(Attempt& attempt) {
    std::uint64_t const number = unsigned_integer(attempt);
    return number >> 32 == 0 ? std::uint32_t(number) : UINT32_MAX;
}

Bytes Reader::string(Attempt& attempt, Major expected) {
    return take(std::uint32_t(head(attempt, expected, 0)));
}

Bytes Reader::byte_string(Attempt& attempt) { return string(attempt, Major::Bytes); }

std::string_view Reader::text_string(Attempt& attempt) {
    return as_text(string(attempt, Major::Text));
}

Reader Reader::part(Bytes piece) const {
    Reader inner{piece, offset_ + std::uint32_t(piece.data() - at_)};
    inner.is_part_ = true;
    return inner;
}

Reader Reader::nested(Attempt& attempt) { return part(byte_string(attempt)); }

std::uint8_t Reader::simple(Attempt& attempt, std::uint8_t first, std::uint8_t last) {
    Reader const before = *this;
    std::uint64_t const value = head(attempt, Major::Simple, head_only);
    if (!attempt.has_failed() && (value < first || value > last)) {
        *this = before;
        refuse_unexpected(attempt, Major::Simple);
    }
    return std::uint8_t(value);
}

Bytes Reader::skip(Attempt& attempt) {
    Reader ahead = *this;
    // Items to pass. Never more than there are bytes, so that each is a step towards the end.
    for (std::uint32_t pending = 1; pending > 0 && !attempt.has_failed(); --pending) {
        Major const major = ahead.peek(attempt);
        std::uint32_t const rest =
            least_bytes(major, std::uint32_t(ahead.head(attempt, major, pending - 1)));
        if (major == Major::Bytes || major == Major::Text) {
            (void)ahead.take(rest);
        } else {
            pending += rest;
        }
    }
    return attempt.has_failed() ? Bytes{} : take(ahead.offset_ - offset_);
}

void Reader::finish(Attempt& attempt) const {
    if (!is_at_end()) {
        attempt.refuse(Fault::TrailingBytes, offset_, end_, offset_);
    }
}

}  // namespace mbpf::cbor
