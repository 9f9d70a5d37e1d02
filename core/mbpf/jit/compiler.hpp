// SPDX-License-Identifier: MIT
// Verified bytecode to Thumb-2, in one pass. Registers have homes (homes.hpp); what an instruction
// makes of a low half may stay pending as a Value until something needs it: then it often becomes
// part of that. Upper halves are written at once, and only where flow.hpp says that they are
// needed.
#pragma once

#include "mbpf/jit/emitter.hpp"
#include "mbpf/jit/flow.hpp"
#include "mbpf/jit/homes.hpp"
#include "mbpf/jit/sites.hpp"
#include "mbpf/jit/target.hpp"

namespace mbpf::jit {

// What the low half of a register is.
class Value {
public:
    enum class Kind : std::uint8_t {
        Home,      // what its home holds
        Stored,    // what memory holds, until settle() has made room
        Constant,  // constant
        Shifted,   // operand; if that is plain, a copy
        Sum,       // operand, which is shifted to the left, + constant
        Index,     // base + operand
    };

    constexpr Value() = default;
    [[nodiscard]] static constexpr Value stored() { return Value{Kind::Stored, Reg::r0, 0}; }
    [[nodiscard]] static constexpr Value of(std::uint32_t constant) {
        return Value{Kind::Constant, Reg::r0, constant};
    }
    [[nodiscard]] static constexpr Value shifted(Shifted operand) {
        return Value{Kind::Shifted, operand, 0};
    }
    [[nodiscard]] static constexpr Value sum(Shifted operand, std::uint32_t constant) {
        bool const is_copy = constant == 0 && operand.is_plain();
        return Value{is_copy ? Kind::Shifted : Kind::Sum, operand, constant};
    }
    [[nodiscard]] static constexpr Value index(Reg base, Shifted operand) {
        return Value{Kind::Index, operand, std::uint32_t(base)};
    }

    [[nodiscard]] constexpr Kind kind() const { return Kind(word_ >> kind_at); }
    [[nodiscard]] constexpr Shifted operand() const { return Shifted::of_bits(word_ & 0xffff); }
    [[nodiscard]] constexpr Reg reg() const { return Reg(word_ & 15); }
    [[nodiscard]] constexpr ShiftKind shift() const { return operand().kind(); }
    [[nodiscard]] constexpr std::uint32_t amount() const { return operand().amount(); }
    [[nodiscard]] constexpr std::uint32_t constant() const { return more_; }
    [[nodiscard]] constexpr Reg base() const { return Reg(more_); }

    [[nodiscard]] constexpr bool is(Kind other) const { return kind() == other; }
    [[nodiscard]] constexpr bool is_copy() const {
        return word_ >> 4 == std::uint32_t(Kind::Shifted) << (kind_at - 4);
    }
    [[nodiscard]] constexpr bool is_pending() const { return word_ != 0; }
    // Whether to compute it twice would cost.
    [[nodiscard]] constexpr bool is_work() const { return kind() >= Kind::Shifted && !is_copy(); }
    [[nodiscard]] constexpr bool reads(Reg of) const {
        return kind() >= Kind::Shifted && (reg() == of || (is(Kind::Index) && base() == of));
    }

private:
    static constexpr std::uint32_t kind_at = 16;  // Below are the bits of an operand.

    constexpr Value(Kind kind, Shifted operand, std::uint32_t more)
        : word_{std::uint32_t(kind) << kind_at | operand.bits()}, more_{more} {}

    std::uint32_t word_ = 0;
    std::uint32_t more_ = 0;  // Constant, or base.
};

class Compiler {
public:
    // Sites go to the end of `code`.
    // With `has_near`, branches to what is not far on have 16 bits; the code is right if none of
    // them missed().
    Compiler(Flow& flow, machine::Instance const& instance, WritableBytes code,
             Target const& target, bool has_near)
        : emit_{code},
          flow_{flow},
          instance_{instance},
          target_{target},
          has_near_{has_near},
          homes_{flow},
          context_quick_{flow.usual_context_end()},
          window_bytes_{flow.usual_load(), flow.usual_store()},
          sites_{code} {}

    // Compiles everything; the code is right if it fits.
    void compile();
    // Emits the ways in, behind a u16 for each but the first: where it is, in halfwords. Returns
    // where those are.
    std::uint32_t emit_entries(program::Entries const& entries);

