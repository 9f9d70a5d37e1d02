// SPDX-License-Identifier: MIT
// A CoAP client that pulls one file: GET, block after block (RFC 7959), each asked for until it
// comes. Invariant: the sink gets every byte once, in order, all of one representation.
//
// receive() and poll() are called from the top level, not from the sink.
#pragma once

#include <cstdint>

#include "mbpf/coap/block.hpp"
#include "mbpf/coap/exchange.hpp"
#include "mbpf/coap/uri.hpp"

namespace mbpf::coap {

struct Sink {
    void* context{};
    // False: give up.
    bool (*take)(void* context, std::uint32_t offset_bytes, Bytes block){};
};

class Fetch {
public:
    enum class State : std::uint8_t {
        Idle,
        Running,
        Done,
        TimedOut,   // The server is silent.
        Reset,      // The server did not understand the request.
        Refused,    // refusal() says why.
        Malformed,  // What came is no block of a file.
        Changed,    // The file became another one on the way.
        Aborted,    // By the sink, or by abort().
    };

    // `seed`: as for the server.
    Fetch(Ports const& ports, std::uint32_t seed);

    // Blocks are of `block_bytes`, a power of two from 16 to 1024, or shorter if the server wants.
    // False, and nothing happens, for other sizes. A transfer that runs is given up.
    bool start(Target const& target, std::uint16_t block_bytes, Sink const& sink,
               std::uint32_t now_ms);
    void abort();
    // Whether the datagram was for this client.
    bool receive(Peer const& from, Bytes datagram, std::uint32_t now_ms);
    // How many ms later to poll again, at the latest, or no_deadline.
    [[nodiscard]] std::uint32_t poll(std::uint32_t now_ms);

    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] Code refusal() const { return refusal_; }
    [[nodiscard]] std::uint32_t received_bytes() const { return block_.offset_bytes; }

private:
    struct Response;

    [[nodiscard]] std::uint32_t random();
    void ask();
    void send_request();
    void send_empty(Type type, std::uint16_t id);
    [[nodiscard]] bool receive_empty(Message const& message);
    void respond(Message const& message, Response const& response);
    void take(Message const& message, Response const& response);
    [[nodiscard]] bool is_same_file(Token const& etag);

    Ports ports_;
    Sink sink_;
    Target target_;
    Block block_;  // The next to come.
    Retransmission retransmission_;
    Token etag_;
    std::uint32_t random_;
    std::uint32_t token_ = 0;
    std::uint16_t next_id_;
    std::uint16_t request_id_ = 0;
    State state_ = State::Idle;
    Code refusal_ = Code::Empty;
    bool is_acknowledged_ = false;  // The response will come by itself.
};

}  // namespace mbpf::coap
