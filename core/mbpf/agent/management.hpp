// SPDX-License-Identifier: MIT
// A device's management protocol over CoAP (SPEC.md, "Devices"): who may ask what, and the answers.
// Datagrams go in, datagrams come out through a function; time passes in poll().
#pragma once

#include <array>

#include "mbpf/agent/config.hpp"
#include "mbpf/agent/identity.hpp"
#include "mbpf/agent/program_call.hpp"
#include "mbpf/agent/pull.hpp"
#include "mbpf/agent/transfer.hpp"

namespace mbpf::agent {

// Resources that a device adds of its own. False: there is no such resource.
struct Extension {
    void* context{};
    bool (*handle)(void* context, coap::Request const& request, coap::Reply& reply){};
};

class Agent {
public:
    // `info` outlives the agent. `seed` is different after each start.
    Agent(container::Runtime& runtime, DeviceInfo const& info, port::Crypto const& crypto,
          coap::Ports const& ports, std::uint32_t seed, Extension const& extension = {})
        : runtime_{runtime},
          info_{info},
          crypto_{crypto},
          extension_{extension},
          transfer_{runtime, info, crypto},
          pull_{ports, seed},
          server_{ports, {this, &Agent::handle}, seed} {}
    Agent(Agent const&) = delete;

    void receive(coap::Peer const& from, Bytes datagram) {
        std::uint32_t const now = now_ms();
        if (!pull_.receive(from, datagram, now)) {
            server_.receive(from, datagram, now);
        }
    }
    // Whether the network is filling a slot.
    [[nodiscard]] bool is_installing() const { return transfer_.is_writing(); }
    // Milliseconds until it wants to be called again.
    std::uint32_t poll();

private:
    // In the order of their names in management.cpp.
    enum class Resource : std::uint8_t {
        Install,
        Command,
        Text,
        Containers,
        Device,
        Policy,
        Log,
        Map
    };

    // What waits for a container to be left by its run.
    struct Pending {
        enum class Kind : std::uint8_t { None, Install, Command };

        Kind kind{};
        std::uint32_t exchange{};
        container::Name name;
        std::uint32_t sequence{};
        container::InstallRecord::Wanted wanted{};
    };

    // A request to a container.
    struct Call {
        bool is_used{};
        std::uint32_t exchange{};
        Agent* agent{};
        ProgramCall program;
    };

    [[nodiscard]] std::uint32_t now_ms() const { return std::uint32_t(runtime_.now_us() / 1000); }
    static coap::Outcome handle(void* agent, coap::Request const& request, coap::Reply& reply);
    coap::Outcome dispatch(Attempt& attempt, coap::Request const& request, coap::Reply& reply);
    coap::Outcome manage(Attempt& attempt, coap::Request const& request, coap::Reply& reply);
    void read(Resource resource, coap::Request const& request, coap::Reply& reply);

    // What changes something.
    coap::Outcome install(Attempt& attempt, coap::Request const& request);
    coap::Outcome command(Attempt& attempt, coap::Request const& request);
    [[nodiscard]] container::Container* waited_for();
    coap::Outcome begin(Attempt& attempt);
    coap::Outcome begin_installation(Attempt& attempt, std::uint32_t exchange);
    void perform(Attempt& attempt);
    void finish_pending();
    void finish_pull();
    void complete(std::uint32_t exchange, Attempt const& attempt);

    // What tells something.
    void write_links(coap::Reply& reply) const;
    void write_text(coap::Reply& reply) const;
    void write_containers(coap::Request const& request, coap::Reply& reply) const;
    void write_device(coap::Reply& reply) const;
    void write_policy(coap::Reply& reply) const;
    void write_log(coap::Request const& request, coap::Reply& reply) const;
    void read_map(coap::Request const& request, coap::Reply& reply);

    // Calls of containers.
    coap::Outcome call(Attempt& attempt, coap::Request const& request);
    static void end_call(void* call, container::Activation const& activation,
                         machine::Outcome const& outcome);

    container::Runtime& runtime_;
    DeviceInfo const& info_;
    port::Crypto const& crypto_;
    Extension extension_;
    Transfer transfer_;
    Pull pull_;
    std::uint32_t pull_exchange_ = 0;
    Pending pending_;
    std::array<Call, config::calls> calls_{};
    std::uint32_t log_end_ = 0;
    std::uint64_t log_told_us_ = 0;
    coap::Server server_;
};

// The answer to what went wrong: SPEC.md, "Resources".
[[nodiscard]] coap::Code code_of(Fault fault);
void refuse(coap::Reply& reply, Error const& error);
// The same as a payload of its own: at most this many bytes.
inline constexpr std::size_t error_bytes = 24;
[[nodiscard]] Bytes write_error(std::int32_t number, Error const& error, WritableBytes room);
[[nodiscard]] inline Bytes write_error(Error const& error, WritableBytes room) {
    return write_error(std::int32_t(error.fault), error, room);
}

}  // namespace mbpf::agent
