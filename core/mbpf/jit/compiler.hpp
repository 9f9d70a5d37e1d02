// SPDX-License-Identifier: MIT
// Verified bytecode to Thumb-2. The low halves of r0 to r9 have registers of the core (home_of);
// upper halves live in the Run, and are written there only where flow.hpp says they are needed.
#pragma once

#include "mbpf/jit/emitter.hpp"
#include "mbpf/jit/flow.hpp"
#include "mbpf/jit/run.hpp"

namespace mbpf::jit {

class Compiler {
public:
    Compiler(Flow& flow, machine::Instance const& instance, WritableBytes code)
        : flow_{flow}, instance_{instance}, emit_{code} {}

    // Compiles everything; the code is right if it fits.
    void compile();

    [[nodiscard]] std::uint32_t size() const { return emit_.size(); }
    [[nodiscard]] bool fits() const { return emit_.fits(); }

private:
    void emit_gates();
    void emit_block();
    void emit_instruction();
    void emit_alu();
    void emit_alu32();
    void emit_low64();
    void emit_wide64();
    void emit_multiply64();
    void emit_shift64(std::uint32_t count);
    void emit_divide();
    void emit_move();
    void emit_byte_order();
    void emit_jump();
    void emit_compare64();
    void emit_load();
    void emit_store();
    void emit_call();
    void emit_helper(machine::Helper const& helper);
    void call_direct(machine::Helper const& helper);
    void emit_exit();

    // rd: upper half of `reg` now.
    void read_high(Reg to, std::uint32_t reg);
    void write_high(std::uint32_t reg, Reg from);
    // Writes the upper halves that are known to the Run, for a service that reads them.
    void publish_high(std::uint32_t reg);
    // After the destination was written: its upper half, if it is known and needed.
    void settle_high(Fact fact);
    void call_gate(Gate gate, Cond cond = Cond::Always);
    void check_fuel();
    // Leaves the base of an access in a register, with an offset in reach, after the check.
    Reg check_access(std::uint32_t base, std::uint32_t bytes, bool is_load, std::int32_t& offset);
    void jump(Cond cond, Pc target);
    [[nodiscard]] Fact fact_after() const;
    [[nodiscard]] Reg read_source();
    [[nodiscard]] bool wants_wide() const;
    void patch_jumps_to(Block& block);

    Flow& flow_;
    machine::Instance const& instance_;
    Emitter emit_;
    Facts facts_;
    Pc pc_{};
    isa::Slot slot_;
    std::uint32_t block_ = 0;
    std::uint32_t gates_[gate_count]{};
};

}  // namespace mbpf::jit
