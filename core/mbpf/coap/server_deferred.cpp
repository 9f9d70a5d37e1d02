// SPDX-License-Identifier: MIT
// Responses that come later: RFC 7252 sections 4.2 and 5.2.2.
#include <span>

#include "mbpf/coap/server.hpp"

namespace mbpf::coap {

namespace {

// A stored datagram gets its type and its id when it is sent.
void readdress(std::span<std::byte> datagram, Type type, std::uint16_t id) {
    constexpr std::byte all_but_type{0xcf};
    datagram[0] = (datagram[0] & all_but_type) | std::byte(unsigned(type) << 4);
    datagram[2] = std::byte(id >> 8);
    datagram[3] = std::byte(id & 0xff);
}

}  // namespace

std::uint32_t Server::number_of(Exchange const& exchange) const {
    std::uint32_t const index = std::uint32_t(&exchange - exchanges_.data());
    return std::uint32_t{exchange.generation} << 8 | (index + 1);
}

void Server::defer(Exchange& exchange) {
    if (exchange.state == Exchange::State::Ready) {
        return;  // Completed by its own handler.
    }
    if (exchange.is_confirmable) {
        exchange.state = Exchange::State::Open;
        exchange.retransmission.deadline_ms = now_ms_ + config::separate_after_ms;
    } else {
        wait(exchange);
    }
}

void Server::wait(Exchange& exchange) {
    exchange.state = Exchange::State::Waiting;
    exchange.retransmission.deadline_ms = exchange.born_ms + config::defer_limit_ms;
}

bool Server::complete(std::uint32_t exchange, Code code, Format format, Bytes payload) {
    std::uint32_t const index = (exchange & 0xff) - 1;
    if (index >= exchanges_.size()) {
        return false;
    }
    Exchange& found = exchanges_[index];
    bool const is_open = found.state == Exchange::State::Handling ||
                         found.state == Exchange::State::Open ||
                         found.state == Exchange::State::Waiting;
    if (!is_open || number_of(found) != exchange) {
        return false;
    }
    if (write(found, code, format, payload)) {
        return true;
    }
    static_cast<void>(write(found, Code::InternalError, Format::None, {}));
    return false;
}

// Puts the response into the exchange, if there is room for it.
bool Server::write(Exchange& exchange, Code code, Format format, Bytes payload) {
    exchange.state = Exchange::State::Ready;
    Builder builder{exchange.reply};
    builder.start(Type::Confirmable, code, 0, exchange.token.bytes());
    if (format != Format::None) {
        builder.option(OptionNumber::ContentFormat, std::uint32_t(format));
    }
    if (code == Code::ServiceUnavailable) {
        builder.option(OptionNumber::MaxAge, config::busy_max_age_seconds);
    }
    if (exchange.block1.is_present) {
        builder.option(OptionNumber::Block1, exchange.block1.option());
    }
    builder.payload(payload);
    exchange.reply_bytes = std::uint16_t(builder.bytes().size());
    return builder.is_good();
}

// What time brings.
void Server::advance(Exchange& exchange) {
    using State = Exchange::State;
    if (exchange.state == State::Ready) {
        return transmit(exchange);
    }
    if (exchange.state == State::Handling ||
        !is_due(exchange.retransmission.deadline_ms, now_ms_)) {
        return;
    }
    if (exchange.state == State::Open) {
        send_empty(exchange.peer, Type::Acknowledgement, exchange.request_id);
        exchange.is_acknowledged = true;
        wait(exchange);
    } else if (exchange.state == State::Waiting) {
        static_cast<void>(write(exchange, Code::ServiceUnavailable, Format::None, {}));
        transmit(exchange);
    } else if (exchange.state == State::Kept) {
        exchange.state = State::Free;
    } else if (exchange.retransmission.again(now_ms_)) {  // Sending
        send(exchange.peer, exchange.datagram());
    } else {
        keep(exchange);
    }
}

// Sends a response for the first time: with the acknowledgement, if that has not been sent.
void Server::transmit(Exchange& exchange) {
    WritableBytes const datagram = WritableBytes{exchange.reply}.first(exchange.reply_bytes);
    if (exchange.is_confirmable && exchange.is_acknowledged) {
        exchange.response_id = new_id();
        readdress(datagram, Type::Confirmable, exchange.response_id);
        exchange.retransmission.start(random_timeout_ms(), now_ms_);
        exchange.state = Exchange::State::Sending;
    } else if (exchange.is_confirmable) {
        readdress(datagram, Type::Acknowledgement, exchange.request_id);
        keep(exchange);
    } else {
        readdress(datagram, Type::NonConfirmable, new_id());
        keep(exchange);
    }
    send(exchange.peer, datagram);
}

// An empty acknowledgement or a reset, of a response or of a notification.
void Server::acknowledged(Peer const& from, Message const& message) {
    for (Exchange& exchange : exchanges_) {
        if (exchange.state == Exchange::State::Sending && exchange.response_id == message.id &&
            exchange.peer == from) {
            keep(exchange);
        }
    }
    for (Observer& observer : observers_) {
        if (!observer.is_registered || observer.last_id != message.id || observer.peer != from) {
            continue;
        }
        if (message.type == Type::Reset) {
            observer.is_registered = false;  // RFC 7641 section 3.6.
        }
        observer.is_confirming = false;
    }
}

}  // namespace mbpf::coap
