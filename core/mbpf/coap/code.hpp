// SPDX-License-Identifier: MIT
// Numbers of CoAP: types, codes, options (RFC 7252 sections 3 and 12; RFC 7641; RFC 7959;
// RFC 8132).
#pragma once

#include <cstdint>

namespace mbpf::coap {

enum class Type : std::uint8_t {
    Confirmable = 0,
    NonConfirmable = 1,
    Acknowledgement = 2,
    Reset = 3,
};

// The class in the upper 3 bits, the detail in the lower 5.
enum class Code : std::uint8_t {
    Empty = 0x00,
    Get = 0x01,
    Post = 0x02,
    Put = 0x03,
    Delete = 0x04,
    Fetch = 0x05,
    Patch = 0x06,
    IPatch = 0x07,
    Created = 0x41,
    Deleted = 0x42,
    Valid = 0x43,
    Changed = 0x44,
    Content = 0x45,
    Continue = 0x5f,
    BadRequest = 0x80,
    Unauthorized = 0x81,
    BadOption = 0x82,
    Forbidden = 0x83,
    NotFound = 0x84,
    MethodNotAllowed = 0x85,
    NotAcceptable = 0x86,
    EntityIncomplete = 0x88,
    Conflict = 0x89,
    PreconditionFailed = 0x8c,
    EntityTooLarge = 0x8d,
    UnsupportedFormat = 0x8f,
    Unprocessable = 0x96,
    InternalError = 0xa0,
    NotImplemented = 0xa1,
    ServiceUnavailable = 0xa3,
    ProxyingNotSupported = 0xa5,
};

[[nodiscard]] constexpr unsigned class_of(Code code) { return unsigned(code) >> 5; }
[[nodiscard]] constexpr bool is_request(Code code) {
    return class_of(code) == 0 && code != Code::Empty;
}
[[nodiscard]] constexpr bool is_success(Code code) { return class_of(code) == 2; }
[[nodiscard]] constexpr bool is_response(Code code) {
    return is_success(code) || class_of(code) == 4 || class_of(code) == 5;
}

enum class OptionNumber : std::uint16_t {
    ETag = 4,
    Observe = 6,
    UriHost = 3,
    UriPort = 7,
    UriPath = 11,
    ContentFormat = 12,
    MaxAge = 14,
    UriQuery = 15,
    Accept = 17,
    Block2 = 23,
    Block1 = 27,
    ProxyUri = 35,
    ProxyScheme = 39,
    Size1 = 60,
};

// Who does not know such an option may not go on (RFC 7252 section 5.4.6).
[[nodiscard]] constexpr bool is_critical(OptionNumber number) {
    return (std::uint16_t(number) & 1) != 0;
}

// Content formats that the project uses; 0xffff is reserved, and here says that there is none.
enum class Format : std::uint16_t {
    Text = 0,
    Links = 40,
    Octets = 42,
    Json = 50,
    Cbor = 60,
    None = 0xffff,
};

}  // namespace mbpf::coap
