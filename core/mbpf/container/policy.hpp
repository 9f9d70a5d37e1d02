// SPDX-License-Identifier: MIT
// Who may install what. A policy is a list of signers, each with what its programs may be given at
// most; an image gets what it asks for, or is refused (SPEC.md, "Policy").
#pragma once

#include <cstdint>
#include <span>

#include "mbpf/base/base.hpp"
#include "mbpf/container/config.hpp"
#include "mbpf/container/hooks.hpp"
#include "mbpf/port/port.hpp"
#include "mbpf/program/program.hpp"
#include "mbpf/verifier/verifier.hpp"

namespace mbpf::container {

// As it lies in flash and on the wire.
struct [[gnu::packed]] SignerRecord {
    static constexpr std::uint8_t administrator = 1;

    port::PublicKey key{};
    std::uint32_t helpers[(config::max_helper_id + 1) / 32]{};  // Bit n of word i: id 32 i + n.
    std::uint32_t run_instructions{};     // At most; 0: no limit but the device's.
    std::uint32_t second_instructions{};  // The same.
    std::uint32_t memory_bytes{};         // Of stack, data, bss and maps; 0: no limit.
    std::uint8_t hook_kinds{};            // Bit n: HookRecord::Kind n.
    std::uint8_t flags{};
    std::uint8_t key_range_count{};
    std::uint8_t zero{};
    program::KeyRange keys[config::max_signer_key_ranges]{};

    [[nodiscard]] bool is_administrator() const { return (flags & administrator) != 0; }
};
inline constexpr std::size_t signer_record_bytes = 128;
static_assert(sizeof(SignerRecord) == signer_record_bytes);

// What a program runs with.
struct Grant {
    std::uint32_t run_instructions{};
    std::uint32_t second_instructions{};
    Hooks hooks{};
    bool is_administrators{};
};

// Views the records in place.
class Policy {
public:
    Policy() = default;

    // Fault::PolicyMalformed, with the offset of what is wrong.
    [[nodiscard]] static Policy read(Attempt& attempt, Bytes bytes);
    [[nodiscard]] static Result<Policy> read(Bytes bytes) {
        return result_of([&](Attempt& attempt) { return read(attempt, bytes); });
    }

    [[nodiscard]] std::span<SignerRecord const> signers() const { return signers_; }
    // nullptr if the key is not (or no longer) a signer's.
    [[nodiscard]] SignerRecord const* find(port::PublicKey const& key) const;

private:
    std::span<SignerRecord const> signers_;
};

// Helpers that a signer's programs may call.
[[nodiscard]] verifier::Policy verifier_policy(SignerRecord const& signer);

// What a verified program gets. Faults: HookNotGranted, KeysNotGranted, BudgetNotGranted,
// MemoryNotGranted, HookMalformed, SectionMalformed.
void grant(Attempt& attempt, verifier::VerifiedProgram const& verified, SignerRecord const& signer,
           Grant& granted);

}  // namespace mbpf::container
