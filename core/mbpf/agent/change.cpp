// SPDX-License-Identifier: MIT
// What changes a device: installations and signed commands. One at a time; it waits until the run
// of the container that it is about has ended.
#include "mbpf/agent/management.hpp"

namespace mbpf::agent {

namespace {

enum class Operation : std::uint8_t { Start = 1, Stop = 2, Remove = 3, SetPolicy = 5 };

constexpr std::uint32_t order_items = 3;
constexpr std::uint32_t policy_order_items = 4;

}  // namespace

struct Agent::Order {
    Operation operation{};
    std::string_view name;
    std::uint32_t sequence{};
    Bytes policy;
    container::SignerRecord const* signer{};
};

coap::Outcome Agent::install(coap::Request const& request, coap::Reply& reply) {
    if (pending_.kind != Pending::Kind::None) {
        return refuse(reply, {Fault::ContainerBusy});
    }
    Result<bool> const taken = transfer_.take(request.peer, request.block1.offset_bytes,
                                              request.block1.has_more, request.payload);
    if (!taken.has_value()) {
        return refuse(reply, taken.error());
    }
    if (!*taken) {
        return coap::Outcome::Continue;
    }
    container::Runtime::Installation const& wanted = transfer_.installation();
    return begin({Pending::Kind::Install, request.exchange, wanted.name, wanted.sequence,
                  container::InstallRecord::Wanted::Running},
                 reply);
}

Result<Agent::Order> Agent::read_order(Bytes message) const {
    container::Policy const policy = runtime_.policy();
    SignerKeys const signers{policy};
    Result<suit::SignedCommand> const opened = suit::open_command(message, signers.keys(), crypto_);
    if (!opened.has_value()) {
        return opened.error();
    }
    cbor::Reader reader{opened->payload};
    Result<std::uint32_t> const items = reader.array_head();
    Result<std::uint64_t> const operation = reader.unsigned_integer();
    Result<std::string_view> const name = reader.text_string();
    Result<std::uint64_t> const sequence = reader.unsigned_integer();
    bool const is_known =
        operation.has_value() && *operation >= 1 && *operation <= 5 && *operation != 4;
    if (operation.has_value() && !is_known) {
        return Error{Fault::CommandUnknown, 0, std::uint32_t(*operation), 0};
    }
    bool const sets_policy = is_known && Operation(*operation) == Operation::SetPolicy;
    std::uint32_t const expected = sets_policy ? policy_order_items : order_items;
    Result<Bytes> const argument = sets_policy ? reader.byte_string() : Result<Bytes>{Bytes{}};
    bool const is_good = items.has_value() && *items == expected && is_known && name.has_value() &&
                         sequence.has_value() && *sequence <= 0xffff'ffff && argument.has_value() &&
                         reader.finish().has_value();
    if (!is_good) {
        return Error{Fault::EnvelopeMalformed, reader.offset(), 0, 0};
    }
    return Order{Operation(*operation), *name, std::uint32_t(*sequence), *argument,
                 &signers[opened->signer]};
}

Result<void> Agent::check(Order const& order) const {
    bool const sets_policy = order.operation == Operation::SetPolicy;
    container::Container const* const container = runtime_.find(order.name);
    if (!sets_policy && container == nullptr) {
        return Error{Fault::ContainerUnknown};
    }
    bool const may = sets_policy ? order.signer->is_administrator()
                                 : may_touch(container, *order.signer, runtime_.policy());
    if (!may) {
        return Error{Fault::NotAllowed, 0, std::uint32_t(order.operation), 0};
    }
    std::uint32_t const lowest =
        sets_policy ? runtime_.policy_sequence() + 1 : runtime_.lowest_sequence(order.name);
    if (order.sequence < lowest) {
        return Error{Fault::SequenceNotNewer, 0, order.sequence, lowest};
    }
    return {};
}

coap::Outcome Agent::command(coap::Request const& request, coap::Reply& reply) {
    if (pending_.kind != Pending::Kind::None) {
        return refuse(reply, {Fault::ContainerBusy});
    }
    Result<Order> const order = read_order(request.payload);
    if (!order.has_value()) {
        return refuse(reply, order.error());
    }
    if (Result<void> const checked = check(*order); !checked.has_value()) {
        return refuse(reply, checked.error());
    }
    if (order->operation == Operation::SetPolicy) {
        Result<void> const set = runtime_.set_policy(order->sequence, order->policy);
        reply.code = coap::Code::Changed;
        return set.has_value() ? coap::Outcome::Done : refuse(reply, set.error());
    }
    using Wanted = container::InstallRecord::Wanted;
    Wanted const wanted = order->operation == Operation::Start  ? Wanted::Running
                          : order->operation == Operation::Stop ? Wanted::Stopped
                                                                : Wanted::Removed;
    return begin({Pending::Kind::Command, request.exchange, *container::Name::of(order->name),
                  order->sequence, wanted},
                 reply);
}

// At once, if the container does not run.
coap::Outcome Agent::begin(Pending const& pending, coap::Reply& reply) {
    container::Container* const container = runtime_.find(pending.name.text());
    if (container != nullptr && container->is_active) {
        runtime_.interrupt(*container);
        pending_ = pending;
        return coap::Outcome::Deferred;
    }
    Result<void> const done = perform(pending);
    reply.code = coap::Code::Changed;
    return done.has_value() ? coap::Outcome::Done : refuse(reply, done.error());
}

Result<void> Agent::perform(Pending const& pending) {
    if (pending.kind == Pending::Kind::Command) {
        return runtime_.set_wanted(pending.name.text(), pending.sequence, pending.wanted);
    }
    Result<void> const installed = runtime_.install(transfer_.installation());
    transfer_.forget();
    return installed;
}

void Agent::finish_pending() {
    if (pending_.kind == Pending::Kind::None) {
        return;
    }
    container::Container* const container = runtime_.find(pending_.name.text());
    if (container != nullptr && container->is_active) {
        return;
    }
    Result<void> const done = perform(pending_);
    std::array<std::byte, error_bytes> room;
    Error const error = done.has_value() ? Error{} : done.error();
    if (done.has_value()) {
        server_.complete(pending_.exchange, coap::Code::Changed, coap::Format::None, {});
    } else {
        server_.complete(pending_.exchange, code_of(error.fault), coap::Format::Cbor,
                         write_error(error, room));
    }
    pending_ = {};
}

}  // namespace mbpf::agent
