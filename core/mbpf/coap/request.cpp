// SPDX-License-Identifier: MIT
// Options of a request: what each means, how long it may be and how often it may come (RFC 7252
// section 5.4, RFC 7959 section 2).
#include "mbpf/coap/request.hpp"

namespace mbpf::coap {

namespace {

constexpr std::size_t max_text_bytes = 255;
constexpr std::size_t max_observe_bytes = 3;
constexpr std::size_t max_block_option_bytes = 3;
constexpr std::size_t max_format_bytes = 2;
constexpr std::size_t max_integer_bytes = 4;

class RequestReader {
public:
    explicit RequestReader(Incoming& incoming) : incoming_{incoming} {}

    void read(OptionReader& option);

private:
    // Whether the option is understood.
    [[nodiscard]] bool take(OptionReader const& option);
    [[nodiscard]] bool take_once(OptionReader const& option);
    [[nodiscard]] std::size_t max_bytes(OptionNumber number) const;
    void take_path(std::string_view segment);
    [[nodiscard]] Block block(std::uint32_t option);
    void observe(std::uint32_t value);

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
    if (option.value().size() > max_bytes(number)) {
        return false;
    }
    switch (number) {
        case OptionNumber::UriPath: take_path(as_text(option.value())); return true;
        case OptionNumber::UriQuery: return incoming_.request.query.append(as_text(option.value()));
        case OptionNumber::ProxyUri:
        case OptionNumber::ProxyScheme: refuse(Code::ProxyingNotSupported); return true;
        default: return number != previous_ && take_once(option);
    }
}

bool RequestReader::take_once(OptionReader const& option) {
    Request& request = incoming_.request;
    std::uint32_t const value = option.integer();
    switch (option.number()) {
        case OptionNumber::UriHost: return !option.value().empty();
        case OptionNumber::UriPort: return true;
        case OptionNumber::ContentFormat: request.content_format = Format(value); return true;
        case OptionNumber::Accept: request.accept = Format(value); return true;
        case OptionNumber::Block1: request.block1 = block(value); return true;
        case OptionNumber::Block2: incoming_.block2 = block(value); return true;
        case OptionNumber::Size1: request.size1 = value; return true;
        case OptionNumber::Observe: observe(value); return true;
        default: return false;
    }
}

std::size_t RequestReader::max_bytes(OptionNumber number) const {
    switch (number) {
        case OptionNumber::UriPort:
        case OptionNumber::ContentFormat:
        case OptionNumber::Accept: return max_format_bytes;
        case OptionNumber::Observe: return max_observe_bytes;
        case OptionNumber::Block1:
        case OptionNumber::Block2: return max_block_option_bytes;
        case OptionNumber::Size1: return max_integer_bytes;
        case OptionNumber::ProxyUri: return 1034;
        default: return max_text_bytes;
    }
}

void RequestReader::take_path(std::string_view segment) {
    // No resource lies that deep.
    if (!incoming_.request.path.append(segment)) {
        refuse(Code::NotFound);
    }
}

Block RequestReader::block(std::uint32_t option) {
    std::optional<Block> const block = block_of(option);
    if (!block.has_value()) {
        refuse(Code::BadRequest);
        return {};
    }
    return *block;
}

void RequestReader::observe(std::uint32_t value) {
    if (incoming_.request.method == Method::Get) {
        incoming_.request.is_observe = value == 0;
        incoming_.is_deregistration = value == 1;
    }
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
