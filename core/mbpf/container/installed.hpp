// SPDX-License-Identifier: MIT
// One installed container: what flash keeps of it, what it may do, and how it has done so far.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "mbpf/container/arena.hpp"
#include "mbpf/container/hooks.hpp"
#include "mbpf/container/kept.hpp"
#include "mbpf/container/name.hpp"
#include "mbpf/container/policy.hpp"
#include "mbpf/helpers/helpers.hpp"
#include "mbpf/jit/jit.hpp"

namespace mbpf::container {

// As the journal keeps it, by name. It outlives its container: a number that was used once is not
// used again.
struct [[gnu::packed]] InstallRecord {
    enum class Wanted : std::uint8_t { Removed = 0, Running = 1, Stopped = 2 };
    static constexpr std::uint8_t no_slot = 0xff;

    std::uint32_t sequence{};
    Wanted wanted{};
    std::uint8_t slot = no_slot;
    std::uint8_t previous_slot = no_slot;  // Of the image before, for going back to it.
    std::uint8_t zero{};
    std::uint32_t image_bytes{};
    std::uint32_t previous_bytes{};
    port::Digest digest{};
    port::Digest previous_digest{};
    port::PublicKey signer{};
};
inline constexpr std::size_t install_record_bytes = 112;
static_assert(sizeof(InstallRecord) == install_record_bytes);

// Numbers are part of SPEC.md.
enum class State : std::uint8_t {
    Ready = 0,
    Stopped = 1,  // By command.
    Paused = 2,   // Until its pause after a fault is over.
    Failed = 3,   // More faults than its RestartWish allows: until it is started by command.
    Refused = 4,  // `refusal` says why it cannot run.
};

enum class Engine : std::uint8_t { Interpreter = 0, Jit = 1 };

struct FaultRecord {
    machine::TrapReport report{};  // Trap::None: there was no fault.
    std::uint32_t run{};           // Number of the run, from 1 on.
    std::uint64_t time_us{};
    std::uint16_t entry{};
};

struct Statistics {
    std::uint32_t runs{};
    std::uint32_t faults{};
    std::uint64_t instructions{};
    std::uint64_t busy_us{};
    std::uint32_t skipped{};    // Activations for which there was no budget left, or no time.
    std::uint32_t latest_us{};  // How late a periodic run has started at most.
};

// Instructions of the current second.
struct Second {
    std::uint64_t start_us{};
    std::uint32_t instructions{};
    std::uint32_t log_bytes{};
};

// Of a container, what the network is told.
struct Account {
    Name name;  // Empty: this place is free.
    InstallRecord record;
    State state{};
    Engine engine{};
    Fault refusal{};
    Grant granted;
    Piece memory;
    Piece code_memory;
    Statistics statistics;
    FaultRecord fault;
};

struct Container : Account {
    bool is_active{};         // A run is under way.
    std::uint8_t boot_due{};  // Bit i: hook i is a boot hook that has not run yet.
    std::optional<verifier::VerifiedProgram> verified;
    machine::Instance instance;
    jit::Code code;
    std::uint32_t room_tried{};  // Bytes that it could not be compiled with.
    std::array<std::uint64_t, config::max_hooks> due_us{};  // Of periodic hooks.
    helpers::Environment environment;
    std::array<helpers::Store::Entry, config::local_store_entries> local_entries{};
    KeptWrites kept_writes;
    Second second;
    std::uint32_t faults_in_a_row{};
    std::uint64_t paused_until_us{};

    [[nodiscard]] bool is_there() const { return !name.text().empty(); }
    [[nodiscard]] bool is_able() const { return is_there() && state == State::Ready; }
};

}  // namespace mbpf::container
