// SPDX-License-Identifier: MIT
#include "mbpf/jit/jit.hpp"

#include "mbpf/interpreter/slow.hpp"

#include "mbpf/jit/compiler.hpp"
#include "mbpf/jit/gate.hpp"

namespace mbpf::jit {

namespace {

// Regions of compiled code keep this distance from the ends of its half of the address space.
[[nodiscard]] bool is_reachable_by_code(machine::Region const& region) {
    constexpr std::uintptr_t room = 0x8000'0000u - 2 * region_margin;
    std::uintptr_t const offset = region.base - region_margin;
    return region.bytes == 0 || (offset < room && region.bytes <= room - offset);
}

[[nodiscard]] bool are_lent_within_reach(machine::Regions const& regions) {
    bool all = true;
    for (std::uint32_t i = machine::Regions::context + 1; i < regions.size(); ++i) {
        all = all && is_reachable_by_code(regions[i]);
    }
    return all;
}

[[nodiscard]] bool suits(ContextNeeds needs, machine::Region const& context) {
    return context.bytes >= needs.bytes &&
           (!needs.writable || context.allows(machine::Access::Write)) &&
           (needs.bytes == 0 || context.allows(machine::Access::Read)) &&
           is_reachable_by_code(context);
}

// What was written as data is fetched as instructions (Armv7-M ARM, A3.8.4).
void publish() {
#if defined(__thumb2__)
    asm volatile("dsb\n\tisb" ::: "memory");
#endif
}

}  // namespace

std::size_t scratch_bytes(std::uint32_t slots) { return Flow::scratch_bytes(slots); }

Result<Code> compile(verifier::VerifiedProgram const& program, machine::Instance const& instance,
                     WritableBytes code, WritableBytes workspace) {
    std::size_t const needed = scratch_bytes(program.text().slots());
    if (workspace.size() < needed) {
        return Error{Fault::MemoryTooSmall, 0, std::uint32_t(workspace.size()),
                     std::uint32_t(needed)};
    }
    Flow flow{program, instance.helpers(), workspace};
    if (Result<void> const done = flow.analyze(); !done.has_value()) {
        return done.error();
    }
    program::Entries const& entries = program.program().entries;
    Compiler compiler{flow, instance, code};
    compiler.compile();
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        Block& block = flow.blocks()[flow.block_at(entries.at(i).pc)];
        block.code_at = std::uint16_t(compiler.emit_entry(entries.at(i).pc) / 2);
    }
    std::uint32_t const code_bytes = compiler.size();
    std::uint32_t const entries_bytes = entries.size() * std::uint32_t(sizeof(std::uint16_t));
    std::size_t const total = code_bytes + entries_bytes + compiler.sites_size();
    constexpr std::size_t longest = 0x2'0000;  // Offsets are halfwords, in 16 bits.
    if (total > code.size() || total > longest) {
        return Error{Fault::MemoryTooSmall, 0, std::uint32_t(code.size()), std::uint32_t(total)};
    }
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        Block const& block = flow.blocks()[flow.block_at(entries.at(i).pc)];
        store(code.data() + code_bytes + i * sizeof(std::uint16_t), block.code_at);
    }
    std::byte* const sites = code.data() + code_bytes + entries_bytes;
    __builtin_memmove(sites, code.data() + code.size() - compiler.sites_size(),
                      compiler.sites_size());
    publish();
    ContextNeeds needs = compiler.context_needs();
    if (!is_reachable_by_code(instance.own()) || !is_reachable_by_code(instance.rodata())) {
        needs.bytes = ~0u;  // No context will do: it is interpreted.
    }
    return Code{code.first(total), code_bytes, Bytes{sites, compiler.sites_size()},
                compiler.homes(), needs};
}

machine::Outcome run(Code const& code, verifier::VerifiedProgram const& program,
                     machine::Instance& instance, std::uint32_t entry, Budget budget) {
    machine::Region const& context = instance.context();
    machine::Outcome outcome;
    if (!suits(code.context_needs, context) || !are_lent_within_reach(instance.regions())) {
        outcome =
            interpreter::run(program, instance, program.program().entries.at(entry).pc, budget);
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
