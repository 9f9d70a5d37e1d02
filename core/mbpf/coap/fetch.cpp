// SPDX-License-Identifier: MIT
// One request at a time; all of a transfer have the same token, so a late copy of a block is known
// by its offset.
#include "mbpf/coap/fetch.hpp"

#include <algorithm>
#include <array>

#include "mbpf/coap/message.hpp"

namespace mbpf::coap {

namespace {

constexpr std::size_t max_etag_bytes = 8;
// Header, token, Block2 with its head.
constexpr std::size_t request_overhead_bytes = header_bytes + sizeof(std::uint32_t) + 6;

}  // namespace

struct Fetch::Response {
    Block block;
    Token etag;
    bool is_understood = true;

    explicit Response(Bytes options);
};

Fetch::Response::Response(Bytes options) {
    OptionReader reader{options};
    bool has_block = false;
    while (reader.next()) {
        if (reader.number() == OptionNumber::Block2) {
            std::optional<Block> const read = block_of(reader.integer());
            is_understood =
                is_understood && read.has_value() && reader.value().size() <= 3 && !has_block;
            block = read.value_or(Block{});
            has_block = true;
        } else if (reader.number() == OptionNumber::ETag) {
            etag = Token{reader.value().first(std::min(reader.value().size(), max_etag_bytes))};
        } else if (is_critical(reader.number())) {
            is_understood = false;
        }
    }
}

Fetch::Fetch(Ports const& ports, std::uint32_t seed)
    : ports_{ports}, random_{seed | 1}, next_id_{std::uint16_t(seed ^ seed >> 16)} {}

std::uint32_t Fetch::random() {
    random_ ^= random_ << 13;
    random_ ^= random_ >> 17;
    random_ ^= random_ << 5;
    return random_;
}

bool Fetch::start(Target const& target, std::uint16_t block_bytes, Sink const& sink,
                  std::uint32_t now_ms) {
    if ((block_bytes & (block_bytes - 1)) != 0 || block_bytes < 16 ||
        block_bytes > config::max_block_bytes) {
        return false;
    }
    target_ = target;
    sink_ = sink;
    block_ = Block{.size_bytes = block_bytes, .is_present = true};
    etag_ = Token{};
    token_ = random();
    refusal_ = Code::Empty;
    state_ = State::Running;
    retransmission_.deadline_ms = now_ms;
    ask();
    retransmission_.start(config::ack_timeout_ms + random() % config::ack_spread_ms, now_ms);
    return true;
}

void Fetch::abort() {
    if (state_ == State::Running) {
        state_ = State::Aborted;
    }
}

void Fetch::ask() {
    request_id_ = next_id_++;
    is_acknowledged_ = false;
    send_request();
}

void Fetch::send_request() {
    std::array<std::byte, config::fetch_options_bytes + request_overhead_bytes> room;
    std::array<std::byte, sizeof token_> token;
    store(token.data(), token_);
    Builder builder{room};
    builder.start(Type::Confirmable, Code::Get, request_id_, token);
    OptionReader reader{Bytes{target_.options}.first(target_.options_bytes)};
    while (reader.next()) {
        builder.option(reader.number(), reader.value());
    }
    builder.option(OptionNumber::Block2, block_.option());
    ports_.send(ports_.context, target_.peer, builder.bytes());
}

[[gnu::always_inline]] inline void Fetch::send_empty(Type type, std::uint16_t id) {
    std::array<std::byte, header_bytes> room;
    Builder builder{room};
    builder.start(type, Code::Empty, id, {});
    ports_.send(ports_.context, target_.peer, builder.bytes());
}

bool Fetch::receive(Peer const& from, Bytes datagram, std::uint32_t now_ms) {
    if (state_ != State::Running || from != target_.peer) {
        return false;
    }
    Message const message = parse(datagram);
    if (message.verdict != Verdict::Good) {
        return false;
    }
    if (message.code == Code::Empty) {
        bool const is_ours = receive_empty(message);
        if (is_ours) {
            retransmission_.deadline_ms = now_ms + config::fetch_patience_ms;
        }
        return is_ours;
    }
    std::array<std::byte, sizeof token_> token;
    store(token.data(), token_);
    bool const is_ours = is_response(message.code) && message.type != Type::Reset &&
                         Token{message.token} == Token{token};
    if (!is_ours) {
        return false;
    }
    if (message.type == Type::Acknowledgement && message.id != request_id_) {
        return true;  // Of an earlier request, late.
    }
    std::uint32_t const expected = block_.offset_bytes;
    respond(message, Response{message.options});
    if (state_ == State::Running && block_.offset_bytes != expected) {
        ask();
        retransmission_.start(config::ack_timeout_ms + random() % config::ack_spread_ms, now_ms);
    }
    return true;
}

[[gnu::always_inline]] inline bool Fetch::receive_empty(Message const& message) {
    bool const is_ours = message.id == request_id_ && !is_acknowledged_;
    if (is_ours && message.type == Type::Acknowledgement) {
        is_acknowledged_ = true;
        return true;
    }
    if (is_ours && message.type == Type::Reset) {
        state_ = State::Reset;
        return true;
    }
    return false;
}

void Fetch::respond(Message const& message, Response const& response) {
    if (message.type == Type::Confirmable) {
        // RFC 7252 section 5.4.1: a response that is not understood is rejected.
        send_empty(response.is_understood ? Type::Acknowledgement : Type::Reset, message.id);
    }
    bool const is_earlier = response.is_understood && is_success(message.code) &&
                            response.block.offset_bytes < block_.offset_bytes;
    if (is_earlier && message.type != Type::Acknowledgement) {
        return;  // A second copy.
    }
    if (!response.is_understood) {
        state_ = State::Malformed;
    } else if (message.code == Code::Content) {
        take(message, response);
    } else {
        refusal_ = message.code;
        state_ = State::Refused;
    }
}

void Fetch::take(Message const& message, Response const& response) {
    Block const& block = response.block;
    std::uint32_t const bytes = std::uint32_t(message.payload.size());
    bool const is_whole = !block.is_present;
    bool const fits_in = is_whole ? bytes <= config::max_block_bytes : bytes <= block.size_bytes;
    bool const is_full = !block.has_more || bytes == block.size_bytes;
    bool const is_shorter = is_whole || block.size_bytes <= block_.size_bytes;
    if (block.offset_bytes != block_.offset_bytes || !fits_in || !is_full || !is_shorter) {
        state_ = State::Malformed;
        return;
    }
    if (!is_same_file(response.etag)) {
        state_ = State::Changed;
        return;
    }
    if (!sink_.take(sink_.context, block_.offset_bytes, message.payload)) {
        state_ = State::Aborted;
        return;
    }
    block_.offset_bytes += bytes;
    if (!block.has_more) {
        state_ = State::Done;
        return;
    }
    block_.size_bytes = block.size_bytes;
    if (block_.offset_bytes / block_.size_bytes > max_block_number) {
        state_ = State::Malformed;
    }
}

// A server that gives no ETag is trusted.
[[gnu::always_inline]] inline bool Fetch::is_same_file(Token const& etag) {
    if (block_.offset_bytes == 0) {
        etag_ = etag;
    }
    return etag == etag_;
}

std::uint32_t Fetch::poll(std::uint32_t now_ms) {
    if (state_ != State::Running) {
        return no_deadline;
    }
    if (is_due(retransmission_.deadline_ms, now_ms)) {
        if (is_acknowledged_ || !retransmission_.again(now_ms)) {
            state_ = State::TimedOut;
            return no_deadline;
        }
        send_request();
    }
    return is_due(retransmission_.deadline_ms, now_ms) ? 0 : retransmission_.deadline_ms - now_ms;
}

}  // namespace mbpf::coap
