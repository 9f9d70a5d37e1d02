// SPDX-License-Identifier: MIT
// The containers of a device: installed from flash, started, run when a hook wants it, stopped when
// they misbehave, for ever. One flow of control calls all of it; runs have flows of their own (port
// Fiber) and are put aside after 8192 instructions, so nothing here takes long.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "mbpf/container/arena.hpp"
#include "mbpf/container/installed.hpp"
#include "mbpf/container/log.hpp"
#include "mbpf/storage/storage.hpp"

namespace mbpf::container {

// What a device gives to its containers. All of it outlives the runtime.
struct Platform {
    WritableBytes ram;      // Stacks and data of programs.
    port::CodeMemory code;  // Empty memory: everything is interpreted.
    machine::HelperTable helpers;
    helpers::Devices const* devices{};
    std::uint64_t (*now_us)(){};
    // Before a run goes on: from here on its stack ends above the first stack_guard_bytes of
    // `stack`, which nobody may touch. nullptr: nothing watches over it.
    void (*guard_stack)(std::byte const* stack){};
};

// A run that was asked for from outside.
struct Activation {
    Container* container{};
    std::uint32_t hook{};
    machine::Region context{};
    helpers::Reply* reply{};    // Or nullptr.
    helpers::Packet* packet{};  // Or nullptr; otherwise prepared, and `context` is its.
    // Called when the run has ended.
    using OnEnd = void (*)(void* owner, Activation const& activation,
                           machine::Outcome const& outcome);
    OnEnd on_end{};
    void* owner{};
};

// Of what the firmware itself does, as if it were the next message; behind the last number, none
// is.
[[nodiscard]] constexpr std::uint32_t next_sequence(std::uint32_t last) {
    return last == 0xffff'ffff ? last : last + 1;
}

class Runtime {
public:
    Runtime(storage::Storage& storage, Platform const& platform)
        : storage_{storage}, platform_{platform}, ram_{platform.ram}, code_{platform.code.memory} {}
    Runtime(Runtime const&) = delete;

    // Loads what the mounted storage holds. A container that cannot be loaded is State::Refused.
    void start();

    // The policy in force. Rights of a new one count from the next installation or start on; but
    // containers of signers that are not in it are State::Refused, and end their runs, and those of
    // signers that are in it again run again. Faults: PolicyMalformed, and those of Storage::put().
    [[nodiscard]] Policy policy() const;
    [[nodiscard]] std::uint32_t policy_sequence() const;
    void set_policy(Attempt& attempt, std::uint32_t sequence, Bytes signers);

    // Messages about `name` must have higher sequence numbers.
    [[nodiscard]] std::uint32_t last_sequence(std::string_view name) const;

    // A slot that no container and no way back needs. Fault::StorageFull.
    [[nodiscard]] std::uint8_t free_slot(Attempt& attempt) const;
    [[nodiscard]] std::uint32_t free_slots() const;
    // Keeps a free slot for one who fills it, until another is held; no_slot releases it.
    void hold_slot(std::uint32_t slot) { held_slot_ = slot; }
    static constexpr std::uint32_t no_slot = InstallRecord::no_slot;
    // The slot with the image that `name` ran before, if it has that digest.
    [[nodiscard]] std::uint8_t previous_slot(Attempt& attempt, std::string_view name,
                                             port::Digest const& digest);

    // The record of the container to be: its way back is not yet in it.
    struct Installation {
        Name name;
        InstallRecord record;
    };
    // Makes the image in a slot the container of that name: verified, with its rights, in one step
    // that either happens or does not. The one of that name must not be active. Faults: those of
    // program, verifier and policy; TooManyContainers, MemoryTooSmall, and those of Storage::put().
    void install(Attempt& attempt, Installation const& wanted);

    // By command. The container must not be active. Fault::ContainerUnknown, and of Storage::put().
    void set_wanted(Attempt& attempt, std::string_view name, std::uint32_t sequence,
                    InstallRecord::Wanted wanted);

    // nullptr if there is none.
    [[nodiscard]] Container* find(std::string_view name);
    [[nodiscard]] std::array<Container, config::max_containers> const& containers() const {
        return containers_;
    }
    // Makes a run of `container` end soon.
    void interrupt(Container& container);

    // Starts a run. Faults: ContainerStopped, QuotaExhausted, and ContainerBusy, also (then found
    // is config::max_activations) if as many runs are under way as can be, or as its signer may
    // have.
    void activate(Attempt& attempt, Activation const& activation);
    // The container and the number of its hook that answers requests to the path of `segments`.
    struct Target {
        Container* container{};
        std::uint32_t hook{};
    };
    [[nodiscard]] Target target_of(std::span<std::string_view const> segments);

