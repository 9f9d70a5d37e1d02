// SPDX-License-Identifier: MIT
// Calls of helpers. One that takes words is called directly: the homes of r1 to r4 are where it
// wants them (AAPCS32 6.4), and r5 goes to the free word on the stack. A pointer is looked at
// first; what is not quick to admit takes the long way.
#include "mbpf/jit/compiler.hpp"
#include "mbpf/jit/registers.hpp"

namespace mbpf::jit {

namespace {

using HelperGate = machine::Helper::Gate;

// Bytes that a QuickWindow admits.
constexpr std::uint32_t quick_bytes = interpreter::narrowest_window;

// Number of the only pointer of a helper that is quick to admit; 0 if it has none.
[[nodiscard]] std::uint32_t pointer_of(machine::Helper const& helper) {
    return std::uint32_t(helper.gate) & 7;
}

[[nodiscard]] bool is_quick(machine::Helper const& helper) {
    if (helper.direct == nullptr || helper.gate >= HelperGate::Checked) {
        return false;
    }
    std::uint32_t const pointer = pointer_of(helper);
    return helper.gate == HelperGate::Open || helper.gate >= HelperGate::Text ||
           helper.args[pointer - 1].amount() <= quick_bytes;
}

}  // namespace

void Compiler::call_direct(machine::Helper const& helper) {
    bool const keeps = flow_.needs_arguments(pc_);
    if (keeps) {
        for (std::uint32_t reg = 1; reg < 5; ++reg) {
            emit_.store(home_of(reg), run, low_at(reg), 4);
        }
    }
    if (helper.args[4].kind() != machine::ArgKind::Unused) {
        emit_.store(home_of(5), Reg::sp, 0, 4);
    }
    emit_.move(scratch, std::uint32_t(reinterpret_cast<std::uintptr_t>(helper.direct)));
    emit_.call_register(scratch);
    emit_.move(home_of(0), Reg::r0);
    if (keeps) {
        for (std::uint32_t reg = 1; reg < 5; ++reg) {
            emit_.load(home_of(reg), run, low_at(reg), 4);
        }
    }
    settle_high(Fact::zero());
}

void Compiler::emit_helper(machine::Helper const& helper) {
    if (helper.gate == HelperGate::Open) {
        return call_direct(helper);
    }
    std::uint32_t to_slow[4];
    std::uint32_t count = 0;
    auto const leave_if = [&](Cond cond) {
        to_slow[count++] = emit_.size();
        emit_.branch(cond, emit_.size());
    };
    if (is_quick(helper)) {
        std::uint32_t const pointer = pointer_of(helper);
        Reg const home = home_of(pointer);
        bool const is_text = helper.gate >= HelperGate::Text;
        if (!facts_[pointer].has_known_high()) {
            emit_.load(scratch, run, high_at(pointer), 4);
            emit_.compare(scratch, 0, scratch);
            leave_if(Cond::Ne);
        }
        emit_.load_pair(scratch, scratch2, run, is_text ? readable_at : writable_at);
        if (is_text) {
            emit_.alu(Op::Add, scratch2, scratch2, scratch);
            emit_.compare(home, scratch);
            leave_if(Cond::Lo);
            emit_.compare(home, scratch2);
            leave_if(Cond::Hi);
            emit_.load(scratch, scratch2, std::int32_t(quick_bytes) - 1, 1);
            emit_.compare(scratch, 0, scratch);  // The last byte ends every string before it.
            leave_if(Cond::Ne);
        } else {
            emit_.alu(Op::Sub, scratch, home, scratch);
            emit_.compare(scratch, scratch2);
            leave_if(Cond::Hi);
        }
        call_direct(helper);
        std::uint32_t const to_end = emit_.size();
        emit_.branch(Cond::Always, to_end);
        for (std::uint32_t i = 0; i < count; ++i) {
            emit_.patch(to_slow[i], emit_.size());
        }
        to_slow[0] = to_end;
        count = 1;
    }
    for (std::uint32_t reg = 1; reg < isa::first_saved_register; ++reg) {
        publish_high(reg);
    }
    call_gate(Gate::Helper);
    if (count != 0) {
        emit_.patch(to_slow[0], emit_.size());
    }
}

}  // namespace mbpf::jit