    [[nodiscard]] std::uint32_t size() const { return emit_.size(); }
    [[nodiscard]] bool missed() const { return emit_.missed(); }
    [[nodiscard]] std::uint32_t sites_size() const { return sites_.size(); }
    [[nodiscard]] std::uint16_t entry() const { return entry_; }
    [[nodiscard]] std::uint32_t leave() const { return leave_; }
    [[nodiscard]] Homes const& homes() const { return homes_; }
    [[nodiscard]] ContextNeeds context_needs() const {
        return reads_window_ || writes_window_ ? with_windows(context_needs_) : context_needs_;
    }
    [[nodiscard]] WindowBytes window_bytes() const {
        return {reads_window_ ? window_bytes_.readable : 0,
                writes_window_ ? window_bytes_.writable : 0};
    }

private:
    // A place in memory: [base + offset], or [base + index].
    struct Place {
        Reg base;
        std::int32_t offset;
        Shifted index = in_memory;
        [[nodiscard]] bool is_indexed() const { return index.reg() != in_memory; }
    };
    // What an instruction loads or stores: so many bytes at a register and an offset.
    struct Access {
        std::uint32_t base;
        std::uint32_t bytes;
        std::int32_t offset;
        bool is_load;
    };
    // A branch to what is emitted when nothing falls into it: a call for help, and back.
    struct Detour {
        std::uint32_t from;
        std::uint32_t slot;
        Reg distance;  // What is to be in r12.
        Wanted wanted;
        Cond cond;
        bool is_near;
    };
    static constexpr std::uint32_t max_detours = 8;
    // A near branch to a block that is still to come.
    struct Near {
        std::uint32_t from;
        std::uint16_t block;
        Cond cond;
    };
    static constexpr std::uint32_t max_near = 12;
    // How far into a context code may reach without checking it.
    static constexpr std::uint32_t most_context_bytes = 0x7fff;

    // compile_entry.cpp: ways in and out.
    void emit_common();
    void emit_leave(Reg result);
    // Whether r0 may have more than 32 bits at the end.
    [[nodiscard]] bool has_wide_result() const {
        return flow_.has_local_calls() || flow_.returns_high();
    }
    void emit_prologue();
    void emit_entry(Pc pc);
    void emit_exit();
    void move_saved(bool restores);
    void move_by(Op op, Reg reg, std::uint32_t bytes);
    void init(Item item, std::uint32_t value);
    void receive(Block const& block);

    // compiler.cpp: blocks, and branches to what is elsewhere.
    void emit_block();
    void emit_instruction();
    void forget_last();
    void emit_constant();
    void emit_local_call();
    void jump(Cond cond);
    [[nodiscard]] std::uint32_t link_here(Block& block) const;
    void land_here();
    [[nodiscard]] std::uint32_t slot_of_detours() const;
    [[nodiscard]] bool is_near(std::uint32_t slot, Cond cond) const;
    void ask(Wanted wanted, std::uint32_t slot);  // Calls for help, always.
    void ask_at_once(Wanted wanted);              // So that who serves it knows what for.
    // Or if; with that in r12.
    void ask_if(Cond cond, Wanted wanted, Reg distance = scratch);
    void emit_detours();
    void serve_atomic();
    Reg borrow(Reg except, Reg and_except);
    // The upper half in a register, a borrowed one if it has none; and back, if it was borrowed.
    Reg take_high(std::uint32_t reg, Reg except);
    void give_back_high(std::uint32_t reg, Reg taken);
    void give_back(Reg borrowed) { load_run(borrowed, 4u); }
    void charge(std::uint32_t end);
    [[nodiscard]] bool is_turned(std::uint32_t index) const;
    void note(Part part) const { target_.note({emit_.size(), pc_, part}); }
    [[nodiscard]] bool is_hot() const { return marks_.is_in_loop(); }

