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

template <bool has_windows>
[[gnu::always_inline]] inline void execute(machine::Outcome& outcome, Code const& code,
                                           std::uint32_t entry, Budget budget,
                                           QuickWindows const* windows) {
    outcome.report = {machine::Trap::None, 0, Pc{}, 0};
    std::uint32_t offset = code.entry;
    if (entry != 0) [[unlikely]] {
        offset = load<std::uint16_t>(Bytes{code.memory}, (code.entries + entry - 1) * 2u);
    }
    std::uint32_t const start = std::uint32_t(address_of(code.memory.data()));
    enter<has_windows>(start + offset * 2 + 1,  // Odd: Thumb.
                       code, budget, outcome, windows);
}

// Not in the way of runs that do not need it.
[[gnu::noinline]] void run_apart(machine::Outcome& outcome, Code const& code,
                                 verifier::VerifiedProgram const& program, std::uint32_t entry,
                                 Budget budget) {
    machine::Instance& instance = *code.instance;
    if (suits(without_windows(code.context_needs), instance)) {
        QuickWindows const windows = open_windows(code);
        execute<true>(outcome, code, entry, budget, &windows);
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
    execute<false>(outcome, code, entry, budget, nullptr);
    return outcome;
}

}  // namespace mbpf::jit
