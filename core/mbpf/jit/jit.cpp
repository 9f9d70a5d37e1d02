// SPDX-License-Identifier: MIT
#include "mbpf/jit/jit.hpp"

#include "mbpf/interpreter/slow.hpp"
#include "mbpf/jit/gate.hpp"

namespace mbpf::jit {

namespace {

// Not in the way of runs that do not need it.
[[gnu::noinline]] void interpret(machine::Outcome& outcome,
                                 verifier::VerifiedProgram const& program,
                                 machine::Instance& instance, std::uint32_t entry, Budget budget) {
    outcome = interpreter::run(program, instance, program.program().entries.at(entry).pc, budget);
}

[[nodiscard]] bool suits(ContextNeeds needs, machine::Instance const& instance) {
    machine::Region const& context = instance.context();
    // All at once: branches would cost more than what they save.
    std::uint32_t const is_long = context.bytes >= needs.bytes ? 1 : 0;
    std::uint32_t const is_allowed = context.allows(needs.access) ? 1 : 0;
    return (is_long & is_allowed) != 0 && instance.regions().are_central();
}

}  // namespace

machine::Outcome run(Code const& code, verifier::VerifiedProgram const& program,
                     machine::Instance& instance, std::uint32_t entry, Budget budget) {
    machine::Region const& context = instance.context();
    machine::Outcome outcome;
    if (!suits(code.context_needs, instance)) [[unlikely]] {
        if (code.is_text_dropped) {
            outcome = {{machine::Trap::Illegal, 0, Pc{}, 0}, 0, 0};
        } else {
            interpret(outcome, program, instance, entry, budget);
        }
        return outcome;
    }
    outcome.report = {machine::Trap::None, 0, Pc{}, 0};
    std::uint32_t const granted = interpreter::next_grant(budget.instructions);
    Start start;
    start.granted = granted;
    start.budget = budget.instructions;
    start.report = &outcome.report;
    start.code = &code;
    std::uint32_t const offset =
        load<std::uint16_t>(Bytes{code.memory}, code.entries + entry * sizeof(std::uint16_t)) * 2u;
    EntryCode* const function = entry_at(std::uint32_t(address_of(code.memory.data())) + offset);
    Left const left =
        function(std::uint32_t(context.base), context.bytes, std::int32_t(granted), start);
    outcome.result = left[0] | std::uint64_t{left[1]} << 32;
    outcome.instructions = start.granted - left[2];
    return outcome;
}

}  // namespace mbpf::jit
