// SPDX-License-Identifier: MIT
#include "mbpf/jit/jit.hpp"

#include "mbpf/interpreter/slow.hpp"
#include "mbpf/jit/compiler.hpp"

namespace mbpf::jit {

namespace {

// Regions of compiled code keep this distance from the ends of its half of the address space.
[[nodiscard]] bool is_reachable_by_code(machine::Region const& region) {
    constexpr std::uintptr_t room = 0x8000'0000u - 2 * region_margin;
    std::uintptr_t const offset = region.base - region_margin;
    return region.bytes == 0 || (offset < room && region.bytes <= room - offset);
}

[[nodiscard]] bool are_reachable_by_code(machine::Regions const& regions) {
    bool all = true;
    for (std::uint32_t i = 0; i < regions.size(); ++i) {
        all = all && is_reachable_by_code(regions[i]);
    }
    return all;
}

[[nodiscard]] QuickWindow window_of(machine::Region const& region) {
    return {std::uint32_t(region.base), region.bytes - interpreter::narrowest_window};
}

#if defined(__thumb2__)

// Registers of the program into those of the core, and in. Compiled code comes back here, or leaves
// from where it is with the stack as it was after the push.
[[gnu::naked]] void enter(Run& /*r0*/, void const* /*r1*/) {
    asm volatile(
        "push {r3-r11, lr}\n\t"
        "mov r4, r0\n\t"
        "mov r12, r1\n\t"
        "str sp, [r4, #160]\n\t"
        "ldr r11, [r4, #164]\n\t"
        "ldr r5, [r4, #0]\n\t"
        "ldr r0, [r4, #8]\n\t"
        "ldr r1, [r4, #16]\n\t"
        "ldr r2, [r4, #24]\n\t"
        "ldr r3, [r4, #32]\n\t"
        "ldr r6, [r4, #40]\n\t"
        "ldr r7, [r4, #48]\n\t"
        "ldr r8, [r4, #56]\n\t"
        "ldr r9, [r4, #64]\n\t"
        "ldr r10, [r4, #72]\n\t"
        "blx r12\n\t"
        "str r11, [r4, #164]\n\t"
        "pop {r3-r11, pc}");
}

// What was written as data is fetched as instructions (Armv7-M ARM, A3.8.4).
void publish() { asm volatile("dsb\n\tisb" ::: "memory"); }

#else

void enter(Run&, void const*) {}
void publish() {}

#endif

}  // namespace

std::size_t scratch_bytes(std::uint32_t slots) { return Flow::scratch_bytes(slots); }

Result<Code> compile(verifier::VerifiedProgram const& program, machine::Instance const& instance,
                     WritableBytes code, WritableBytes scratch) {
    std::size_t const needed = scratch_bytes(program.text().slots());
    if (scratch.size() < needed) {
        return Error{Fault::MemoryTooSmall, 0, std::uint32_t(scratch.size()),
                     std::uint32_t(needed)};
    }
    Flow flow{program, instance.helpers(), scratch};
    if (Result<void> const done = flow.analyze(); !done.has_value()) {
        return done.error();
    }
    program::Entries const& entries = program.program().entries;
    std::uint32_t const entries_bytes = entries.size() * std::uint32_t(sizeof(std::uint16_t));
    Compiler compiler{flow, instance, code};
    compiler.compile();
    std::size_t const total = compiler.size() + entries_bytes;
    constexpr std::size_t longest = 0x2'0000;  // Offsets are halfwords, in 16 bits.
    if (total > code.size() || total > longest) {
        return Error{Fault::MemoryTooSmall, 0, std::uint32_t(code.size()), std::uint32_t(total)};
    }
    WritableBytes const offsets = code.subspan(compiler.size(), entries_bytes);
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        Block const& block = flow.blocks()[flow.block_at(entries.at(i).pc)];
        store(offsets.data() + i * sizeof(std::uint16_t), std::uint16_t(block.code_at - 2));
    }
    publish();
    return Code{code.first(compiler.size()), offsets};
}

machine::Outcome run(Code const& code, verifier::VerifiedProgram const& program,
                     machine::Instance& instance, std::uint32_t entry, Budget budget) {
    if (!are_reachable_by_code(instance.regions())) {
        return interpreter::run(program, instance, program.program().entries.at(entry).pc, budget);
    }
    machine::Outcome outcome;
    outcome.report = {machine::Trap::None, 0, Pc{}, 0};
    std::uint32_t const granted = interpreter::next_grant(budget.instructions);
    Run run;
    for (std::uint64_t& value : run.frame.registers) {
        value = 0;
    }
    run.frame.registers[1] = instance.context().base;
    run.frame.registers[2] = instance.context().bytes;
    run.frame.registers[isa::frame_pointer] = instance.frame_pointer();
    run.frame.instance = &instance;
    run.frame.helpers = instance.helpers();
    run.frame.saved = instance.saved_frames();
    run.frame.depth = 1;
    run.frame.budget_left = budget.instructions - granted;
    run.frame.report = &outcome.report;
    run.text = program.text().bytes().data();
    run.frame.pc = run.text;
    run.writable = window_of(instance.own());
    run.readable =
        window_of(instance.context().bytes >= interpreter::narrowest_window ? instance.context()
                                                                            : instance.own());
    run.fuel = std::int32_t(granted);
    std::uint32_t const offset =
        load<std::uint16_t>(code.entry_offsets, entry * sizeof(std::uint16_t)) * 2u;
    enter(run, code.memory.data() + offset + 1);  // Odd: Thumb.
    outcome.report.pc = {std::uint32_t(std::size_t(run.frame.pc - run.text) / slot_bytes)};
    outcome.result = run.frame.registers[0];
    outcome.instructions = budget.instructions - (run.frame.budget_left + std::uint32_t(run.fuel));
    return outcome;
}

}  // namespace mbpf::jit
