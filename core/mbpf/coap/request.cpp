// SPDX-License-Identifier: MIT
// Options of a request: what each means, how long it may be and how often it may come (RFC 7252
// section 5.4, RFC 7959 section 2).
#include "mbpf/coap/request.hpp"

namespace mbpf::coap {

namespace {

// Options that are integers, and of how many bytes at most. What is text has at most 255.
struct IntegerOption {
    OptionNumber number;
    std::uint8_t max_bytes;
};
constexpr IntegerOption integers[]{
    {OptionNumber::Observe, 3}, {OptionNumber::UriPort, 2}, {OptionNumber::Accept, 2},
    {OptionNumber::Block2, 3},  {OptionNumber::Block1, 3},
};
constexpr std::size_t max_text_bytes = 255;
constexpr std::size_t max_uri_bytes = 1034;

[[nodiscard]] std::size_t max_bytes(OptionNumber number) {
    std::size_t bytes = number == OptionNumber::ProxyUri ? max_uri_bytes : max_text_bytes;
    for (IntegerOption const& option : integers) {
        bytes = option.number == number ? option.max_bytes : bytes;
    }
    return bytes;
}

class RequestReader {
public:
    explicit RequestReader(Incoming& incoming) : incoming_{incoming} {}

    void read(OptionReader& option);

private:
    // Whether the option is understood.
    [[nodiscard]] bool take(OptionReader const& option);
    [[nodiscard]] bool take_once(OptionReader const& option);
    [[nodiscard]] Block block(std::uint32_t option);

    void refuse(Code code) {
        if (incoming_.refusal == Code::Empty) {
            incoming_.refusal = code;
        }
    }

    Incoming& incoming_;
    OptionNumber previous_{};
};

void RequestReader::read(OptionReader& option) {
    while (option.next()) {
        if (!take(option) && is_critical(option.number())) {
            refuse(Code::BadOption);
        }
        previous_ = option.number();
    }
}

bool RequestReader::take(OptionReader const& option) {
    OptionNumber const number = option.number();
    std::string_view const text = as_text(option.value());
    if (text.size() > max_bytes(number)) {
        return false;
    }
    if (number == OptionNumber::UriPath) {
        if (!incoming_.request.path.append(text)) {
            refuse(Code::NotFound);  // No resource lies that deep.
        }
        return true;
    }
    if (number == OptionNumber::UriQuery) {
        return incoming_.request.query.append(text);
    }
    if (number == OptionNumber::ProxyUri || number == OptionNumber::ProxyScheme) {
        refuse(Code::ProxyingNotSupported);
        return true;
    }
    return number != previous_ && take_once(option);
}

bool RequestReader::take_once(OptionReader const& option) {
    Request& request = incoming_.request;
    OptionNumber const number = option.number();
    std::uint32_t const value = option.integer();
    if (number == OptionNumber::Block1) {
        request.block1 = block(value);
    } else if (number == OptionNumber::Block2) {
        incoming_.block2 = block(value);
    } else if (number == OptionNumber::Accept) {
        request.accept = Format(value);
    } else if (number == OptionNumber::Observe) {
        request.is_observe = request.method == Method::Get && value == 0;
        incoming_.is_deregistration = request.method == Method::Get && value == 1;
    } else if (number == OptionNumber::UriHost) {
        return !option.value().empty();
    } else {
        return number == OptionNumber::UriPort;
    }
    return true;
}

Block RequestReader::block(std::uint32_t option) {
    std::optional<Block> const block = block_of(option);
    if (!block.has_value()) {
        refuse(Code::BadRequest);
        return {};
    }
    return *block;
}

}  // namespace

Incoming read_request(Message const& message, Peer const& peer) {
    Incoming incoming;
    Request& request = incoming.request;
    request.method = Method(message.code);
    request.payload = message.payload;
    request.peer = peer;
    OptionReader options{message.options};
    RequestReader{incoming}.read(options);
    if (incoming.refusal != Code::Empty) {
        return incoming;
    }
    if (message.code > Code::IPatch) {
        incoming.refusal = Code::MethodNotAllowed;
    }
    Block const& block1 = request.block1;
    if (block1.is_present && (request.payload.size() > block1.size_bytes ||
                              (block1.has_more && request.payload.size() != block1.size_bytes))) {
        incoming.refusal = Code::BadRequest;
    }
    // The rest of a reply would be the reply to a second execution.
    if (!is_safe(request.method) && incoming.block2.offset_bytes != 0) {
        incoming.refusal = Code::BadOption;
    }
    return incoming;
}

}  // namespace mbpf::coap
