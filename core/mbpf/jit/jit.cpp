// SPDX-License-Identifier: MIT
#include "mbpf/jit/jit.hpp"

#include "mbpf/interpreter/slow.hpp"
#include "mbpf/jit/gate.hpp"

namespace mbpf::jit {

namespace {

[[nodiscard]] bool suits(ContextNeeds needs, machine::Instance const& instance) {
    machine::Region const& context = instance.context();
    // All at once: branches would cost more than what they save.
    std::uint32_t const is_long = context.bytes >= needs.bytes ? 1 : 0;
    std::uint32_t const is_allowed = context.allows(needs.access) ? 1 : 0;
    return (is_long & is_allowed) != 0 && instance.regions().are_central();
}

[[gnu::always_inline]] inline void execute(machine::Outcome& outcome, Start& start,
                                           std::uint32_t entry, Budget budget) {
    Code const& code = *start.code;
    machine::Region const& context = code.instance->context();
    outcome.report = {machine::Trap::None, 0, Pc{}, 0};
    std::uint32_t const granted = interpreter::next_grant(budget.instructions);
    start.granted = granted;
    start.budget = budget.instructions;
    start.report = &outcome.report;
    std::uint32_t const offset =
        load<std::uint16_t>(Bytes{code.memory}, code.entries + entry * sizeof(std::uint16_t)) * 2u;
    EntryCode* const function = entry_at(std::uint32_t(address_of(code.memory.data())) + offset);
    Left const left =
        function(std::uint32_t(context.base), context.bytes, std::int32_t(granted), start);
    outcome.result = left[0] | std::uint64_t{left[1]} << 32;
    outcome.instructions = start.granted - left[2];
}

// Not in the way of runs that do not need it.
[[gnu::noinline]] void run_apart(machine::Outcome& outcome, Code const& code,
                                 verifier::VerifiedProgram const& program, std::uint32_t entry,
                                 Budget budget) {
    machine::Instance& instance = *code.instance;
    if (suits(without_windows(code.context_needs), instance)) {
        Start start;
        start.code = &code;
        open_windows(start);
        execute(outcome, start, entry, budget);
    } else if (code.is_text_dropped) {
        outcome = {{machine::Trap::Illegal, 0, Pc{}, 0}, 0, 0};
    } else {
        outcome =
            interpreter::run(program, instance, program.program().entries.at(entry).pc, budget);
    }
}

}  // namespace

machine::Outcome run(Code const& code, verifier::VerifiedProgram const& program,
                     machine::Instance& instance, std::uint32_t entry, Budget budget) {
    machine::Outcome outcome;
    if (!suits(code.context_needs, instance)) [[unlikely]] {
        run_apart(outcome, code, program, entry, budget);
        return outcome;
    }
    Start start;
    start.code = &code;
    execute(outcome, start, entry, budget);
    return outcome;
}

}  // namespace mbpf::jit
