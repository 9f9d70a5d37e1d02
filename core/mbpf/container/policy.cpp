// SPDX-License-Identifier: MIT
#include "mbpf/container/policy.hpp"

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

Result<void> grant_hooks(program::Program const& program, SignerRecord const& signer) {
    Result<Hooks> const hooks = Hooks::read(program);
    if (!hooks.has_value()) {
        return hooks.error();
    }
    for (std::uint32_t i = 0; i < hooks->size(); ++i) {
        std::uint32_t const kind = std::uint32_t(hooks->at(i).kind);
        if ((signer.hook_kinds >> kind & 1) == 0) {
            return Error{Fault::HookNotGranted, 0, kind, signer.hook_kinds};
        }
    }
    return {};
}

Result<void> grant_keys(program::Program const& program, SignerRecord const& signer) {
    std::span<program::KeyRange const> const wanted = records<program::KeyRange>(program.keys);
    if (wanted.size_bytes() != program.keys.size()) {
        return Error{Fault::SectionMalformed, 0, std::uint32_t(program::SectionKind::Keys), 0};
    }
    for (program::KeyRange const& range : wanted) {
        if (range.first > range.last || range.access == 0 || !covers(signer, range)) {
            return Error{Fault::KeysNotGranted, 0, range.first, range.last};
        }
    }
    return {};
}

// What is asked for, or else the lesser of the usual and the most.
std::uint32_t share(std::uint32_t asked, std::uint32_t usual, std::uint32_t limit) {
    bool const is_limited = limit != 0 && limit < usual;
    return asked != 0 ? asked : is_limited ? limit : usual;
}

}  // namespace

Result<Policy> Policy::read(Bytes bytes) {
    std::span<SignerRecord const> const signers = records<SignerRecord>(bytes);
    if (signers.empty() || signers.size() > config::max_signers ||
        signers.size_bytes() != bytes.size()) {
        return Error{Fault::PolicyMalformed, 0, std::uint32_t(bytes.size()), 0};
    }
    for (std::size_t i = 0; i < signers.size(); ++i) {
        SignerRecord const& signer = signers[i];
        if (signer.zero != 0 || (signer.flags & ~SignerRecord::administrator) != 0 ||
            signer.key_range_count > config::max_signer_key_ranges) {
            return Error{Fault::PolicyMalformed, std::uint32_t(i * signer_record_bytes), 0, 0};
        }
    }
    Policy policy;
    policy.signers_ = signers;
    return policy;
}

SignerRecord const* Policy::find(port::PublicKey const& key) const {
    for (SignerRecord const& signer : signers_) {
        if (signer.key == key) {
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

Result<Grant> grant(verifier::VerifiedProgram const& verified, SignerRecord const& signer) {
    program::Program const& program = verified.program();
    if (Result<void> const hooks = grant_hooks(program, signer); !hooks.has_value()) {
        return hooks.error();
    }
    if (Result<void> const keys = grant_keys(program, signer); !keys.has_value()) {
        return keys.error();
    }
    Grant const granted{share(program.rights.run_budget_instructions,
                              config::default_run_instructions, signer.run_instructions),
                        share(program.rights.second_budget_instructions,
                              config::default_second_instructions, signer.second_instructions)};
    if (signer.run_instructions != 0 && granted.run_instructions > signer.run_instructions) {
        return Error{Fault::BudgetNotGranted, 0, granted.run_instructions, signer.run_instructions};
    }
    if (signer.second_instructions != 0 &&
        granted.second_instructions > signer.second_instructions) {
        return Error{Fault::BudgetNotGranted, 0, granted.second_instructions,
                     signer.second_instructions};
    }
    std::uint32_t const memory = machine::memory_bytes(program, verified.plan());
    if (signer.memory_bytes != 0 && memory > signer.memory_bytes) {
        return Error{Fault::MemoryNotGranted, 0, memory, signer.memory_bytes};
    }
    return granted;
}

}  // namespace mbpf::container
