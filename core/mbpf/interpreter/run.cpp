// SPDX-License-Identifier: MIT
#include <bit>

#include "mbpf/interpreter/engine.hpp"
#include "mbpf/interpreter/interpreter.hpp"
#include "mbpf/interpreter/slow.hpp"

namespace mbpf::interpreter {

namespace {

[[nodiscard]] Window window_of(machine::Region const& region) {
    return {region.base, region.bytes};
}

}  // namespace

#if defined(__clang__)
// A helper written in C has another name for its first parameter: to clang, that is another type.
[[clang::no_sanitize("function")]]
#endif
bool call_checked(Frame& frame, HelperId id) {
    machine::Helper const& helper = frame.helpers.at(id);
    machine::Instance& instance = *frame.instance;
    instance.note_call(id);
    std::uint64_t const* const args = frame.registers + 1;
    std::uint32_t pointers = config::is_smallest ? 0 : helper.pointers;
    for (; pointers != 0; pointers &= pointers - 1) {
        std::uint32_t const index = std::uint32_t(std::countr_zero(pointers));
        machine::Arg const arg = helper.args[index];
        machine::Region const* const region = instance.admits(arg, args, index);
        if (region == nullptr) {
            *frame.report = {machine::Trap::HelperArgument, std::uint8_t(index + 1), Pc{},
                             args[index]};
            return false;
        }
        if (region->bytes >=
            narrowest_window) {  // The next call may be admitted through the window.
            (arg.is_written() ? frame.writable : frame.readable) = window_of(*region);
        }
    }
    frame.registers[0] = helper.call(instance, args);
    if (helper.gate == machine::Helper::Gate::Fallible && instance.take_helper_failure()) {
        *frame.report = {machine::Trap::HelperFailed, 0, Pc{}, 0};
        return false;
    }
    return true;
}

namespace {

enum class Unit : std::uint8_t { Instructions, Branches };

// Inline, so that each way of counting is a function of its own.
template <Unit unit>
[[gnu::always_inline]] inline machine::Outcome run_counted(verifier::VerifiedProgram const& program,
                                                           machine::Instance& instance, Pc entry,
                                                           std::uint32_t budget) {
    machine::Outcome outcome;
    outcome.report.trap = machine::Trap::None;
    outcome.report.bytes = 0;
    outcome.report.address = 0;
    // No branch is granted beforehand.
    std::uint32_t const granted = unit == Unit::Branches ? 0 : next_grant(budget);
    if (unit == Unit::Instructions && granted == 0) {
        outcome.report.trap = machine::Trap::OutOfBudget;
        outcome.report.pc = entry;
        outcome.result = 0;
        outcome.instructions = 0;
        return outcome;
    }
    Frame frame;
#pragma GCC unroll 11
    for (std::uint64_t& value : frame.registers) {
        value = 0;
    }
    frame.registers[1] = instance.context().base;
    frame.registers[2] = instance.context().bytes;
    frame.registers[isa::frame_pointer] = instance.frame_pointer();
    std::byte const* const text = program.text().bytes().data();
    frame.pc = text + std::size_t(entry.slot) * slot_bytes;
    frame.limit = address_of(frame.pc) + granted * slot_bytes - slot_bytes;
    frame.budget_left = budget - granted;
    frame.counts_branches = unit == Unit::Branches;
    frame.writable = window_of(instance.own());
    frame.readable =
        window_of(instance.rodata().bytes >= narrowest_window ? instance.rodata() : instance.own());
    frame.instance = &instance;
    frame.helpers = instance.helpers();
    frame.saved = instance.saved_frames();
    frame.depth = 1;
    frame.report = &outcome.report;
    execute(frame);
    outcome.report.pc = {std::uint32_t(std::size_t(frame.pc - text) / slot_bytes)};
    outcome.result = frame.registers[0];
    std::uint32_t left = frame.budget_left;
    if (unit == Unit::Instructions) {
        // Granted so far, less what is left; that is negative behind straight-line code.
        std::intptr_t const left_bytes = std::intptr_t(frame.limit - address_of(frame.pc));
        left += std::uint32_t(left_bytes >> 3);
    }
    outcome.instructions = budget - left;
    return outcome;
}

}  // namespace

machine::Outcome run(verifier::VerifiedProgram const& program, machine::Instance& instance,
                     Pc entry, Budget budget) {
    return run_counted<Unit::Instructions>(program, instance, entry, budget.instructions);
}

machine::Outcome run(verifier::VerifiedProgram const& program, machine::Instance& instance,
                     Pc entry, Branches branches) {
    return run_counted<Unit::Branches>(program, instance, entry, branches.taken);
}

}  // namespace mbpf::interpreter