    // values.cpp: low halves and upper ones.
    [[nodiscard]] Value const& value(std::uint32_t reg) const { return values_[reg]; }
    [[nodiscard]] Reg home(std::uint32_t reg) const { return homes_.of(Homes::low(reg)); }
    [[nodiscard]] Reg high_home(std::uint32_t reg) const { return homes_.of(Homes::high(reg)); }
    // Before an instruction: pending work that it does not read last is done.
    void prepare(std::uint32_t reg, bool is_last);
    // The register that holds it; `to`, if something must be done for that.
    Reg read(std::uint32_t reg, Reg to);
    // As the second operand of data processing.
    Shifted read_operand(std::uint32_t reg, Reg to);
    // Before the home of `reg` is written: what still reads it is done. `reg` itself and `also` are
    // read by what writes it.
    Reg begin(std::uint32_t reg, std::uint32_t also = isa::register_count);
    void pend(std::uint32_t reg, Value const& value);
    void forget(std::uint32_t reg);
    void forget_all(std::uint32_t regs);  // As bits.
    void set(std::uint32_t reg, Value const& value);
    [[nodiscard]] bool is_pending(std::uint32_t reg) const { return (pending_ >> reg & 1) != 0; }
    void settle(std::uint32_t reg);
    void settle_all(Halves needed);
    void release(Reg reg, std::uint32_t others);
    void evaluate(Reg to, Value const& value);
    void load_constant(Reg to, std::uint32_t value);
    // A word of Run.
    void load_run(Reg to, std::uint32_t at);
    void store_run(Reg from, std::uint32_t at);
    void load_item(Reg to, Item item);
    void store_item(Reg from, Item item);
    Reg read_item(Item item, Reg to);
    // A constant, which may be there from the store before, if keep() was told so.
    void hold(Reg to, std::uint32_t constant);
    void keep() { held_.code_at = emit_.size(); }
    // The upper half now; `to`, if it is not in a register. Keeps the flags.
    Reg read_high(std::uint32_t reg, Reg to);
    Reg begin_high(std::uint32_t reg) const;
    void end_high(std::uint32_t reg, Reg written);
    // The home of the upper half holds 0; or what is not known, as whenever it is written.
    void note_zero(std::uint32_t reg) { zeros_ |= 1u << reg; }
    void forget_zero(std::uint32_t reg) { zeros_ &= ~(1u << reg); }
    // Writes an upper half that `fact` tells to its home.
    void write_known_high(std::uint32_t reg, Fact fact);
    // Puts an upper half that `fact` tells there: whether it does. Keeps the flags.
    bool load_known_high(Reg to, std::uint32_t reg, Fact fact);
    // Writes an upper half that is known to its home.
    void publish_high(std::uint32_t reg);
    // After the destination was written: its upper half, if it is known and needed.
    void settle_high(Fact fact);
    [[nodiscard]] Fact fact_of(std::uint32_t reg) const { return state_.fact(reg); }
    [[nodiscard]] Fact fact_after() const { return result_.fact(); }
    [[nodiscard]] bool wants_wide() const;
    // Whether nothing reads what the instruction writes.
    [[nodiscard]] bool is_dead() const { return !marks_.needs_low() && !marks_.needs_high(); }

    // compile_alu.cpp
    void emit_computation(isa::Shape shape);
    void emit_alu();
    void emit_narrow();
    void emit_move();
    void emit_negate();
    void emit_byte_order();
    void emit_divide();
    void add_constant(std::uint32_t reg, std::uint32_t constant);
    [[nodiscard]] bool add_pending();
    [[nodiscard]] bool rotate_pending();
    void shift_constant(ShiftKind kind, std::uint32_t amount);
    void and_constant(std::uint32_t mask);
    void multiply_constant(std::uint32_t factor);

    // compile_wide.cpp: where the upper half matters.
    void emit_wide();
    void emit_wide_pair();
    void emit_wide_multiply();
    [[nodiscard]] bool divide_in_steps();
    void divide_apart();
    void store_halves(std::uint32_t reg);
    void emit_wide_negate();
    void emit_wide_swap();
    void emit_wide_shift_constant(ShiftKind kind, std::uint32_t amount);
    void emit_wide_shift_variable(ShiftKind kind);

    // compile_jump.cpp
    void emit_jump();
    Cond emit_compare();
    Cond compare_with_zero(Reg reg, Cond cond);
    Cond emit_compare_wide();
    Reg low_of(bool is_left, Reg to);
    Reg high_of(bool is_left, Reg to);

    // compile_memory.cpp
    void need_context(std::uint32_t bytes, bool writable);
    Place check_access(Access const& access, bool is_last);
    Place place_constant(std::uint32_t address, std::uint32_t bytes);
    [[nodiscard]] bool is_inside(Access const& access) const;
    Place place_proved(std::uint32_t base);
    Reg check_relative(Access const& access, Relative relative, bool is_measured);
    Reg measure(Access const& access, Relative relative);
    [[nodiscard]] static Item window_base(Access const& access) {
        return access.is_load ? Item::ReadBase : Item::WriteBase;
    }
    [[nodiscard]] machine::Region const& fixed_region(Relative relative) const;
    Place place_of(Access const& access, Relative relative, Reg distance);
    [[nodiscard]] Place in_reach(Place const& place, std::uint32_t bytes);
    [[nodiscard]] Place without_index(Place const& place);
    [[nodiscard]] Relative relative_of(Access const& access);
    void load(Reg to, Place const& place, std::uint32_t bytes, bool is_signed);
    void store(Reg from, Place const& place, std::uint32_t bytes);
    void emit_load();
    void extend_sign(Reg to, Reg from, std::uint32_t bits);
    void emit_store();

    // compile_call.cpp
    void emit_call();
    void emit_helper(machine::Helper const& helper);
    void call_direct(machine::Helper const& helper);
    [[nodiscard]] bool is_proved(machine::Helper const& helper, std::uint32_t index,
                                 std::uint32_t size);
    [[nodiscard]] bool can_check(machine::Helper const& helper, std::uint32_t index,
                                 std::uint32_t size) const;
    void check_argument(machine::Helper const& helper, std::uint32_t index, std::uint32_t size);
    void leave_if(Cond cond);

