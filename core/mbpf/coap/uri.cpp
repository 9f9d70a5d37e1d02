// SPDX-License-Identifier: MIT
// A URI to a peer and options (RFC 7252 section 6.4), left to right.
#include "mbpf/coap/uri.hpp"

#include "mbpf/coap/message.hpp"

namespace mbpf::coap {

namespace {

constexpr std::string_view scheme = "coap://";
constexpr std::size_t ipv4_bytes = 4;
constexpr std::size_t max_text_bytes = 255;

// Answers -1 for what is not a digit.
constexpr int digit_of(char character) {
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    char const lower = char(character | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

class UriReader {
public:
    explicit UriReader(std::string_view uri) : rest_{uri} {}

    [[nodiscard]] bool read(Target& target);

private:
    [[nodiscard]] bool has(char character) const {
        return !rest_.empty() && rest_.front() == character;
    }
    [[nodiscard]] bool skip(char character);
    [[nodiscard]] bool read_number(std::uint32_t max);
    [[nodiscard]] bool read_host(Peer& peer);
    [[nodiscard]] bool read_text(bool (*ends)(char));
    [[nodiscard]] bool read_options(Builder& builder);
    [[nodiscard]] std::optional<std::byte> read_escaped();

    std::string_view rest_;
    std::uint32_t number_ = 0;  // The last that was read...
    std::array<std::byte, config::fetch_options_bytes> text_{};
    std::size_t text_bytes_ = 0;  // ...and the last text.
};

constexpr bool ends_segment(char character) { return character == '/' || character == '?'; }
constexpr bool ends_query(char character) { return character == '&'; }

bool UriReader::read(Target& target) {
    if (!rest_.starts_with(scheme)) {
        return false;
    }
    rest_.remove_prefix(scheme.size());
    Builder builder{target.options};
    if (!read_host(target.peer) || !read_options(builder) || !builder.is_good()) {
        return false;
    }
    target.options_bytes = std::uint8_t(builder.bytes().size());
    return true;
}

bool UriReader::skip(char character) {
    bool const is_there = has(character);
    rest_.remove_prefix(is_there ? 1 : 0);
    return is_there;
}

bool UriReader::read_number(std::uint32_t max) {
    number_ = 0;
    bool is_number = false;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9' && number_ <= max) {
        number_ = number_ * 10 + std::uint32_t(rest_.front() - '0');
        rest_.remove_prefix(1);
        is_number = true;
    }
    return is_number && number_ <= max;
}

bool UriReader::read_host(Peer& peer) {
    for (std::size_t i = 0; i < ipv4_bytes; ++i) {
        if ((i != 0 && !skip('.')) || !read_number(255)) {
            return false;
        }
        peer.address[i] = std::byte(number_);
    }
    peer.address_bytes = ipv4_bytes;
    peer.port = default_port;
    if (skip(':')) {
        if (!read_number(0xffff) || number_ == 0) {
            return false;
        }
        peer.port = std::uint16_t(number_);
    }
    return rest_.empty() || has('/') || has('?');
}

bool UriReader::read_options(Builder& builder) {
    if (rest_ == "/") {
        return true;  // The same resource as without: no segment.
    }
    while (skip('/')) {
        if (!read_text(ends_segment)) {
            return false;
        }
        builder.option(OptionNumber::UriPath, Bytes{text_}.first(text_bytes_));
    }
    if (!skip('?')) {
        return rest_.empty();
    }
    do {
        if (!read_text(ends_query)) {
            return false;
        }
        builder.option(OptionNumber::UriQuery, Bytes{text_}.first(text_bytes_));
    } while (skip('&'));
    return rest_.empty();
}

bool UriReader::read_text(bool (*ends)(char)) {
    text_bytes_ = 0;
    while (!rest_.empty() && !ends(rest_.front())) {
        std::optional<std::byte> const byte = read_escaped();
        if (!byte.has_value() || text_bytes_ == text_.size() || text_bytes_ == max_text_bytes) {
            return false;
        }
        text_[text_bytes_++] = *byte;
    }
    return true;
}

// One character, which may be written as % and two digits. A fragment means nothing to a server.
std::optional<std::byte> UriReader::read_escaped() {
    char const first = rest_.front();
    if (first <= ' ' || first == '#' || first == 0x7f) {
        return std::nullopt;
    }
    if (first != '%') {
        rest_.remove_prefix(1);
        return std::byte(first);
    }
    int const high = rest_.size() < 3 ? -1 : digit_of(rest_[1]);
    int const low = rest_.size() < 3 ? -1 : digit_of(rest_[2]);
    if (high < 0 || low < 0) {
        return std::nullopt;
    }
    rest_.remove_prefix(3);
    return std::byte(high << 4 | low);
}

}  // namespace

std::optional<Target> parse_uri(std::string_view uri) {
    Target target;
    if (!UriReader{uri}.read(target)) {
        return std::nullopt;
    }
    return target;
}

}  // namespace mbpf::coap
