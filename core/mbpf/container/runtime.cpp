// SPDX-License-Identifier: MIT
// What containers there are: the journal in flash says so, this loads them.
#include "mbpf/container/runtime.hpp"

#include <algorithm>

#include "mbpf/container/journal.hpp"

namespace mbpf::container {

namespace {

constexpr std::uint32_t policy_header_bytes = 4;  // u32, sequence number

Bytes bytes_of(InstallRecord const& record) {
    return std::as_bytes(std::span<InstallRecord const, 1>{&record, 1});
}

// Whether `path` is those segments with a slash between each two.
bool is_joined(std::string_view path, std::span<std::string_view const> segments) {
    bool is_good = !segments.empty();
    for (std::string_view const& segment : segments) {
        bool const is_last = &segment == &segments.back();
        std::size_t const bytes = segment.size();
        is_good = is_good && path.size() >= bytes && equal({path.data(), bytes}, segment) &&
                  (is_last ? path.size() == bytes : path.size() > bytes && path[bytes] == '/');
        path.remove_prefix(is_good && !is_last ? bytes + 1 : 0);
    }
    return is_good;
}

// What the journal keeps of a container; nullptr if it is no such record.
InstallRecord const* record_in(Bytes value) {
    return value.size() == install_record_bytes ? &records<InstallRecord>(value).front() : nullptr;
}

}  // namespace

std::uint64_t Runtime::now_us() const { return platform_.now_us(); }

void Runtime::start() {
    restore(global_, {storage_, {}, {}}, nullptr);
    std::optional<std::string_view> after;
    while (std::optional<storage::Record> const found = storage_.next(install_kind, after)) {
        after = found->key;
        Attempt attempt;
        Name const name = Name::of(attempt, found->key);
        Container* const container = place_for(found->key);
        InstallRecord const* const record = record_in(found->value);
        if (record == nullptr || attempt.has_failed() || container == nullptr ||
            record->wanted == InstallRecord::Wanted::Removed) {
            continue;
        }
        container->name = name;
        container->record = *record;
        bring_up(attempt, *container);  // Its state tells.
    }
}

void Runtime::bring_up(Attempt& attempt, Container& container) {
    container.state = State::Stopped;
    load(attempt, container);
    if (attempt.has_failed()) {
        container.state = State::Refused;
        container.refusal = attempt.error().fault;
    } else if (container.record.wanted == InstallRecord::Wanted::Running) {
        start_hooks(container);
    }
}

Policy Runtime::policy() const {
    std::optional<Bytes> const kept = storage_.find(policy_kind, {});
    if (!kept || kept->size() < policy_header_bytes) {
        return {};
    }
    Attempt attempt;
    return Policy::read(attempt, kept->subspan(policy_header_bytes));
}

std::uint32_t Runtime::number_kept(std::uint8_t kind) const {
    std::optional<Bytes> const kept = storage_.find(kind, {});
    return kept && kept->size() >= sizeof(std::uint32_t) ? mbpf::load<std::uint32_t>(*kept, 0) : 0;
}

std::uint32_t Runtime::policy_sequence() const { return number_kept(policy_kind); }
std::uint32_t Runtime::floor() const { return number_kept(floor_kind); }

void Runtime::set_policy(Attempt& attempt, std::uint32_t sequence, Bytes signers) {
    (void)Policy::read(attempt, signers);
    if (attempt.has_failed()) {
        return;
    }
    std::array<std::byte, policy_header_bytes + config::max_signers * signer_record_bytes> record;
    mbpf::store(record.data(), sequence);
    __builtin_memcpy(record.data() + policy_header_bytes, signers.data(), signers.size());
    keep(attempt, policy_kind, {}, Bytes{record}.first(policy_header_bytes + signers.size()));
    if (attempt.has_failed()) {
        return;
    }
    for (Container& container : containers_) {
        if (!container.is_there()) {
            continue;
        }
        // Read each time: what is loaded again may move the records of the journal.
        if (policy().find(container.record.signer) == nullptr) {
            interrupt(container);
            container.state = State::Refused;
            container.refusal = Fault::SignerUnknown;
        } else if (container.state == State::Refused && !container.is_active) {
            Attempt again;  // Its state tells.
            reload(again, container, Name{container.name}, InstallRecord{container.record});
        }
    }
}

std::uint32_t Runtime::last_sequence(std::string_view name) const {
    std::optional<Bytes> const kept = storage_.find(install_kind, name);
    InstallRecord const* const record = kept ? record_in(*kept) : nullptr;
    return record != nullptr ? record->sequence : floor();
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

std::uint8_t Runtime::free_slot(Attempt& attempt) const {
    std::uint32_t slot = 0;
    while (slot < storage_.slot_count() && is_slot_used(slot)) {
        ++slot;
    }
    attempt.require(slot < storage_.slot_count(), Fault::StorageFull, 0, slot);
    return std::uint8_t(slot);
}

std::uint32_t Runtime::free_slots() const {
    std::uint32_t free = 0;
    for (std::uint32_t slot = 0; slot < storage_.slot_count(); ++slot) {
        free += is_slot_used(slot) ? 0u : 1u;
    }
    return free;
}

std::uint8_t Runtime::previous_slot(Attempt& attempt, std::string_view name,
                                    port::Digest const& digest) {
    Container const* const container = find(name);
    bool const is_there = container != nullptr &&
                          container->record.previous_slot != InstallRecord::no_slot &&
                          equal(container->record.previous_digest, digest);
    attempt.require(is_there, Fault::DigestMismatch);
    return is_there ? container->record.previous_slot : InstallRecord::no_slot;
}

void Runtime::verify(Attempt& attempt, InstallRecord const& record,
                     std::optional<verifier::VerifiedProgram>& verified, Grant& granted) const {
    SignerRecord const* const signer = policy().find(record.signer);
    if (signer == nullptr) {
        return attempt.refuse(Fault::SignerUnknown);
    }
    Bytes const slot = storage_.slot(record.slot);
    if (record.image_bytes > slot.size()) {
        return attempt.refuse(Fault::ImageTooLarge, 0, record.image_bytes,
                              std::uint32_t(slot.size()));
    }
    Result<program::Program> const program = program::open_image(slot.first(record.image_bytes));
    if (!program.has_value()) {
        return attempt.refuse(program.error());
    }
    Result<verifier::VerifiedProgram> const result =
        verifier::verify(*program, platform_.helpers, verifier_policy(*signer));
    if (!result.has_value()) {
        return attempt.refuse(result.error());
    }
    verified.emplace(*result);
    grant(attempt, *verified, *signer, granted);
}

// container.record says which image; what the container had is given back before.
void Runtime::load(Attempt& attempt, Container& container) {
    Grant granted;
    verify(attempt, container.record, container.verified, granted);
    check_paths(attempt, granted.hooks, container);
    if (attempt.has_failed()) {
        return;
    }
    container.granted = granted;
    program::Program const& program = container.verified->program();
    machine::StackPlan const plan = container.verified->plan();
    std::uint32_t const needed = machine::memory_bytes(program, plan);
    WritableBytes const memory = ram_.take(needed);
    container.memory = ram_.piece_of(memory);
    if (memory.size() < needed) {
        return attempt.refuse(Fault::MemoryTooSmall, 0, std::uint32_t(ram_.largest_gap().size()),
                              needed);
    }
    attempt.pass(container.instance.prepare(program, plan, memory, platform_.helpers));
    if (attempt.has_failed()) {
        return;
    }
    container.environment.maps = *maps::MapSet::read(program);
    container.environment.maps.place(program, pointer_to(container.instance.data_address()));
    container.environment.local = helpers::Store{container.local_entries};
    container.environment.global = &global_;
    container.environment.key_rights = helpers::KeyRights{records<program::KeyRange>(program.keys)};
    restore(container.environment.local, {storage_, container.name.text(), container.record.signer},
            &container.environment.key_rights);
    container.environment.now_us = platform_.now_us;
    container.environment.sleep_until = &Runtime::sleep;
    container.environment.devices = platform_.devices;
    container.instance.set_environment(&container.environment);
    container.instance.set_breather(&Runtime::breathe, this);
    if (program.rights.engine == program::EngineWish::Jit) {
        compile(container);
    }
}

void Runtime::unload(Container& container) {
    ram_.give_back(container.memory);
    code_.give_back(container.code_memory);
    container = Container{};
}

void Runtime::reload(Attempt& attempt, Container& container, Name const& name,
                     InstallRecord const& record) {
    keep_now(container);
    unload(container);
    container.name = name;
    container.record = record;
    bring_up(attempt, container);
}

void Runtime::start_hooks(Container& container) {
    std::uint64_t const now = now_us();
    container.state = State::Ready;
    container.faults_in_a_row = 0;
    container.boot_due = 0;
    for (std::uint32_t i = 0; i < container.granted.hooks.size(); ++i) {
        program::HookRecord const hook = container.granted.hooks.at(i);
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
    std::uint32_t const room = std::uint32_t(gap.size() + ram_.largest_gap().size());
    if (room <= container.room_tried) {
        return;
    }
    container.room_tried = room;
    platform_.code.open(platform_.code.context);
    Result<jit::Code> const code =
        jit::compile(*container.verified, container.instance, gap, ram_.largest_gap());
    WritableBytes const kept =
        code.has_value() ? code_.keep(gap, code->memory.size()) : WritableBytes{};
    platform_.code.seal(platform_.code.context, kept);
    if (!kept.empty()) {
        container.code = *code;
        container.code_memory = code_.piece_of(kept);
        container.engine = Engine::Jit;
    }
}

// Requests to a path go to one container, and stay there.
[[gnu::always_inline]] inline void Runtime::check_paths(Attempt& attempt, Hooks const& hooks,
                                                        Container const& place) {
    for (std::uint32_t i = 0; i < hooks.size(); ++i) {
        program::HookRecord const hook = hooks.at(i);
        std::string_view const path = hooks.path(hook);
        if (has_path(hook.kind)) {
            Container const* const other = target_of({&path, 1}).container;
            attempt.require(other == nullptr || other == &place, Fault::PathTaken, 0, i);
        }
    }
}

void Runtime::install(Attempt& attempt, Installation const& wanted) {
    Container* const place = place_for(wanted.name.text());
    if (place == nullptr) {
        return attempt.refuse(Fault::TooManyContainers, 0, config::max_containers,
                              config::max_containers);
    }
    InstallRecord record = wanted.record;
    if (place->is_there()) {
        record.previous_slot = place->record.slot;
        record.previous_bytes = place->record.image_bytes;
        record.previous_digest = place->record.digest;
    }
    Grant granted;
    std::optional<verifier::VerifiedProgram> verified;
    verify(attempt, record, verified, granted);
    if (attempt.has_failed()) {
        return;
    }
    check_paths(attempt, granted.hooks, *place);
    // Would it fit, if the old one were gone? A copy of the arena tells.
    Arena trial = ram_;
    trial.give_back(place->memory);
    std::uint32_t const needed = machine::memory_bytes(verified->program(), verified->plan());
    if (trial.take(needed).size() < needed) {
        attempt.refuse(Fault::MemoryTooSmall, 0, std::uint32_t(trial.largest_gap().size()), needed);
    }
    // Of one that was removed, if power was cut just then.
    if (!attempt.has_failed() && !place->is_there()) {
        attempt.pass(storage_.remove(kept_kind, wanted.name.text()));
    }
    keep(attempt, install_kind, wanted.name.text(), bytes_of(record));
    if (attempt.has_failed()) {
        return;
    }
    if (place->is_there() && !equal(place->record.signer, record.signer)) {
        unload(*place);
        (void)storage_.remove(kept_kind, wanted.name.text());  // Of no use to its new signer.
    }
    reload(attempt, *place, wanted.name, record);
}

// If the journal is full, what it says of removed containers makes room.
void Runtime::keep(Attempt& attempt, std::uint8_t kind, std::string_view name, Bytes value) {
    if (attempt.has_failed()) {
        return;
    }
    // Its place is taken while there is room: a record that is there can always be replaced.
    (void)raise_floor(floor());
    Result<void> kept = storage_.put(kind, name, value);
    while (!kept.has_value() && kept.error().fault == Fault::JournalFull && forget_one()) {
        kept = storage_.put(kind, name, value);
    }
    attempt.pass(kept);
}

bool Runtime::raise_floor(std::uint32_t sequence) {
    return storage_.put(floor_kind, {}, std::as_bytes(std::span{&sequence, 1})).has_value();
}

// The removed container with the lowest number: from here on unknown names begin above it, so
// nothing that was ever signed for that name is accepted again. Power may fail between the two.
[[gnu::always_inline]] inline bool Runtime::forget_one() {
    std::optional<std::string_view> name;
    std::optional<std::string_view> after;
    std::uint32_t lowest = 0;
    while (std::optional<storage::Record> const found = storage_.next(install_kind, after)) {
        after = found->key;
        InstallRecord const* const record = record_in(found->value);
        if (record != nullptr && record->wanted == InstallRecord::Wanted::Removed &&
            (!name || record->sequence < lowest)) {
            name = found->key;
            lowest = record->sequence;
        }
    }
    // A copy: a change of the journal moves its records.
    Attempt attempt;
    Name const forgotten = Name::of(attempt, name.value_or(std::string_view{}));
    return !attempt.has_failed() && raise_floor(std::max(lowest, floor())) &&
           storage_.remove(install_kind, forgotten.text()).has_value();
}

void Runtime::set_wanted(Attempt& attempt, std::string_view name, std::uint32_t sequence,
                         InstallRecord::Wanted wanted) {
    Container* const container = find(name);
    if (container == nullptr) {
        return attempt.refuse(Fault::ContainerUnknown);
    }
    InstallRecord record = container->record;
    record.sequence = sequence;
    record.wanted = wanted;
    keep(attempt, install_kind, name, bytes_of(record));
    if (attempt.has_failed()) {
        return;
    }
    container->record = record;
    if (wanted == InstallRecord::Wanted::Removed) {
        unload(*container);
        (void)storage_.remove(kept_kind, name);  // A new one of that name does it again.
    } else if (container->state != State::Refused) {
        container->state = State::Stopped;
        if (wanted == InstallRecord::Wanted::Running) {
            start_hooks(*container);
        }
    } else if (wanted == InstallRecord::Wanted::Running) {
        reload(attempt, *container, Name{container->name}, record);
    }
}

Runtime::Target Runtime::target_of(std::span<std::string_view const> segments) {
    for (Container& container : containers_) {
        for (std::uint32_t i = 0; container.is_there() && i < container.granted.hooks.size(); ++i) {
            program::HookRecord const hook = container.granted.hooks.at(i);
            if (has_path(hook.kind) && is_joined(container.granted.hooks.path(hook), segments)) {
                return {&container, i};
            }
        }
    }
    return {};
}

}  // namespace mbpf::container
