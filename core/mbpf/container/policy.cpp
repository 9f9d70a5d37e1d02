// SPDX-License-Identifier: MIT
#include "mbpf/container/policy.hpp"

#include "mbpf/maps/maps.hpp"

namespace mbpf::container {

namespace {

// An image names each range as a whole in one of the signer's.
bool covers(SignerRecord const& signer, program::KeyRange const& wanted) {
    for (std::uint32_t i = 0; i < signer.key_range_count; ++i) {
        program::KeyRange const range = signer.keys[i];
        if (range.first <= wanted.first && wanted.last <= range.last &&
            (wanted.access & ~range.access) == 0) {
            return true;
        }
    }
    return false;
}

void grant_hooks(Attempt& attempt, program::Program const& program, SignerRecord const& signer,
                 Hooks& hooks) {
    Result<Hooks> const found = Hooks::read(program);
    if (!found.has_value()) {
        return attempt.refuse(found.error());
    }
    hooks = *found;
    for (std::uint32_t i = 0; i < hooks.size(); ++i) {
        std::uint32_t const kind = std::uint32_t(hooks.at(i).kind);
        if ((signer.hook_kinds >> kind & 1) == 0) {
            attempt.refuse(Fault::HookNotGranted, 0, kind, signer.hook_kinds);
        }
    }
}

void grant_keys(Attempt& attempt, program::Program const& program, SignerRecord const& signer) {
    std::span<program::KeyRange const> const wanted = records<program::KeyRange>(program.keys);
    attempt.require(wanted.size_bytes() == program.keys.size(), Fault::SectionMalformed, 0,
                    std::uint32_t(program::SectionKind::Keys));
    for (program::KeyRange const& range : wanted) {
        if (range.first > range.last || range.access == 0 ||
            range.access > program::KeyRange::all || !covers(signer, range)) {
            attempt.refuse(Fault::KeysNotGranted, 0, range.first, range.last);
        }
    }
}

// What is asked for, or else the lesser of the usual and the most.
std::uint32_t share(std::uint32_t asked, std::uint32_t usual, std::uint32_t limit) {
    bool const is_limited = limit != 0 && limit < usual;
    return asked != 0 ? asked : is_limited ? limit : usual;
}

// 0 is no limit.
void check(Attempt& attempt, Fault fault, std::uint32_t asked, std::uint32_t limit) {
    if (limit != 0 && asked > limit) {
        attempt.refuse(fault, 0, asked, limit);
    }
}

}  // namespace

Policy Policy::read(Attempt& attempt, Bytes bytes) {
    Policy policy;
    std::span<SignerRecord const> const signers = records<SignerRecord>(bytes);
    attempt.require(!signers.empty() && signers.size() <= config::max_signers &&
                        signers.size_bytes() == bytes.size(),
                    Fault::PolicyMalformed, 0, std::uint32_t(bytes.size()));
    std::uint32_t where = 0;
    for (SignerRecord const& signer : signers) {
        attempt.require(signer.zero == 0 && signer.flags <= SignerRecord::administrator &&
                            signer.key_range_count <= config::max_signer_key_ranges,
                        Fault::PolicyMalformed, where);
        where += signer_record_bytes;
    }
    if (!attempt.has_failed()) {
        policy.signers_ = signers;
    }
    return policy;
}

SignerRecord const* Policy::find(port::PublicKey const& key) const {
    for (SignerRecord const& signer : signers_) {
        if (equal(signer.key, key)) {
            return &signer;
        }
    }
    return nullptr;
}

verifier::Policy verifier_policy(SignerRecord const& signer) {
    verifier::Policy policy;
    for (std::uint32_t id = 0; id <= config::max_helper_id; ++id) {
        if ((signer.helpers[id / 32] >> (id % 32) & 1) != 0) {
            policy.granted.add(HelperId{id});
        }
    }
    return policy;
}

void grant(Attempt& attempt, verifier::VerifiedProgram const& verified, SignerRecord const& signer,
           Grant& granted) {
    program::Program const& program = verified.program();
    grant_hooks(attempt, program, signer, granted.hooks);
    grant_keys(attempt, program, signer);
    granted.is_administrators = signer.is_administrator();
    if (Result<maps::MapSet> const maps = maps::MapSet::read(program); !maps.has_value()) {
        attempt.refuse(maps.error());
    }
    granted.run_instructions = share(program.rights.run_budget_instructions,
                                     config::default_run_instructions, signer.run_instructions);
    granted.second_instructions =
        share(program.rights.second_budget_instructions, config::default_second_instructions,
              signer.second_instructions);
    check(attempt, Fault::BudgetNotGranted, granted.run_instructions, signer.run_instructions);
    check(attempt, Fault::BudgetNotGranted, granted.second_instructions,
          signer.second_instructions);
    check(attempt, Fault::MemoryNotGranted, machine::memory_bytes(program, verified.plan()),
          signer.memory_bytes);
}

}  // namespace mbpf::container
