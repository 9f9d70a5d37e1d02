// SPDX-License-Identifier: MIT
// What changes a device: installations and signed commands. One at a time; it waits until the run
// of the container that it is about has ended.
#include "mbpf/agent/management.hpp"

namespace mbpf::agent {

namespace {

enum class Operation : std::uint8_t { Start = 1, Stop = 2, Remove = 3, SetPolicy = 5 };

constexpr std::uint32_t order_items = 3;  // One more for a policy.

[[nodiscard]] bool is_known(std::uint32_t operation) {
    return operation - 1 < std::uint8_t(Operation::SetPolicy) && operation != 4;
}

[[nodiscard]] container::InstallRecord::Wanted wanted_by(Operation operation) {
    using Wanted = container::InstallRecord::Wanted;
    return operation == Operation::Start  ? Wanted::Running
           : operation == Operation::Stop ? Wanted::Stopped
                                          : Wanted::Removed;
}

void check_sequence(Attempt& attempt, std::uint32_t sequence, std::uint32_t last) {
    if (sequence <= last) {
        attempt.refuse(Fault::SequenceNotNewer, 0, sequence, last + 1);
    }
}

}  // namespace

void check_message(Attempt& attempt, container::Runtime& runtime, SignedMessage const& message) {
    bool const is_administrator = message.signer->is_administrator();
    container::Container const* const container = runtime.find(message.name);
    attempt.require(is_administrator || container == nullptr ||
                        equal(container->record.signer, message.signer->key),
                    Fault::NotAllowed, 0, message.operation);
    check_sequence(attempt, message.sequence, runtime.last_sequence(message.name));
    if (message.sequence > config::last_common_sequence && !is_administrator) {
        attempt.refuse(Fault::SequenceReserved, 0, message.sequence, config::last_common_sequence);
    }
}

coap::Outcome Agent::install(Attempt& attempt, coap::Request const& request) {
    attempt.require(pending_.kind == Pending::Kind::None, Fault::ContainerBusy);
    bool const is_complete = transfer_.take(attempt, request.peer, request.block1.offset_bytes,
                                            request.block1.has_more, request.payload);
    if (attempt.has_failed()) {
        return coap::Outcome::Done;
    }
    if (!is_complete) {
        return coap::Outcome::Continue;
    }
    if (std::string_view const uri = transfer_.uri(); !uri.empty()) {
        pull_exchange_ = request.exchange;
        attempt.pass(pull_.start(uri, transfer_.writer(),
                                 transfer_.installation().record.image_bytes, now_ms()));
        if (attempt.has_failed()) {
            transfer_.forget();
            return coap::Outcome::Done;
        }
        return coap::Outcome::Deferred;
    }
    return begin_installation(attempt, request.exchange);
}

// Of what the transfer holds, answered in that exchange.
coap::Outcome Agent::begin_installation(Attempt& attempt, std::uint32_t exchange) {
    pending_.kind = Pending::Kind::Install;
    pending_.exchange = exchange;
    pending_.name = transfer_.installation().name;
    return begin(attempt);
}

coap::Outcome Agent::command(Attempt& attempt, coap::Request const& request) {
    attempt.require(pending_.kind == Pending::Kind::None, Fault::ContainerBusy);
    attempt.require(!request.block1.has_more && request.block1.offset_bytes == 0,
                    Fault::TransferBroken, 0, request.block1.offset_bytes);
    container::Policy const policy = runtime_.policy();
    suit::SignedCommand const opened =
        suit::open_command(attempt, request.payload, info_.identity, keys_of(policy), crypto_);
    Attempt content;
    cbor::Reader reader{opened.payload};
    std::uint32_t const items = reader.array_head(content);
    std::uint32_t const number = reader.unsigned_word(content);
    attempt.require(content.has_failed() || is_known(number), Fault::CommandUnknown, 0, number);
    Operation const operation = Operation(number);
    bool const sets_policy = operation == Operation::SetPolicy;
    std::string_view const name = reader.text_string(content);
    std::uint64_t const wide_sequence = reader.unsigned_integer(content);
    std::uint32_t const sequence = std::uint32_t(wide_sequence);
    Bytes const argument = sets_policy ? reader.byte_string(content) : Bytes{};
    reader.finish(content);
    attempt.require(
        !content.has_failed() && items == order_items + sets_policy && sequence == wide_sequence,
        Fault::EnvelopeMalformed, reader.offset());
    if (attempt.has_failed()) {
        return coap::Outcome::Done;
    }
    container::SignerRecord const& signer = policy.signers()[opened.signer];
    if (sets_policy) {
        attempt.require(signer.is_administrator(), Fault::NotAllowed, 0, number);
        check_sequence(attempt, sequence, runtime_.policy_sequence());
        runtime_.set_policy(attempt, sequence, argument);
        return coap::Outcome::Done;
    }
    container::Container const* const container = runtime_.find(name);
    attempt.require(container != nullptr, Fault::ContainerUnknown);
    check_message(attempt, runtime_, {name, sequence, &signer, number});
    if (attempt.has_failed()) {
        return coap::Outcome::Done;
    }
    pending_.kind = Pending::Kind::Command;
    pending_.exchange = request.exchange;
    pending_.name = container->name;
    pending_.sequence = sequence;
    pending_.wanted = wanted_by(operation);
    return begin(attempt);
}

// The container that is to be changed, while it is active.
container::Container* Agent::waited_for() {
    container::Container* const container = runtime_.find(pending_.name.text());
    return container != nullptr && container->is_active ? container : nullptr;
}

// At once, if the container does not run.
coap::Outcome Agent::begin(Attempt& attempt) {
    if (container::Container* const container = waited_for(); container != nullptr) {
        runtime_.interrupt(*container);
        return coap::Outcome::Deferred;
    }
    perform(attempt);
    return coap::Outcome::Done;
}

void Agent::perform(Attempt& attempt) {
    bool const is_command = pending_.kind == Pending::Kind::Command;
    pending_.kind = Pending::Kind::None;
    if (is_command) {
        return runtime_.set_wanted(attempt, pending_.name.text(), pending_.sequence,
                                   pending_.wanted);
    }
    runtime_.install(attempt, transfer_.installation());
    transfer_.forget();
}

void Agent::finish_pending() {
    if (pending_.kind == Pending::Kind::None || waited_for() != nullptr) {
        return;
    }
    Attempt attempt;
    perform(attempt);
    complete(pending_.exchange, attempt);
}

// What was pulled is installed as what was sent is; commands go on meanwhile.
void Agent::finish_pull() {
    if (pending_.kind != Pending::Kind::None) {
        return;
    }
    std::optional<Result<void>> const end = pull_.take_end();
    if (!end) {
        return;
    }
    Attempt attempt;
    attempt.pass(*end);
    transfer_.finish_image(attempt);
    coap::Outcome outcome = coap::Outcome::Done;
    if (attempt.has_failed()) {
        transfer_.forget();
    } else {
        outcome = begin_installation(attempt, pull_exchange_);
    }
    if (outcome == coap::Outcome::Done) {
        complete(pull_exchange_, attempt);
    }
}

void Agent::complete(std::uint32_t exchange, Attempt const& attempt) {
    std::array<std::byte, error_bytes> room;
    bool const failed = attempt.has_failed();
    server_.complete(exchange, failed ? code_of(attempt.error().fault) : coap::Code::Changed,
                     failed ? coap::Format::Cbor : coap::Format::None,
                     failed ? write_error(attempt.error(), room) : Bytes{});
}

}  // namespace mbpf::agent
