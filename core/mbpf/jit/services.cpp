// SPDX-License-Identifier: MIT
// What compiled code does not do itself.
#include "mbpf/interpreter/arithmetic.hpp"
#include "mbpf/interpreter/slow.hpp"
#include "mbpf/jit/run.hpp"

namespace mbpf::jit {

namespace {

using interpreter::Frame;
using isa::Alu;
using isa::Slot;

[[nodiscard]] Slot arrive(Run& run, std::uint32_t slot) {
    run.frame.pc = run.text + std::size_t(slot) * slot_bytes;
    return isa::load_slot(run.frame.pc);
}

[[nodiscard]] QuickWindow quick(interpreter::Window window) {
    return {std::uint32_t(window.base),
            std::uint32_t(window.bytes) - interpreter::narrowest_window};
}

std::uint32_t trap(Run& run, machine::Trap kind, std::uint64_t address = 0,
                   std::uint32_t bytes = 0) {
    *run.frame.report = {kind, std::uint8_t(bytes), Pc{}, address};
    return 0;
}

[[nodiscard]] std::uint64_t base_of(Run const& run, Slot access) {
    bool const is_load = isa::shape_of(access.opcode()) == isa::Shape::Load;
    return run.frame.registers[is_load ? access.src() : access.dst()];
}

// Whether a region allows the access at `base` + its offset; the window moves there.
std::uint32_t admit(Run& run, Slot access, std::uint64_t base) {
    bool const is_load = isa::shape_of(access.opcode()) == isa::Shape::Load;
    std::uint64_t const address = base + std::uint64_t(std::int64_t(access.offset()));
    std::uint32_t const bytes = isa::access_bytes(access.opcode());
    machine::Region const* const region =
        machine::is_reachable(address)
            ? run.frame.instance->regions().find(
                  std::uintptr_t(address), bytes,
                  is_load ? machine::Access::Read : machine::Access::Write)
            : nullptr;
    if (region == nullptr) {
        return trap(run, is_load ? machine::Trap::LoadOutside : machine::Trap::StoreOutside,
                    address, bytes);
    }
    if (region->bytes >= interpreter::narrowest_window) {
        (is_load ? run.readable : run.writable) = {std::uint32_t(region->base),
                                                   region->bytes - interpreter::narrowest_window};
    }
    return 1;
}

// The interpreter leaves these to handlers.
[[nodiscard]] bool compute64(Frame& frame, Slot slot) {
    bool const is_reg = (slot.opcode() & isa::source_register) != 0;
    std::uint64_t& dst = frame.registers[slot.dst()];
    std::uint64_t const b =
        is_reg ? frame.registers[slot.src()] : std::uint64_t(std::int64_t(slot.imm()));
    switch (Alu(slot.opcode() & 0xf0)) {
        case Alu::Lsh: dst = interpreter::compute<Alu::Lsh>(dst, b); return true;
        case Alu::Rsh: dst = interpreter::compute<Alu::Rsh>(dst, b); return true;
        case Alu::Arsh: dst = interpreter::compute<Alu::Arsh>(dst, b); return true;
        case Alu::Mul: dst = interpreter::compute<Alu::Mul>(dst, b); return true;
        default: return false;
    }
}

}  // namespace

std::uint32_t serve_access(Run& run, std::uint32_t slot) {
    Slot const access = arrive(run, slot);
    return admit(run, access, base_of(run, access));
}

std::uint32_t serve_access_zero(Run& run, std::uint32_t slot) {
    Slot const access = arrive(run, slot);
    return admit(run, access, std::uint32_t(base_of(run, access)));
}

std::uint32_t serve_access_sign(Run& run, std::uint32_t slot) {
    Slot const access = arrive(run, slot);
    return admit(run, access, std::uint64_t(std::int64_t(std::int32_t(base_of(run, access)))));
}

std::uint32_t serve_instruction(Run& run, std::uint32_t slot) {
    Slot const instruction = arrive(run, slot);
    bool const is_alu64 = isa::class_of(instruction.opcode()) == isa::Class::Alu64;
    return (is_alu64 && compute64(run.frame, instruction)) ||
           interpreter::execute_slowly(run.frame);
}

// call_checked() leaves the regions that it found as windows: the next call may be quick.
std::uint32_t serve_helper(Run& run, std::uint32_t slot) {
    Slot const call = arrive(run, slot);
    Frame& frame = run.frame;
    frame.readable = {run.readable.base, run.readable.last + interpreter::narrowest_window};
    frame.writable = {run.writable.base, run.writable.last + interpreter::narrowest_window};
    bool const goes_on = interpreter::call_checked(frame, frame.helpers.at(HelperId{call.high}));
    run.readable = quick(frame.readable);
    run.writable = quick(frame.writable);
    return goes_on;
}

std::uint32_t serve_enter(Run& run, std::uint32_t slot) {
    Frame& frame = run.frame;
    (void)arrive(run, slot);
    machine::StackPlan const plan = frame.instance->plan();
    if (frame.depth == plan.depth) {
        return trap(run, machine::Trap::CallTooDeep);
    }
    ++frame.depth;
    machine::SavedFrame& saved = *frame.saved++;
    __builtin_memcpy(saved.saved, frame.registers + isa::first_saved_register, sizeof saved.saved);
    frame.registers[isa::frame_pointer] -= plan.frame_bytes;
    return 1;
}

std::uint32_t serve_leave(Run& run, std::uint32_t) {
    Frame& frame = run.frame;
    --frame.depth;
    machine::SavedFrame const& saved = *--frame.saved;
    __builtin_memcpy(frame.registers + isa::first_saved_register, saved.saved, sizeof saved.saved);
    frame.registers[isa::frame_pointer] += frame.instance->plan().frame_bytes;
    return 1;
}

std::uint32_t serve_fuel(Run& run, std::uint32_t slot) {
    (void)arrive(run, slot);
    while (run.fuel < 0) {
        if (run.frame.instance->stop_requested()) {
            return trap(run, machine::Trap::Stopped);
        }
        std::uint32_t const grant = interpreter::next_grant(run.frame.budget_left);
        if (grant == 0) {
            return trap(run, machine::Trap::OutOfBudget);
        }
        run.frame.budget_left -= grant;
        run.fuel += std::int32_t(grant);
    }
    return 1;
}

}  // namespace mbpf::jit
