// SPDX-License-Identifier: MIT
// What a device tells of itself and its containers. The keys of maps are those of SPEC.md,
// "Resources".
#include "mbpf/agent/management.hpp"

namespace mbpf::agent {

namespace {

using std::string_view_literals::operator""sv;

using container::Container;

class Pairs {
public:
    explicit Pairs(cbor::Writer& writer) : writer_{writer} {}

    cbor::Writer& key(std::uint32_t number) {
        writer_.unsigned_integer(number);
        return writer_;
    }
    void number(std::uint32_t number, std::uint64_t value) { key(number).unsigned_integer(value); }

private:
    cbor::Writer& writer_;
};

Bytes key_id(port::Digest const& digest) { return Bytes{digest}.first(suit::key_id_bytes); }

void write_hooks(cbor::Writer& writer, container::Hooks const& hooks) {
    writer.array_head(hooks.size());
    for (std::uint32_t i = 0; i < hooks.size(); ++i) {
        program::HookRecord const hook = hooks.at(i);
        writer.array_head(4);
        writer.unsigned_integer(std::uint8_t(hook.kind));
        writer.unsigned_integer(hook.order);
        writer.unsigned_integer(hook.entry);
        if (container::has_path(hook.kind)) {
            writer.text_string(hooks.path(hook));
        } else {
            writer.unsigned_integer(hook.argument);
        }
    }
}

void write_fault(cbor::Writer& writer, container::FaultRecord const& fault) {
    writer.array_head(7);
    writer.unsigned_integer(std::uint8_t(fault.report.trap));
    writer.unsigned_integer(fault.report.bytes);
    writer.unsigned_integer(fault.report.pc.slot);
    writer.unsigned_integer(fault.report.address);
    writer.unsigned_integer(fault.run);
    writer.unsigned_integer(fault.time_us);
    writer.unsigned_integer(fault.entry);
}

void write_previous(Pairs& pairs, container::InstallRecord const& record) {
    bool const is_there = record.previous_slot != container::InstallRecord::no_slot;
    if (is_there) {
        pairs.number(17, record.previous_slot);
    } else {
        pairs.key(17).null();
    }
    pairs.key(18).byte_string(record.digest);
    if (is_there) {
        pairs.key(19).byte_string(record.previous_digest);
    } else {
        pairs.key(19).null();
    }
}

void write_container(cbor::Writer& writer, Container const& container,
                     container::Runtime const& runtime, port::Crypto const& crypto) {
    constexpr std::uint32_t always = 23;
    bool const has_fault = container.fault.report.trap != machine::Trap::None;
    bool const is_refused = container.state == container::State::Refused;
    container::Statistics const& statistics = container.statistics;
    writer.map_head(always + (has_fault ? 1 : 0) + (is_refused ? 1 : 0));
    Pairs pairs{writer};
    pairs.key(1).text_string(container.name.text());
    pairs.number(2, container.record.sequence);
    pairs.number(3, std::uint8_t(container.state));
    pairs.number(4, std::uint8_t(container.engine));
    pairs.number(5, statistics.runs);
    pairs.number(6, statistics.faults);
    pairs.number(7, statistics.skipped);
    pairs.number(8, statistics.instructions);
    pairs.number(9, statistics.busy_us);
    pairs.number(10, statistics.latest_us);
    pairs.number(11, container.record.image_bytes);
    pairs.number(12, container.memory.size());
    pairs.number(13, container.code_memory.size());
    pairs.number(14, runtime.ram().offset_of(container.memory));
    pairs.number(15, runtime.code_memory().offset_of(container.code_memory));
    pairs.number(16, container.record.slot);
    write_previous(pairs, container.record);
    pairs.key(20).byte_string(key_id(crypto.sha256(container.record.signer)));
    pairs.number(21, container.granted.run_instructions);
    pairs.number(22, container.granted.second_instructions);
    write_hooks(pairs.key(23), container.hooks);
    if (has_fault) {
        write_fault(pairs.key(24), container.fault);
    }
    if (is_refused) {
        pairs.number(25, std::uint8_t(container.refusal));
    }
}

std::string_view name_of(container::State state) {
    switch (state) {
        case container::State::Ready: return "ready"sv;
        case container::State::Stopped: return "stopped"sv;
        case container::State::Paused: return "pausing"sv;
        case container::State::Failed: return "failed"sv;
        case container::State::Refused: return "refused"sv;
    }
    return ""sv;
}

// Of the query that starts with `key`.
std::optional<std::uint32_t> number_after(coap::Request const& request, std::string_view key) {
    for (std::string_view query : request.query) {
        if (query.starts_with(key)) {
            query.remove_prefix(key.size());
            std::uint32_t number = 0;
            for (char const c : query) {
                if (c < '0' || c > '9') {
                    return std::nullopt;
                }
                number = number * 10 + std::uint32_t(c - '0');
            }
            return number;
        }
    }
    return std::nullopt;
}

}  // namespace

void Agent::write_links(coap::Reply& reply) const {
    reply.content_format = coap::Format::Links;
    reply.put(
        "</mbpf>;ct=0,</mbpf/ps>;ct=60,</mbpf/device>;ct=60,</mbpf/policy>;ct=42,"
        "</mbpf/log>;ct=60;obs,</mbpf/install>,</mbpf/command>"sv);
    for (Container const& container : runtime_.containers()) {
        for (std::uint32_t i = 0; container.is_there() && i < container.hooks.size(); ++i) {
            program::HookRecord const hook = container.hooks.at(i);
            if (container::has_path(hook.kind)) {
                reply.put(",</c/"sv);
                reply.put(container.hooks.path(hook));
                reply.put('>');
            }
        }
    }
}

void Agent::write_text(coap::Reply& reply) const {
    reply.content_format = coap::Format::Text;
    for (Container const& container : runtime_.containers()) {
        if (!container.is_there()) {
            continue;
        }
        reply.put(container.name.text());
        reply.put(" #"sv);
        reply.put_decimal(container.record.sequence);
        reply.put(' ');
        reply.put(name_of(container.state));
        reply.put(container.engine == container::Engine::Jit ? " jit, "sv : " interpreter, "sv);
        reply.put_decimal(container.statistics.runs);
        reply.put(" runs, "sv);
        reply.put_decimal(container.statistics.faults);
        reply.put(" faults\n"sv);
    }
}

// All of them, or only number n of them: one fits into a block, and so is of one moment.
void Agent::write_containers(coap::Request const& request, coap::Reply& reply) const {
    std::optional<std::uint32_t> const only = number_after(request, "n="sv);
    std::array<std::byte, config::status_bytes> room;
    reply.content_format = coap::Format::Cbor;
    std::uint32_t count = 0;
    for (Container const& container : runtime_.containers()) {
        count += container.is_there() ? 1u : 0u;
    }
    cbor::Writer head{room};
    head.array_head(!only ? count : *only < count ? 1u : 0u);
    reply.put(Bytes{room}.first(head.size()));
    std::uint32_t number = 0;
    for (Container const& container : runtime_.containers()) {
        bool const is_meant = !only || *only == number;
        number += container.is_there() ? 1u : 0u;
        if (container.is_there() && is_meant) {
            cbor::Writer writer{room};
            write_container(writer, container, runtime_, crypto_);
            reply.put(Bytes{room}.first(writer.size()));
        }
    }
}

void Agent::write_device(coap::Reply& reply) const {
    std::array<std::byte, config::status_bytes> room;
    cbor::Writer writer{room};
    writer.map_head(18);
    Pairs pairs{writer};
    pairs.key(1).text_string(info_.board);
    pairs.key(2).text_string(info_.version);
    pairs.number(3, runtime_.now_us());
    pairs.key(4).byte_string(info_.identity.vendor);
    pairs.key(5).byte_string(info_.identity.device_class);
    pairs.key(6).byte_string(info_.identity.device);
    pairs.number(7, runtime_.ram().total_bytes());
    pairs.number(8, runtime_.ram().free_bytes());
    pairs.number(9, runtime_.code_memory().total_bytes());
    pairs.number(10, runtime_.code_memory().free_bytes());
    pairs.number(11, runtime_.storage().slot_count());
    pairs.number(12, runtime_.storage().slot_bytes());
    pairs.number(13, runtime_.free_slots());
    container::Policy const policy = runtime_.policy();
    pairs.key(14).array_head(policy.signers().size());
    for (container::SignerRecord const& signer : policy.signers()) {
        writer.byte_string(key_id(crypto_.sha256(signer.key)));
    }
    pairs.number(15, runtime_.policy_sequence());
    pairs.number(16, runtime_.log().end());
    pairs.number(17, mbpf::config::activation_stack_bytes);
    pairs.number(18, runtime_.deepest_stack_bytes());
    reply.content_format = coap::Format::Cbor;
    reply.put(Bytes{room}.first(writer.size()));
}

void Agent::write_policy(coap::Reply& reply) const {
    reply.content_format = coap::Format::Octets;
    std::array<std::byte, sizeof(std::uint32_t)> sequence;
    store(sequence.data(), runtime_.policy_sequence());
    reply.put(Bytes{sequence});
    reply.put(std::as_bytes(runtime_.policy().signers()));
}

// From the position that was asked for, or the oldest that is kept.
void Agent::write_log(coap::Request const& request, coap::Reply& reply) const {
    container::Log const& log = runtime_.log();
    std::uint32_t start = log.start();
    if (std::optional<std::uint32_t> const wanted = number_after(request, "from="sv)) {
        bool const is_kept = *wanted - log.start() <= log.end() - log.start();
        start = is_kept ? *wanted : start;
    }
    std::uint32_t const left = log.end() - start;
    std::uint32_t const bytes = left < config::log_piece_bytes ? left : config::log_piece_bytes;
    std::array<std::byte, error_bytes> room;
    cbor::Writer head{room};
    head.array_head(2);
    head.unsigned_integer(start);
    head.byte_string_head(bytes);
    reply.content_format = coap::Format::Cbor;
    reply.put(Bytes{room}.first(head.size()));
    for (std::uint32_t i = 0; i < bytes; ++i) {
        reply.put(log.at(start + i));
    }
}

}  // namespace mbpf::agent
