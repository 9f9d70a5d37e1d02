// SPDX-License-Identifier: MIT
// A CoAP message (RFC 7252 section 3), read in place and written in order.
#pragma once

#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/coap/code.hpp"

namespace mbpf::coap {

inline constexpr std::size_t header_bytes = 4;
inline constexpr std::size_t max_token_bytes = 8;

// Ignored: not of this version, or too short to say whom to answer. Malformed: type and id hold.
enum class Verdict : std::uint8_t { Ignored, Malformed, Good };

struct Message {
    Verdict verdict{};
    Type type{};
    Code code{};
    std::uint16_t id{};
    Bytes token{};
    Bytes options{};  // Encoded; well-formed if the message is good.
    Bytes payload{};
};

[[nodiscard]] Message parse(Bytes datagram);

// Goes through encoded options up to the end or the payload marker.
class OptionReader {
public:
    explicit OptionReader(Bytes options) : rest_{options} {}

    // To the next option, if there is one.
    [[nodiscard]] bool next();
    [[nodiscard]] OptionNumber number() const { return OptionNumber(number_); }
    [[nodiscard]] Bytes value() const { return value_; }
    // An unsigned integer of up to 4 bytes; of longer ones, the last 4.
    [[nodiscard]] std::uint32_t integer() const;
    // Once next() has said no: whether it met something that is not an option.
    [[nodiscard]] bool is_malformed() const { return is_malformed_; }
    [[nodiscard]] Bytes rest() const { return rest_; }

private:
    [[nodiscard]] std::uint32_t take(std::size_t bytes);
    [[nodiscard]] std::uint32_t extended(std::uint32_t nibble);

    Bytes rest_;
    Bytes value_;
    std::uint32_t number_ = 0;
    bool is_malformed_ = false;
};

// Writes a message into `room`. What does not fit is left out, and is_good() is false from then on.
class Builder {
public:
    explicit Builder(WritableBytes room) : room_{room} {}

    void start(Type type, Code code, std::uint16_t id, Bytes token);
    // In ascending order.
    void option(OptionNumber number, Bytes value) { option(number, value.data(), value.size()); }
    void option(OptionNumber number, std::uint32_t value);
    // Before a payload that is not empty.
    void marker();
    void payload(Bytes bytes) { payload(bytes.data(), bytes.size()); }

    [[nodiscard]] bool is_good() const { return is_good_; }
    [[nodiscard]] Bytes bytes() const { return room_.first(size_); }

private:
    void byte(std::uint32_t value);
    void option(OptionNumber number, std::byte const* value, std::size_t bytes);
    void payload(std::byte const* content, std::size_t bytes);
    void append(std::byte const* content, std::size_t bytes);
    void extension(std::uint32_t value);

    WritableBytes room_;
    std::size_t size_ = 0;
    std::uint32_t last_number_ = 0;
    bool is_good_ = true;
};

}  // namespace mbpf::coap
