// SPDX-License-Identifier: MIT
#include "mbpf/jit/jit.hpp"

#include "mbpf/interpreter/slow.hpp"
#include "mbpf/jit/gate.hpp"

namespace mbpf::jit {

namespace {

// Not in the way of runs that do not need it.
[[nodiscard]] [[gnu::noinline]] bool are_lent_within_reach(machine::Regions const& regions) {
    bool all = true;
    for (std::uint32_t i = machine::Regions::context + 1; i < regions.size(); ++i) {
        all = all && is_reachable_by_code(regions[i]);
    }
    return all;
}

[[gnu::noinline]] void interpret(machine::Outcome& outcome,
                                 verifier::VerifiedProgram const& program,
                                 machine::Instance& instance, std::uint32_t entry, Budget budget) {
    outcome = interpreter::run(program, instance, program.program().entries.at(entry).pc, budget);
}

[[nodiscard]] bool suits(ContextNeeds needs, machine::Instance const& instance) {
    machine::Region const& context = instance.context();
    bool const has_lent = instance.regions().size() > machine::Regions::context + 1;
    return context.bytes >= needs.bytes && context.allows(needs.access) &&
           is_reachable_by_code(context) &&
           (!has_lent || are_lent_within_reach(instance.regions()));
}

}  // namespace

machine::Outcome run(Code const& code, verifier::VerifiedProgram const& program,
                     machine::Instance& instance, std::uint32_t entry, Budget budget) {
    machine::Region const& context = instance.context();
    machine::Outcome outcome;
    if (!suits(code.context_needs, instance)) {
        interpret(outcome, program, instance, entry, budget);
        return outcome;
    }
    outcome.report = {machine::Trap::None, 0, Pc{}, 0};
    std::uint32_t const instructions =
        budget.instructions < longest_run ? budget.instructions : longest_run;
    Start start;
    std::uint32_t const granted = interpreter::next_grant(instructions);
    start.fuel = std::int32_t(granted);
    start.context = {std::uint32_t(context.base), context.bytes - interpreter::narrowest_window};
    start.context_bytes = context.bytes;
    start.budget_left = instructions - granted;
    start.instance = &instance;
    start.report = &outcome.report;
    start.code = &code;
    start.text = program.text().bytes().data();
    std::uint32_t const offset =
        load<std::uint16_t>(Bytes{code.memory}, code.entries + entry * sizeof(std::uint16_t)) * 2u;
    enter(start, std::uint32_t(address_of(code.memory.data())) + offset + 1);  // Odd: Thumb.
    if (start.fuel < 0 && outcome.report.trap == machine::Trap::None && !serve_fuel(start)) {
        outcome.report.pc = {site_of(start, start.ended_at).slot};
    }
    outcome.result = start.result[0] | std::uint64_t(start.result[1]) << 32;
    outcome.instructions = instructions - (start.budget_left + std::uint32_t(start.fuel));
    return outcome;
}

}  // namespace mbpf::jit