    Emitter emit_;  // First, so that its address is no other one.
    isa::Slot slot_;
    Marks marks_;  // Of the instruction.
    Pc pc_{};
    Flow& flow_;
    machine::Instance const& instance_;
    Target const& target_;
    std::uint32_t pending_ = 0;  // Registers whose values are.
    std::uint32_t busy_ = 0;     // Those that are being settled.
    std::uint32_t zeros_ = 0;    // Those the homes of whose upper halves hold 0.
    std::uint32_t block_ = 0;
    bool const has_near_;
    bool leaves_ = false;   // Whether nothing falls out of the block,
    bool is_jump_ = false;  // and whether its last instruction jumps.
    bool turns_ = false;    // See is_turned().
    bool reads_window_ = false;
    bool writes_window_ = false;
    std::uint32_t gate_ = 0;
    State state_{flow_.data_origin()};  // Before the instruction;
    Known result_;                      // what it writes.
    Homes homes_;
    // Items that are used, as bits, before code is made: all functions save the same.
    std::uint32_t const used_ = homes_.used();
    Value values_[isa::register_count];
    std::uint16_t entry_ = 0;          // Where the first is, in halfwords.
    std::uint32_t leave_ = 0;          // See emit_leave(); 0 until there is such a place.
    std::uint32_t leave_zero_ = 0;     // From functions that return: r12 and r14 come from memory.
    std::uint32_t return_ = 0;         // From a function that may also be where a run started,
    std::uint32_t return_called_ = 0;  // and from others.
    bool is_entry_ = false;            // Whether the function is where a run may start,
    bool is_called_ = false;           // and whether it is called.
    std::uint32_t prologue_bytes_ = 0;
    std::uint32_t detour_count_ = 0;
    std::uint32_t slow_count_ = 0;
    struct Slow {
        std::uint32_t from;
        Cond cond;
    };
    Slow slow_[3 * config::max_helper_args];  // Branches to the long way of a helper.
    Detour detours_[max_detours];
    std::uint32_t near_count_ = 0;
    Near near_[max_near];
    // What r12 is where the last access left it: how far its base, which is in its home, is from
    // where it was compared with; if no code came behind it.
    struct Measured {
        std::uint32_t code_at = 0;
        std::uint8_t base = 0;
        Relative relative = Relative::Window;
    };
    Measured measured_;
    struct Held {
        std::uint32_t code_at = 0;
        std::uint32_t constant = 0;
        Reg reg = in_memory;
    };
    Held held_;
    // The register that was stored last, if no code came behind it.
    struct Stored {
        std::uint32_t code_at = 0;
        Item item{};
        Reg reg = in_memory;
    };
    Stored stored_;
    // The last load that extends no sign, if no code came behind it.
    struct Loaded {
        std::uint32_t start = 0;
        std::uint32_t end = 0;
        Place place{};
        Reg to = in_memory;
        std::uint8_t bits = 0;
    };
    Loaded loaded_;
    ContextNeeds context_needs_;
    // Item::ContextLast is the offset of the last so many bytes,
    std::uint32_t context_quick_;
    WindowBytes window_bytes_;  // and of windows.
    SiteWriter sites_;
};

[[nodiscard]] constexpr bool is_reg(isa::Slot const& slot) {
    return (slot.opcode() & isa::source_register) != 0;
}
[[nodiscard]] constexpr isa::Alu operation_of(isa::Slot const& slot) {
    return isa::Alu(slot.opcode() & 0xf0);
}
[[nodiscard]] constexpr bool is_64(isa::Slot const& slot) {
    return isa::class_of(slot.opcode()) == isa::Class::Alu64;
}
[[nodiscard]] constexpr Op op_of(isa::Alu operation) {
    switch (operation) {
        case isa::Alu::Sub: return Op::Sub;
        case isa::Alu::And: return Op::And;
        case isa::Alu::Or: return Op::Orr;
        case isa::Alu::Xor: return Op::Eor;
        default: return Op::Add;
    }
}

[[nodiscard]] constexpr bool is_shift(isa::Alu operation) {
    return operation == isa::Alu::Lsh || operation == isa::Alu::Rsh || operation == isa::Alu::Arsh;
}
[[nodiscard]] constexpr ShiftKind shift_of(isa::Alu operation) {
    return operation == isa::Alu::Lsh   ? ShiftKind::Lsl
           : operation == isa::Alu::Rsh ? ShiftKind::Lsr
                                        : ShiftKind::Asr;
}

}  // namespace mbpf::jit
