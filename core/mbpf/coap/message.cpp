// SPDX-License-Identifier: MIT
// Header and options, as RFC 7252 sections 3 and 3.1 lay them out.
#include "mbpf/coap/message.hpp"

#include <array>

namespace mbpf::coap {

namespace {

constexpr std::uint32_t version = 1;
constexpr std::uint32_t payload_marker = 0xff;
constexpr std::uint32_t max_option_number = 0xffff;

// How a delta or a length of an option is written: a nibble, and up to two bytes behind.
constexpr std::uint32_t one_byte = 13;
constexpr std::uint32_t two_bytes = 14;
constexpr std::uint32_t one_byte_from = 13;
constexpr std::uint32_t two_bytes_from = 269;

constexpr std::uint32_t nibble_of(std::uint32_t value) {
    return value < one_byte_from ? value : value < two_bytes_from ? one_byte : two_bytes;
}

std::uint32_t byte_at(Bytes bytes, std::size_t at) { return std::uint32_t(bytes[at]); }

// Whether what follows the header is a token, options and a payload. Fills those in.
bool read_body(Message& message, Bytes body, std::size_t token_bytes) {
    if (message.code == Code::Empty) {
        return token_bytes == 0 && body.empty();
    }
    bool const is_known = is_request(message.code) || is_response(message.code);
    if (!is_known || token_bytes > max_token_bytes || token_bytes > body.size()) {
        return false;
    }
    message.token = body.first(token_bytes);
    Bytes const behind = body.subspan(token_bytes);
    OptionReader reader{behind};
    while (reader.next()) {
    }
    message.options = behind.first(behind.size() - reader.rest().size());
    if (reader.is_malformed() || reader.rest().empty()) {
        return !reader.is_malformed();
    }
    message.payload = reader.rest().subspan(1);
    return !message.payload.empty();
}

}  // namespace

Message parse(Bytes datagram) {
    Message message;
    if (datagram.size() < header_bytes || byte_at(datagram, 0) >> 6 != version) {
        return message;
    }
    message.type = Type(byte_at(datagram, 0) >> 4 & 3);
    message.code = Code(datagram[1]);
    message.id = std::uint16_t(byte_at(datagram, 2) << 8 | byte_at(datagram, 3));
    bool const is_good =
        read_body(message, datagram.subspan(header_bytes), byte_at(datagram, 0) & 15);
    message.verdict = is_good ? Verdict::Good : Verdict::Malformed;
    return message;
}

std::uint32_t OptionReader::take(std::size_t bytes) {
    if (rest_.size() < bytes) {
        is_malformed_ = true;
        return 0;
    }
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
        value = value << 8 | byte_at(rest_, i);
    }
    rest_ = rest_.subspan(bytes);
    return value;
}

std::uint32_t OptionReader::extended(std::uint32_t nibble) {
    switch (nibble) {
        case one_byte: return take(1) + one_byte_from;
        case two_bytes: return take(2) + two_bytes_from;
        case 15: is_malformed_ = true; return 0;
        default: return nibble;
    }
}

bool OptionReader::next() {
    if (is_malformed_ || rest_.empty() || byte_at(rest_, 0) == payload_marker) {
        return false;
    }
    std::uint32_t const first = take(1);
    number_ += extended(first >> 4);
    std::uint32_t const length = extended(first & 15);
    if (is_malformed_ || number_ > max_option_number || length > rest_.size()) {
        is_malformed_ = true;
        return false;
    }
    value_ = rest_.first(length);
    rest_ = rest_.subspan(length);
    return true;
}

std::uint32_t OptionReader::integer() const {
    std::uint32_t value = 0;
    for (std::byte const byte : value_) {
        value = value << 8 | std::uint32_t(byte);
    }
    return value;
}

void Builder::start(Type type, Code code, std::uint16_t id, Bytes token) {
    byte(version << 6 | std::uint32_t(type) << 4 | std::uint32_t(token.size()));
    byte(std::uint32_t(code));
    byte(std::uint32_t{id} >> 8);
    byte(id);
    append(token.data(), token.size());
}

void Builder::option(OptionNumber number, std::byte const* value, std::size_t bytes) {
    std::uint32_t const delta = std::uint32_t(number) - last_number_;
    std::uint32_t const length = std::uint32_t(bytes);
    if (std::uint32_t(number) < last_number_) {
        is_good_ = false;
        return;
    }
    last_number_ = std::uint32_t(number);
    byte(nibble_of(delta) << 4 | nibble_of(length));
    extension(delta);
    extension(length);
    append(value, bytes);
}

void Builder::option(OptionNumber number, std::uint32_t value) {
    std::array<std::byte, sizeof value> bytes{};
    std::size_t start = bytes.size();
    for (; value != 0; value >>= 8) {
        bytes[--start] = std::byte(value);
    }
    option(number, bytes.data() + start, bytes.size() - start);
}

void Builder::marker() { byte(payload_marker); }

void Builder::payload(std::byte const* content, std::size_t bytes) {
    if (bytes != 0) {
        marker();
        append(content, bytes);
    }
}

void Builder::byte(std::uint32_t value) {
    std::byte const byte{std::uint8_t(value)};
    append(&byte, 1);
}

void Builder::append(std::byte const* content, std::size_t bytes) {
    is_good_ = is_good_ && fits(size_, bytes, room_.size());
    if (is_good_ && bytes != 0) {
        __builtin_memcpy(room_.data() + size_, content, bytes);
        size_ += bytes;
    }
}

void Builder::extension(std::uint32_t value) {
    if (value >= two_bytes_from) {
        byte((value - two_bytes_from) >> 8);
        byte(value - two_bytes_from);
    } else if (value >= one_byte_from) {
        byte(value - one_byte_from);
    }
}

}  // namespace mbpf::coap