    // Runs what hooks of event number `event` ask for, one after the other in their order; they get
    // `context`. Returns how many ran; `on_end`, if it is there, hears how each did. Others go on
    // meanwhile. Not to be called by a run.
    std::uint32_t raise(std::uint32_t event, machine::Region const& context,
                        Activation::OnEnd on_end = nullptr, void* owner = nullptr);

    // Starts what is due, and lets each run go on for a while. Returns the microseconds until it
    // wants to be called again: 0 if runs are under way.
    std::uint64_t poll();

    // The run that is under way lets others run until then.
    void sleep_until(std::uint64_t time_us);

    // Of config::activation_stack_bytes, the most that any run has used.
    [[nodiscard]] std::uint32_t deepest_stack_bytes() const;

    [[nodiscard]] Log const& log() const { return log_; }
    [[nodiscard]] Arena const& ram() const { return ram_; }
    [[nodiscard]] Arena const& code_memory() const { return code_; }
    [[nodiscard]] storage::Storage const& storage() const { return storage_; }
    [[nodiscard]] std::uint64_t now_us() const;

private:
    struct Flow {
        enum class State : std::uint8_t { Free, Ready, Ended };

        Runtime* runtime{};
        State state{};
        Activation activation;
        port::Fiber fiber;
        std::uint64_t wake_us{};
        std::uint32_t counted{};  // Instructions that its second knows of already.
        machine::Outcome outcome{};
        // Zero where it was never used, which is from its start on.
        alignas(config::stack_guard_bytes)
            std::array<std::byte, config::activation_stack_bytes> stack{};
    };

    // Loading.
    void keep(Attempt& attempt, std::uint8_t kind, std::string_view name, Bytes value);
    // What a record without a key starts with; 0 if it is not there.
    [[nodiscard]] std::uint32_t number_kept(std::uint8_t kind) const;
    [[nodiscard]] std::uint32_t floor() const;
    [[nodiscard]] bool raise_floor(std::uint32_t sequence);
    [[nodiscard]] bool forget_one();
    void verify(Attempt& attempt, InstallRecord const& record,
                std::optional<verifier::VerifiedProgram>& verified, Grant& granted) const;
    void check_paths(Attempt& attempt, Hooks const& hooks, Container const& place);
    void load(Attempt& attempt, Container& container);
    // Loads it and starts it if its record says so; if it cannot be loaded it is State::Refused.
    void bring_up(Attempt& attempt, Container& container);
    void unload(Container& container);
    // Anew, with that record; no run of it may be under way.
    void reload(Attempt& attempt, Container& container, Name const& name,
                InstallRecord const& record);
    void start_hooks(Container& container);
    void compile(Container& container);
    [[nodiscard]] bool is_slot_used(std::uint32_t slot) const;
    [[nodiscard]] Container* place_for(std::string_view name);

    // Running.
    static void enter_flow(void* flow);
    static void breathe(void* runtime);
    static void sleep(machine::Instance& instance, std::uint64_t time_us);
    [[nodiscard]] static bool lend(Container& container, Activation const& activation);
    void execute(Flow& flow);
    void end(Flow& flow);
    void note(Container& container, Flow const& flow);
    void pause(Container& container, std::uint64_t now_us);
    void write_log(Container& container);
    void start_due(Container& container, std::uint64_t now_us);
    [[nodiscard]] std::uint64_t next_due() const;
    void activate_hook(Container& container, std::uint32_t hook);
    [[nodiscard]] bool has_quota(Container& container) const;
    [[nodiscard]] Flow* free_flow();
    [[nodiscard]] bool has_share(Container const& container) const;
    [[nodiscard]] std::uint32_t next_order(std::uint32_t event, std::uint32_t after) const;
    std::uint32_t run_in_order(std::uint32_t event, std::uint32_t order, Activation const& wanted);
    void renew_second(Container& container, std::uint64_t now_us) const;
    // Values that outlive power: kept.cpp.
    void keep_changes();
    void keep_now(Container& container);

    storage::Storage& storage_;
    Platform const& platform_;
    Arena ram_;
    Arena code_;
    Log log_;
    std::array<helpers::Store::Entry, config::global_store_entries> global_entries_{};
    helpers::Store global_{global_entries_};
    KeptWrites global_writes_;
    std::array<Container, config::max_containers> containers_{};
    std::array<Flow, config::max_activations> flows_{};
    std::uint32_t held_slot_ = no_slot;
    std::uint32_t first_ = 0;
    Flow* current_ = nullptr;
    port::Fiber main_;
    bool at_line_start_ = true;
};

}  // namespace mbpf::container
