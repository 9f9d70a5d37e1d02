// SPDX-License-Identifier: MIT
// A CoAP server: it is handed datagrams and the time, and sends through a function. It answers from
// one buffer and remembers a bounded number of exchanges and observers, so its size is all its RAM.
//
// Invariant: a request that is not safe (POST, PUT, DELETE, PATCH, iPATCH) reaches the handler
// once, however often its datagram arrives, as long as its exchange is remembered.
//
// receive() and poll() are called from the top level only; complete() and changed() from anywhere
// in the same thread, from within a handler, too: they send nothing by themselves, poll() does.
// So poll after each of them, and when the time is over that the last poll answered.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "mbpf/coap/exchange.hpp"
#include "mbpf/coap/reply.hpp"
#include "mbpf/coap/request.hpp"

namespace mbpf::coap {

struct Handler {
    void* context{};
    Outcome (*handle)(void* context, Request const& request, Reply& reply){};
};

class Server {
public:
    // `seed`: different after each start, or a peer may take new messages for old ones.
    Server(Ports const& ports, Handler const& handler, std::uint32_t seed);

    void receive(Peer const& from, Bytes datagram, std::uint32_t now_ms);
    // How many ms later to poll again, at the latest, or no_deadline.
    [[nodiscard]] std::uint32_t poll(std::uint32_t now_ms);

    // Answers a request whose handler said Deferred, or is about to. False if nobody waits for it
    // any more, or if the payload is too long to be stored: then the client gets 5.00.
    bool complete(std::uint32_t exchange, Code code, Format format, Bytes payload);
    // Whoever observes such a resource is to be told.
    void changed(std::uint32_t resource_key);

private:
    // What a response repeats from its request, or adds to the reply of the handler.
    struct Envelope {
        Type type{};
        std::uint16_t id{};
        Bytes token{};
        Block block1{};
        Block block2{};
        std::optional<std::uint32_t> observe{};
    };

    void send(Peer const& to, Bytes datagram) { ports_.send(ports_.context, to, datagram); }
    void send_empty(Peer const& to, Type type, std::uint16_t id);
    [[nodiscard]] std::uint16_t new_id() { return next_id_++; }
    [[nodiscard]] std::uint32_t random_timeout_ms();
    [[nodiscard]] Reply empty_reply(Block& block2);
    [[nodiscard]] Bytes encode(Reply const& reply, Envelope const& envelope);

    // Requests.
    void serve(Peer const& from, Message const& message);
    void refuse(Peer const& to, Message const& message, Code code);
    [[nodiscard]] Exchange* find(Peer const& from, std::uint16_t request_id);
    [[nodiscard]] Exchange* place();
    [[nodiscard]] Exchange* open(Peer const& from, Message const& message);
    void repeat(Exchange& exchange);
    void execute(Exchange& exchange, Incoming& incoming);
    void defer(Exchange& exchange);
    void wait(Exchange& exchange);
    void answer(Exchange& exchange, Incoming& incoming, Reply& reply);
    void keep(Exchange& exchange);
    void remember(Exchange& exchange, Bytes datagram);

    // Deferred responses.
    void acknowledged(Peer const& from, Message const& message);
    [[nodiscard]] std::uint32_t number_of(Exchange const& exchange) const;
    [[nodiscard]] bool write(Exchange& exchange, Code code, Format format, Bytes payload);
    void advance(Exchange& exchange);
    void transmit(Exchange& exchange);

    // Observers.
    [[nodiscard]] Observer* observer_of(Peer const& peer, Bytes token);
    [[nodiscard]] bool observe(Peer const& peer, Bytes token, std::uint32_t resource_key,
                               Bytes options);
    void advance(Observer& observer);
    void notify(Observer& observer);
    [[nodiscard]] std::uint32_t next_sequence() { return sequence_ = (sequence_ + 1) & 0xff'ffff; }

    Ports ports_;
    Handler handler_;
    std::uint32_t random_;
    std::uint32_t now_ms_ = 0;
    std::uint32_t sequence_ = 1;
    std::uint16_t next_id_;
    Bytes options_;  // Of the request that is being served.
    std::array<Exchange, config::exchanges> exchanges_{};
    std::array<Observer, config::observers> observers_{};
    std::array<std::byte, config::max_head_bytes + config::max_block_bytes> buffer_{};
};

}  // namespace mbpf::coap
