// SPDX-License-Identifier: MIT
// Observers and what they are told (RFC 7641). The request is stored, not the representation: each
// notification, and each repetition of one, asks the handler anew and so is up to date.
#include "mbpf/coap/server.hpp"

namespace mbpf::coap {

namespace {

// The options that choose the representation, and the size of its first block.
constexpr bool is_stored(OptionNumber number) {
    return number == OptionNumber::UriPath || number == OptionNumber::UriQuery ||
           number == OptionNumber::Accept || number == OptionNumber::Block2;
}

// The stored form of `options`; nothing if they are too long for it.
bool store_options(Observer& observer, Bytes options) {
    Builder builder{observer.options};
    OptionReader reader{options};
    while (reader.next()) {
        if (is_stored(reader.number())) {
            builder.option(reader.number(), reader.value());
        }
    }
    observer.options_bytes = std::uint8_t(builder.bytes().size());
    return builder.is_good();
}

}  // namespace

void Server::changed(std::uint32_t resource_key) {
    for (Observer& observer : observers_) {
        if (observer.is_registered && observer.resource_key == resource_key) {
            observer.is_changed = true;
        }
    }
}

Observer* Server::observer_of(Peer const& peer, Bytes token) {
    Token const wanted{token};
    for (Observer& observer : observers_) {
        if (observer.is_registered && observer.peer == peer && observer.token == wanted) {
            return &observer;
        }
    }
    return nullptr;
}

// Whether there is room for one more; who observes already begins anew.
bool Server::observe(Peer const& peer, Bytes token, std::uint32_t resource_key, Bytes options) {
    Observer* observer = observer_of(peer, token);
    for (Observer& each : observers_) {
        if (observer == nullptr && !each.is_registered) {
            observer = &each;
        }
    }
    if (observer == nullptr) {
        return false;
    }
    observer->is_changed = false;
    observer->is_confirming = false;
    observer->since_confirmed = 0;
    observer->is_registered = store_options(*observer, options);
    observer->peer = peer;
    observer->token = Token{token};
    observer->resource_key = resource_key;
    observer->confirmed_ms = now_ms_;
    // The reply to a request that was not confirmable has it: to reset that is to deregister.
    observer->last_id = std::uint16_t(next_id_ - 1);
    return observer->is_registered;
}

void Server::advance(Observer& observer) {
    if (!observer.is_confirming) {
        if (observer.is_changed) {
            notify(observer);
        }
    } else if (is_due(observer.retransmission.deadline_ms, now_ms_)) {
        if (observer.retransmission.again(now_ms_)) {
            notify(observer);
        } else {
            observer.is_registered = false;  // RFC 7641 section 4.5: it is gone.
        }
    }
}

void Server::notify(Observer& observer) {
    Message const stored{.verdict = Verdict::Good,
                         .code = Code::Get,
                         .options = Bytes{observer.options}.first(observer.options_bytes)};
    Incoming incoming = read_request(stored, observer.peer);
    incoming.request.is_observe = true;
    observer.is_changed = false;
    Reply reply = empty_reply(incoming.block2);
    if (handler_.handle(handler_.context, incoming.request, reply) != Outcome::Done) {
        return;  // It has nothing to tell now.
    }
    if (!observer.is_confirming && (++observer.since_confirmed == config::confirm_every ||
                                    now_ms_ - observer.confirmed_ms >= config::confirm_after_ms)) {
        observer.is_confirming = true;
        observer.since_confirmed = 0;
        observer.confirmed_ms = now_ms_;
        observer.retransmission.start(random_timeout_ms(), now_ms_);
    }
    observer.last_id = new_id();
    // RFC 7641 section 4.2: an error, or a message without the option, is the last one.
    observer.is_registered = is_success(reply.code) && reply.resource_key().has_value();
    Envelope envelope{.type = observer.is_confirming ? Type::Confirmable : Type::NonConfirmable,
                      .id = observer.last_id,
                      .token = observer.token.bytes(),
                      .block2 = incoming.block2};
    if (observer.is_registered) {
        envelope.observe = next_sequence();
    }
    send(observer.peer, encode(reply, envelope));
}

}  // namespace mbpf::coap
