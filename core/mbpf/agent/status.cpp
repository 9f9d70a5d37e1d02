// SPDX-License-Identifier: MIT
// What a device tells of itself and its containers. The keys of maps are those of SPEC.md,
// "Resources".
#include <initializer_list>

#include "mbpf/agent/management.hpp"

namespace mbpf::agent {

namespace {

using std::string_view_literals::operator""sv;

using container::Container;

using cbor::Writer;

Writer& key(Writer& writer, std::uint32_t number) {
    writer.unsigned_integer(number);
    return writer;
}

// Under ascending keys.
void write_numbers(Writer& writer, std::uint32_t first_key,
                   std::initializer_list<std::uint32_t> numbers) {
    for (std::uint32_t const number : numbers) {
        key(writer, first_key++).unsigned_integer(number);
    }
}

void write_key_id(Writer& writer, port::PublicKey const& key, port::Crypto const& crypto) {
    port::Digest const digest = crypto.sha256(key);
    writer.byte_string(Bytes{digest}.first(suit::key_id_bytes));
}

// What is written as it lies in a record, under a key or without one: 0.
struct Field {
    std::uint8_t key;
    std::uint8_t bytes;  // Of a number, or a digest.
    std::uint16_t offset;
};
constexpr std::uint8_t digest_bytes = sizeof(port::Digest);
constexpr std::uint8_t previous = 0x80;  // In `bytes`: of the image before.

// What is of the image before is null if there is none.
void write_fields(Writer& writer, void const* record, std::span<Field const> fields,
                  bool has_previous = false) {
    for (Field const& field : fields) {
        std::byte const* const at = static_cast<std::byte const*>(record) + field.offset;
        std::uint8_t const bytes = field.bytes & (previous - 1);
        if (field.key != 0) {
            key(writer, field.key);
        }
        if ((field.bytes & previous) != 0 && !has_previous) {
            writer.null();
        } else if (bytes == digest_bytes) {
            writer.byte_string({at, digest_bytes});
        } else {
            std::uint64_t number = 0;
            __builtin_memcpy(&number, at, bytes);
            writer.unsigned_integer(number);
        }
    }
}

using container::Account;
constexpr Field account[]{
    {2, 4, offsetof(Account, record.sequence)},
    {3, 1, offsetof(Account, state)},
    {4, 1, offsetof(Account, engine)},
    {5, 4, offsetof(Account, statistics.runs)},
    {6, 4, offsetof(Account, statistics.faults)},
    {7, 4, offsetof(Account, statistics.skipped)},
    {8, 8, offsetof(Account, statistics.instructions)},
    {9, 8, offsetof(Account, statistics.busy_us)},
    {10, 4, offsetof(Account, statistics.latest_us)},
    {11, 4, offsetof(Account, record.image_bytes)},
    {12, 4, offsetof(Account, memory.bytes)},
    {13, 4, offsetof(Account, code_memory.bytes)},
    {14, 4, offsetof(Account, memory.offset)},
    {15, 4, offsetof(Account, code_memory.offset)},
    {16, 1, offsetof(Account, record.slot)},
    {17, previous | 1, offsetof(Account, record.previous_slot)},
    {18, digest_bytes, offsetof(Account, record.digest)},
    {19, previous | digest_bytes, offsetof(Account, record.previous_digest)},
};
constexpr Field hook_fields[]{
    {0, 1, offsetof(program::HookRecord, kind)},
    {0, 1, offsetof(program::HookRecord, order)},
    {0, 2, offsetof(program::HookRecord, entry)},
};
constexpr Field fault_fields[]{
    {0, 1, offsetof(Account, fault.report.trap)}, {0, 1, offsetof(Account, fault.report.bytes)},
    {0, 4, offsetof(Account, fault.report.pc)},   {0, 8, offsetof(Account, fault.report.address)},
    {0, 4, offsetof(Account, fault.run)},         {0, 8, offsetof(Account, fault.time_us)},
    {0, 2, offsetof(Account, fault.entry)},
};

void write_hooks(Writer& writer, container::Hooks const& hooks) {
    writer.array_head(hooks.size());
    for (std::uint32_t i = 0; i < hooks.size(); ++i) {
        program::HookRecord const hook = hooks.at(i);
        writer.array_head(4);
        write_fields(writer, &hook, hook_fields);
        if (container::has_path(hook.kind)) {
            writer.text_string(hooks.path(hook));
        } else {
            writer.unsigned_integer(hook.argument);
        }
    }
}

void write_container(Writer& writer, Container const& container, port::Crypto const& crypto) {
    constexpr std::uint32_t always = 23;
    Account const& told = container;
    bool const has_fault = told.fault.report.trap != machine::Trap::None;
    bool const is_refused = told.state == container::State::Refused;
    bool const has_previous = told.record.previous_slot != container::InstallRecord::no_slot;
    writer.map_head(always + has_fault + is_refused + has_previous);
    key(writer, 1).text_string(told.name.text());
    write_fields(writer, &told, account, has_previous);
    write_key_id(key(writer, 20), told.record.signer, crypto);
    write_numbers(writer, 21, {told.granted.run_instructions, told.granted.second_instructions});
    write_hooks(key(writer, 23), container.granted.hooks);
    if (has_fault) {
        key(writer, 24).array_head(std::size(fault_fields));
        write_fields(writer, &told, fault_fields);
    }
    if (is_refused) {
        key(writer, 25).unsigned_integer(std::uint8_t(told.refusal));
    }
    if (has_previous) {
        key(writer, 26).unsigned_integer(told.record.previous_bytes);
    }
}

// By State, each with a space behind it.
constexpr std::string_view states = "ready stopped pausing failed refused "sv;

void put_state(coap::Reply& reply, container::State state) {
    std::uint32_t at = std::uint32_t(state);
    for (char const c : states) {
        if (at == 0) {
            reply.put(c);
        }
        at -= c == ' ' ? 1u : 0u;
    }
}

// What was written to `room`.
void put_cbor(coap::Reply& reply, std::byte const* room, Writer const& writer) {
    reply.content_format = coap::Format::Cbor;
    reply.put(Bytes{room, writer.size()});
}

// Behind `key` in a query; `otherwise` if there is no number.
std::uint32_t number_after(coap::Request const& request, std::string_view key,
                           std::uint32_t otherwise) {
    for (std::string_view query : request.query) {
        if (query.size() <= key.size() || !equal({query.data(), key.size()}, key)) {
            continue;
        }
        query.remove_prefix(key.size());
        std::uint32_t number = 0;
        for (char const c : query) {
            std::uint32_t const digit = std::uint32_t(c) - '0';
            if (digit > 9 || __builtin_mul_overflow(number, 10u, &number) ||
                __builtin_add_overflow(number, digit, &number)) {
                return otherwise;
            }
        }
        return number;
    }
    return otherwise;
}

}  // namespace

void Agent::write_links(coap::Reply& reply) const {
    reply.content_format = coap::Format::Links;
    reply.put(
        "</mbpf>;ct=0,</mbpf/ps>;ct=60,</mbpf/device>;ct=60,</mbpf/policy>;ct=42,"
        "</mbpf/log>;ct=60;obs,</mbpf/map>;ct=42,</mbpf/install>,</mbpf/command>"sv);
    for (Container const& container : runtime_.containers()) {
        for (std::uint32_t i = 0; container.is_there() && i < container.granted.hooks.size(); ++i) {
            program::HookRecord const hook = container.granted.hooks.at(i);
            if (container::has_path(hook.kind)) {
                reply.put(",</c/"sv);
                reply.put(container.granted.hooks.path(hook));
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
        put_state(reply, container.state);
        reply.put(container.engine == container::Engine::Jit ? "jit, "sv : "interpreter, "sv);
        reply.put_decimal(container.statistics.runs);
        reply.put(" runs, "sv);
        reply.put_decimal(container.statistics.faults);
        reply.put(" faults\n"sv);
    }
}

// All of them, or only number n of them: one fits into a block, and so is of one moment.
void Agent::write_containers(coap::Request const& request, coap::Reply& reply) const {
    constexpr std::uint32_t all = 0xffff'ffff;
    std::uint32_t const only = number_after(request, "n="sv, all);
    std::array<std::byte, config::status_bytes> room;
    std::uint32_t count = 0;
    for (Container const& container : runtime_.containers()) {
        count += container.is_there();
    }
    Writer head{room};
    head.array_head(only == all ? count : only < count);
    put_cbor(reply, room.data(), head);
    std::uint32_t number = 0;
    for (Container const& container : runtime_.containers()) {
        if (container.is_there() && (only == all || only == number++)) {
            Writer writer{room};
            write_container(writer, container, crypto_);
            put_cbor(reply, room.data(), writer);
        }
    }
}

void Agent::write_device(coap::Reply& reply) const {
    std::array<std::byte, config::status_bytes> room;
    cbor::Writer writer{room};
    writer.map_head(19);
    key(writer, 1).text_string(info_.board);
    key(writer, 2).text_string(info_.version);
    key(writer, 3).unsigned_integer(runtime_.now_us());
    for (std::uint32_t i = 0; i < suit::identities; ++i) {
        key(writer, 4 + i).byte_string(suit::part_of(info_.identity, i));
    }
    write_numbers(
        writer, 7,
        {runtime_.ram().total_bytes(), runtime_.ram().free_bytes(),
         runtime_.code_memory().total_bytes(), runtime_.code_memory().free_bytes(),
         runtime_.storage().slot_count(), runtime_.storage().slot_bytes(), runtime_.free_slots()});
    std::span<container::SignerRecord const> const signers = runtime_.policy().signers();
    key(writer, 14).array_head(std::uint32_t(signers.size()));
    for (container::SignerRecord const& signer : signers) {
        write_key_id(writer, signer.key, crypto_);
    }
    write_numbers(writer, 15,
                  {runtime_.policy_sequence(), runtime_.log().end(),
                   mbpf::config::activation_stack_bytes, runtime_.deepest_stack_bytes()});
    key(writer, 19).array_head(std::uint32_t(info_.ram.size()));
    for (RamPart const& part : info_.ram) {
        writer.array_head(3);
        writer.text_string(part.name);
        writer.unsigned_integer(part.bytes);
        writer.unsigned_integer(part.used_bytes == nullptr ? part.bytes : part.used_bytes());
    }
    put_cbor(reply, room.data(), writer);
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
    std::uint32_t const start = log.nearest(number_after(request, "from="sv, log.start()));
    std::uint32_t const left = log.end() - start;
    std::uint32_t const bytes = left < config::log_piece_bytes ? left : config::log_piece_bytes;
    std::array<std::byte, error_bytes> room;
    Writer writer{room};
    writer.array_head(2);
    writer.unsigned_integer(start);
    writer.byte_string_head(bytes);
    put_cbor(reply, room.data(), writer);
    for (std::uint32_t i = 0; i < bytes; ++i) {
        reply.put(log.at(start + i));
    }
}

// A piece of the map's memory, behind its record. Not all in blocks: it may change between them.
void Agent::read_map(coap::Request const& request, coap::Reply& reply) {
    Container const* const container = runtime_.find(request.path[2]);
    if (container == nullptr) {
        refuse(reply, {Fault::ContainerUnknown});
        return;
    }
    std::uint32_t const number = number_after(request, "n="sv, 0);
    std::optional<maps::Map> const map = container->environment.maps.find(number);
    if (!map) {
        refuse(reply, {Fault::MapUnknown, 0, number, container->environment.maps.size()});
        return;
    }
    if (map->record.kind == maps::Kind::RingBuffer) {
        maps::Ring ring{*map};
        ring.take_until(number_after(request, "from="sv, ring.start()));
    }
    Bytes rest = map->memory;
    std::uint32_t const at = number_after(request, "at="sv, 0);
    rest = rest.subspan(at < rest.size() ? at : rest.size());
    reply.content_format = coap::Format::Octets;
    reply.put(std::as_bytes(std::span<program::MapRecord const, 1>{&map->record, 1}));
    reply.put(
        rest.first(rest.size() < config::map_piece_bytes ? rest.size() : config::map_piece_bytes));
}

}  // namespace mbpf::agent
