// SPDX-License-Identifier: MIT
// From a datagram to the handler and back. Which message is answered how: RFC 7252 sections 4
// and 5.
#include "mbpf/coap/server.hpp"

#include <algorithm>

namespace mbpf::coap {

Token::Token(Bytes bytes) : size_{std::uint8_t(bytes.size())} {
    __builtin_memcpy(bytes_.data(), bytes.data(), bytes.size());
}

Server::Server(Ports const& ports, Handler const& handler, std::uint32_t seed)
    : ports_{ports},
      handler_{handler},
      random_{seed | 1},  // The generator never leaves 0.
      next_id_{std::uint16_t(seed ^ seed >> 16)} {}

void Server::receive(Peer const& from, Bytes datagram, std::uint32_t now_ms) {
    now_ms_ = now_ms;
    Message const message = parse(datagram);
    if (message.verdict == Verdict::Ignored) {
        return;
    }
    bool const is_good = message.verdict == Verdict::Good;
    bool const is_answer = message.type == Type::Acknowledgement || message.type == Type::Reset;
    if (is_answer) {
        if (is_good && message.code == Code::Empty) {
            acknowledged(from, message);
        }
    } else if (is_good && is_request(message.code)) {
        serve(from, message);
    } else if (message.type == Type::Confirmable) {
        // Malformed, a ping, or a response that nobody waits for.
        send_empty(from, Type::Reset, message.id);
    }
}

std::uint32_t Server::poll(std::uint32_t now_ms) {
    now_ms_ = now_ms;
    std::uint32_t wait_ms = no_deadline;
    auto const until = [&](std::uint32_t deadline_ms) {
        wait_ms = std::min(wait_ms, is_due(deadline_ms, now_ms) ? 0 : deadline_ms - now_ms);
    };
    for (Exchange& exchange : exchanges_) {
        if (!exchange.is_free()) {
            advance(exchange);
        }
    }
    for (Observer& observer : observers_) {
        if (observer.is_registered) {
            advance(observer);
        }
    }
    // Only now: a handler may have touched any of them.
    for (Exchange const& exchange : exchanges_) {
        if (!exchange.is_free()) {
            until(exchange.state == Exchange::State::Ready ? now_ms
                                                           : exchange.retransmission.deadline_ms);
        }
    }
    for (Observer const& observer : observers_) {
        if (observer.is_registered && observer.is_confirming) {
            until(observer.retransmission.deadline_ms);
        } else if (observer.is_registered && observer.is_changed) {
            until(now_ms);
        }
    }
    return wait_ms;
}

void Server::send_empty(Peer const& to, Type type, std::uint16_t id) {
    std::array<std::byte, header_bytes> room{};
    Builder builder{room};
    builder.start(type, Code::Empty, id, {});
    send(to, builder.bytes());
}

std::uint32_t Server::random_timeout_ms() {
    random_ ^= random_ << 13;
    random_ ^= random_ >> 17;
    random_ ^= random_ << 5;
    return config::ack_timeout_ms + random_ % config::ack_spread_ms;
}

// A reply whose window is as long as the client wants its blocks.
Reply Server::empty_reply(Block& block2) {
    if (!block2.is_present) {
        block2.size_bytes = config::default_block_bytes;
    }
    return Reply{WritableBytes{buffer_}.subspan(config::max_head_bytes, block2.size_bytes),
                 block2.offset_bytes};
}

// The body lies in the buffer already: the head is put right before it.
Bytes Server::encode(Reply const& reply, Envelope const& envelope) {
    bool const is_good = is_success(reply.code);
    bool const is_in_blocks =
        is_good && (reply.has_more() || (envelope.block2.is_present && reply.size_bytes() != 0));
    Bytes const body = reply.body();
    std::array<std::byte, config::max_head_bytes> room;
    Builder head{room};
    head.start(envelope.type, reply.code, envelope.id, envelope.token);
    if (is_in_blocks) {
        std::uint32_t const etag = reply.etag();
        std::array<std::byte, sizeof etag> bytes;
        store(bytes.data(), etag);
        head.option(OptionNumber::ETag, bytes);
    }
    if (envelope.observe.has_value()) {
        head.option(OptionNumber::Observe, *envelope.observe);
    }
    if (reply.content_format != Format::None) {
        head.option(OptionNumber::ContentFormat, std::uint32_t(reply.content_format));
    }
    if (reply.max_age_seconds.has_value()) {
        head.option(OptionNumber::MaxAge, *reply.max_age_seconds);
    }
    if (is_in_blocks) {
        Block block2 = envelope.block2;
        block2.has_more = reply.has_more();
        head.option(OptionNumber::Block2, block2.option());
    }
    if (envelope.block1.is_present) {
        head.option(OptionNumber::Block1, envelope.block1.option());
    }
    if (!body.empty()) {
        head.marker();
    }
    std::size_t const head_bytes = head.bytes().size();
    std::size_t const start = config::max_head_bytes - head_bytes;
    __builtin_memcpy(buffer_.data() + start, room.data(), head_bytes);
    return Bytes{buffer_}.subspan(start, head_bytes + body.size());
}

void Server::serve(Peer const& from, Message const& message) {
    if (Exchange* const known = find(from, message.id); known != nullptr) {
        repeat(*known);
        return;
    }
    Incoming incoming = read_request(message, from);
    if (incoming.refusal != Code::Empty) {
        // RFC 7252 section 5.4.1: what cannot be understood is rejected, here without a word.
        if (incoming.refusal != Code::BadOption || message.type == Type::Confirmable) {
            refuse(from, message, incoming.refusal);
        }
        return;
    }
    Exchange* const exchange = open(from, message);
    if (exchange == nullptr) {
        refuse(from, message, Code::ServiceUnavailable);
        return;
    }
    options_ = message.options;
    execute(*exchange, incoming);
}

// An answer of the server's own, which costs no exchange: the same again if asked again.
void Server::refuse(Peer const& to, Message const& message, Code code) {
    Block none;
    Reply reply = empty_reply(none);
    reply.code = code;
    if (code == Code::ServiceUnavailable) {
        reply.max_age_seconds = config::busy_max_age_seconds;
    }
    bool const is_confirmable = message.type == Type::Confirmable;
    send(to, encode(reply, {.type = is_confirmable ? Type::Acknowledgement : Type::NonConfirmable,
                            .id = is_confirmable ? message.id : new_id(),
                            .token = message.token}));
}

Exchange* Server::find(Peer const& from, std::uint16_t request_id) {
    for (Exchange& exchange : exchanges_) {
        if (!exchange.is_free() && exchange.request_id == request_id && exchange.peer == from &&
            !(exchange.state == Exchange::State::Kept &&
              is_due(exchange.retransmission.deadline_ms, now_ms_))) {
            return &exchange;
        }
    }
    return nullptr;
}

// An exchange for a new request, if there is one: a free one, or the oldest that may be forgotten,
// and a safe one first. At last, one whose response nobody acknowledges: who does not listen keeps
// nobody out.
[[gnu::always_inline]] inline Exchange* Server::place() {
    Exchange* best = nullptr;
    std::uint32_t best_rank = 0;
    std::uint32_t best_age_ms = 0;
    for (Exchange& exchange : exchanges_) {
        using enum Exchange::State;
        std::uint32_t const rank = exchange.is_free()          ? 4
                                   : exchange.state == Sending ? 1
                                   : exchange.state != Kept    ? 0
                                   : exchange.is_safe          ? 3
                                                               : 2;
        std::uint32_t const age_ms = now_ms_ - exchange.born_ms;
        if (rank > best_rank || (rank == best_rank && rank != 0 && age_ms > best_age_ms)) {
            best = &exchange;
            best_rank = rank;
            best_age_ms = age_ms;
        }
    }
    return best;
}

[[gnu::always_inline]] inline Exchange* Server::open(Peer const& from, Message const& message) {
    Exchange* const exchange = place();
    if (exchange == nullptr) {
        return nullptr;
    }
    exchange->state = Exchange::State::Handling;
    exchange->is_confirmable = message.type == Type::Confirmable;
    exchange->is_acknowledged = false;
    exchange->is_safe = is_safe(Method(message.code));
    exchange->peer = from;
    exchange->token = Token{message.token};
    exchange->request_id = message.id;
    ++exchange->generation;
    exchange->born_ms = now_ms_;
    return exchange;
}

// RFC 7252 sections 4.2 and 4.3: a duplicate is acknowledged as the first was, and not executed.
[[gnu::always_inline]] inline void Server::repeat(Exchange& exchange) {
    if (!exchange.is_confirmable) {
        return;
    }
    if (exchange.is_acknowledged) {
        send_empty(exchange.peer, Type::Acknowledgement, exchange.request_id);
    } else if (exchange.state == Exchange::State::Kept) {
        send(exchange.peer, exchange.datagram());
    }
}

[[gnu::always_inline]] inline void Server::execute(Exchange& exchange, Incoming& incoming) {
    Request& request = incoming.request;
    request.exchange = number_of(exchange);
    // RFC 7641 section 3.1: only the first block of a representation is observed.
    request.is_observe = request.is_observe && incoming.block2.offset_bytes == 0;
    exchange.block1 = request.block1;
    exchange.block1.has_more = false;
    Reply reply = empty_reply(incoming.block2);
    Outcome const outcome = handler_.handle(handler_.context, request, reply);
    if (outcome == Outcome::Deferred || exchange.state != Exchange::State::Handling) {
        defer(exchange);
        return;
    }
    // RFC 7959 section 2.3: set, it says that this is not yet the final response.
    request.block1.has_more = request.block1.has_more && outcome == Outcome::Continue;
    if (request.block1.has_more) {
        reply.refuse(Code::Continue, {});
    }
    answer(exchange, incoming, reply);
}

[[gnu::always_inline]] inline void Server::answer(Exchange& exchange, Incoming& incoming,
                                                  Reply& reply) {
    if (is_success(reply.code) && reply.is_beyond()) {
        reply.refuse(Code::BadRequest, {});
    }
    // RFC 7252 section 5.10.4. What a method has changed stays changed: of that it is told anyway.
    if (exchange.is_safe && is_success(reply.code) &&
        !incoming.request.accepts(reply.content_format)) {
        reply.refuse(Code::NotAcceptable, {});
    }
    bool const is_confirmable = exchange.is_confirmable;
    Bytes const token = exchange.token.bytes();
    Envelope envelope{.type = is_confirmable ? Type::Acknowledgement : Type::NonConfirmable,
                      .id = is_confirmable ? exchange.request_id : new_id(),
                      .token = token,
                      .block1 = incoming.request.block1,
                      .block2 = incoming.block2};
    bool const wants = incoming.request.is_observe && is_success(reply.code);
    if (wants && reply.resource_key().has_value() &&
        observe(exchange.peer, token, *reply.resource_key(), options_)) {
        envelope.observe = next_sequence();
    } else if (incoming.is_deregistration) {
        if (Observer* const observer = observer_of(exchange.peer, token); observer != nullptr) {
            observer->is_registered = false;
        }
    }
    Bytes const datagram = encode(reply, envelope);
    send(exchange.peer, datagram);
    if (datagram.size() <= exchange.reply.size()) {
        remember(exchange, datagram);
    } else if (exchange.is_safe) {
        exchange.state = Exchange::State::Free;
    } else {
        // Too long to be stored: a duplicate is told how it went, and no more.
        reply.refuse(reply.code, {});
        remember(exchange, encode(reply, envelope));
    }
}

[[gnu::always_inline]] inline void Server::remember(Exchange& exchange, Bytes datagram) {
    exchange.reply_bytes = std::uint16_t(datagram.size());
    __builtin_memcpy(exchange.reply.data(), datagram.data(), datagram.size());
    keep(exchange);
}

void Server::keep(Exchange& exchange) {
    exchange.state = Exchange::State::Kept;
    exchange.retransmission.deadline_ms = exchange.born_ms + config::exchange_lifetime_ms;
}

}  // namespace mbpf::coap
