// SPDX-License-Identifier: MIT
// What containers there are: the journal in flash says so, this loads them.
#include "mbpf/container/runtime.hpp"

#include "mbpf/container/journal.hpp"

namespace mbpf::container {

namespace {

constexpr std::uint32_t policy_header_bytes = 4;  // u32, sequence number

Bytes bytes_of(InstallRecord const& record) {
    return std::as_bytes(std::span<InstallRecord const, 1>{&record, 1});
}

}  // namespace

void Runtime::start() {
    std::optional<std::string_view> after;
    while (std::optional<storage::Record> const found = storage_.next(install_kind, after)) {
        after = found->key;
        Result<Name> const name = Name::of(found->key);
        if (found->value.size() != install_record_bytes || !name.has_value()) {
            continue;
        }
        InstallRecord const record = mbpf::load<InstallRecord>(found->value, 0);
        Container* const container = place_for(found->key);
        if (record.wanted == InstallRecord::Wanted::Removed || container == nullptr) {
            continue;
        }
        container->name = *name;
        container->record = record;
        (void)bring_up(*container);  // Its state tells.
    }
}

Result<void> Runtime::bring_up(Container& container) {
    container.state = State::Stopped;
    Result<void> const loaded = load(container);
    if (!loaded.has_value()) {
        container.state = State::Refused;
        container.refusal = loaded.error().fault;
    } else if (container.record.wanted == InstallRecord::Wanted::Running) {
        start_hooks(container);
    }
    return loaded;
}

Policy Runtime::policy() const {
    std::optional<Bytes> const kept = storage_.find(policy_kind, {});
    if (!kept || kept->size() < policy_header_bytes) {
        return {};
    }
    Result<Policy> const policy = Policy::read(kept->subspan(policy_header_bytes));
    return policy.has_value() ? *policy : Policy{};
}

std::uint32_t Runtime::policy_sequence() const {
    std::optional<Bytes> const kept = storage_.find(policy_kind, {});
    return kept && kept->size() >= policy_header_bytes ? mbpf::load<std::uint32_t>(*kept, 0) : 0;
}

Result<void> Runtime::set_policy(std::uint32_t sequence, Bytes signers) {
    Result<Policy> const policy = Policy::read(signers);
    if (!policy.has_value()) {
        return policy.error();
    }
    std::array<std::byte, policy_header_bytes + config::max_signers * signer_record_bytes> record{};
    mbpf::store(record.data(), sequence);
    __builtin_memcpy(record.data() + policy_header_bytes, signers.data(), signers.size());
    return storage_.put(policy_kind, {}, Bytes{record}.first(policy_header_bytes + signers.size()));
}

std::uint32_t Runtime::lowest_sequence(std::string_view name) const {
    std::optional<Bytes> const kept = storage_.find(install_kind, name);
    return kept && kept->size() == install_record_bytes
               ? mbpf::load<InstallRecord>(*kept, 0).sequence + 1
               : 1;
}

Container* Runtime::find(std::string_view name) {
    for (Container& container : containers_) {
        if (container.is_there() && container.name.is(name)) {
            return &container;
        }
    }
    return nullptr;
}

// The container of that name, or a free place.
Container* Runtime::place_for(std::string_view name) {
    Container* place = find(name);
    for (Container& container : containers_) {
        if (place == nullptr && !container.is_there()) {
            place = &container;
        }
    }
    return place;
}

bool Runtime::is_slot_used(std::uint32_t slot) const {
    for (Container const& container : containers_) {
        if (container.is_there() &&
            (container.record.slot == slot || container.record.previous_slot == slot)) {
            return true;
        }
    }
    return slot == held_slot_;
}

Result<std::uint32_t> Runtime::free_slot() const {
    for (std::uint32_t slot = 0; slot < storage_.slot_count(); ++slot) {
        if (!is_slot_used(slot)) {
            return slot;
        }
    }
    return Error{Fault::StorageFull, 0, storage_.slot_count(), 0};
}

std::uint32_t Runtime::free_slots() const {
    std::uint32_t free = 0;
    for (std::uint32_t slot = 0; slot < storage_.slot_count(); ++slot) {
        free += is_slot_used(slot) ? 0u : 1u;
    }
    return free;
}

Result<std::uint32_t> Runtime::previous_slot(std::string_view name, port::Digest const& digest) {
    Container const* const container = find(name);
    if (container == nullptr || container->record.previous_slot == InstallRecord::no_slot ||
        container->record.previous_digest != digest) {
        return Error{Fault::DigestMismatch};
    }
    return std::uint32_t(container->record.previous_slot);
}

Result<verifier::VerifiedProgram> Runtime::verify(InstallRecord const& record,
                                                  Grant& granted) const {
    SignerRecord const* const signer = policy().find(record.signer);
    if (signer == nullptr) {
        return Error{Fault::SignerUnknown};
    }
    Bytes const slot = storage_.slot(record.slot);
    if (record.image_bytes > slot.size()) {
        return Error{Fault::ImageTooLarge, 0, record.image_bytes, std::uint32_t(slot.size())};
    }
    Result<program::Program> const program = program::open_image(slot.first(record.image_bytes));
    if (!program.has_value()) {
        return program.error();
    }
    Result<verifier::VerifiedProgram> const verified =
        verifier::verify(*program, platform_.helpers, verifier_policy(*signer));
    if (!verified.has_value()) {
        return verified;
    }
    Result<Grant> const rights = grant(*verified, *signer);
    if (!rights.has_value()) {
        return rights.error();
    }
    granted = *rights;
    return verified;
}

// container.record says which image; what the container had is given back before.
Result<void> Runtime::load(Container& container) {
    Result<verifier::VerifiedProgram> const verified = verify(container.record, container.granted);
    if (!verified.has_value()) {
        return verified.error();
    }
    program::Program const& program = verified->program();
    std::uint32_t const needed = machine::memory_bytes(program, verified->plan());
    container.memory = ram_.take(needed);
    if (container.memory.size() < needed) {
        return Error{Fault::MemoryTooSmall, 0, std::uint32_t(ram_.largest_gap().size()), needed};
    }
    if (Result<void> const prepared = container.instance.prepare(
            program, verified->plan(), container.memory, platform_.helpers);
        !prepared.has_value()) {
        return prepared.error();
    }
    container.verified.emplace(*verified);
    container.hooks = *Hooks::read(program);  // The grant has read them.
    container.environment = {};
    container.environment.local = helpers::Store{container.local_entries};
    container.environment.global = &global_;
    container.environment.global_rights =
        helpers::KeyRights{records<program::KeyRange>(program.keys)};
    container.environment.now_us = platform_.now_us;
    container.environment.sleep_until = &Runtime::sleep;
    container.environment.devices = platform_.devices;
    container.instance.set_environment(&container.environment);
    container.instance.set_breather(&Runtime::breathe, this);
    if (program.rights.engine == program::EngineWish::Jit) {
        compile(container);
    }
    return {};
}

void Runtime::unload(Container& container) {
    ram_.give_back(container.memory);
    code_.give_back(container.code_memory);
    container = Container{};
}

void Runtime::start_hooks(Container& container) {
    std::uint64_t const now = now_us();
    container.state = State::Ready;
    container.faults_in_a_row = 0;
    container.boot_due = 0;
    for (std::uint32_t i = 0; i < container.hooks.size(); ++i) {
        program::HookRecord const hook = container.hooks.at(i);
        if (hook.kind == HookKind::Boot) {
            container.boot_due = std::uint8_t(container.boot_due | 1u << i);
        }
        container.due_us[i] = now + std::uint64_t{hook.argument} * 1000;
    }
}

// Leaves the container interpreted if there is no room.
void Runtime::compile(Container& container) {
    if (!jit::is_native || platform_.code.memory.empty()) {
        return;
    }
    WritableBytes const gap = code_.largest_gap();
    platform_.code.open(platform_.code.context);
    Result<jit::Code> const code =
        jit::compile(*container.verified, container.instance, gap, ram_.largest_gap());
    WritableBytes const kept =
        code.has_value() ? code_.keep(gap, code->memory.size()) : WritableBytes{};
    platform_.code.seal(platform_.code.context, kept);
    if (!kept.empty()) {
        container.code = *code;
        container.code_memory = kept;
        container.engine = Engine::Jit;
    }
}

Result<void> Runtime::install(Installation const& wanted) {
    Container* const place = place_for(wanted.name.text());
    if (place == nullptr) {
        return Error{Fault::TooManyContainers, 0, config::max_containers, config::max_containers};
    }
    InstallRecord record;
    record.sequence = wanted.sequence;
    record.wanted = InstallRecord::Wanted::Running;
    record.slot = std::uint8_t(wanted.slot);
    record.image_bytes = wanted.image_bytes;
    record.digest = wanted.digest;
    record.signer = wanted.signer;
    if (place->is_there()) {
        record.previous_slot = place->record.slot;
        record.previous_bytes = place->record.image_bytes;
        record.previous_digest = place->record.digest;
    }
    Grant granted;
    Result<verifier::VerifiedProgram> const verified = verify(record, granted);
    if (!verified.has_value()) {
        return verified.error();
    }
    // Would it fit, if the old one were gone? A copy of the arena tells.
    Arena trial = ram_;
    trial.give_back(place->memory);
    std::uint32_t const needed = machine::memory_bytes(verified->program(), verified->plan());
    if (trial.take(needed).size() < needed) {
        return Error{Fault::MemoryTooSmall, 0, std::uint32_t(trial.largest_gap().size()), needed};
    }
    if (Result<void> const kept = storage_.put(install_kind, wanted.name.text(), bytes_of(record));
        !kept.has_value()) {
        return kept;
    }
    unload(*place);
    place->name = wanted.name;
    place->record = record;
    return bring_up(*place);
}

Result<void> Runtime::set_wanted(std::string_view name, std::uint32_t sequence,
                                 InstallRecord::Wanted wanted) {
    Container* const container = find(name);
    if (container == nullptr) {
        return Error{Fault::ContainerUnknown};
    }
    InstallRecord record = container->record;
    record.sequence = sequence;
    record.wanted = wanted;
    if (Result<void> const kept = storage_.put(install_kind, name, bytes_of(record));
        !kept.has_value()) {
        return kept;
    }
    container->record = record;
    if (wanted == InstallRecord::Wanted::Removed) {
        unload(*container);
    } else if (wanted == InstallRecord::Wanted::Stopped) {
        container->state = container->state == State::Refused ? State::Refused : State::Stopped;
    } else if (container->state != State::Refused) {
        start_hooks(*container);
    }
    return {};
}

Runtime::Target Runtime::target_of(std::string_view path) {
    for (Container& container : containers_) {
        for (std::uint32_t i = 0; container.is_there() && i < container.hooks.size(); ++i) {
            program::HookRecord const hook = container.hooks.at(i);
            std::string_view const own =
                has_path(hook.kind) ? container.hooks.path(hook) : std::string_view{};
            if (!own.empty() && own.size() == path.size() &&
                __builtin_memcmp(own.data(), path.data(), own.size()) == 0) {
                return {&container, i};
            }
        }
    }
    return {};
}

}  // namespace mbpf::container
