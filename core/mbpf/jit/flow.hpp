// SPDX-License-Identifier: MIT
// Where a program jumps, what is known of its registers at each block, and which halves of them are
// still needed. One pass finds the blocks; facts flow forward and needs backward until nothing
// changes. Both give up where that takes long: then nothing is known and all is needed, which is
// always right. Time is linear in the length of the program.
#pragma once

#include <cstdint>
#include <span>

#include "mbpf/jit/known.hpp"
#include "mbpf/jit/roles.hpp"
#include "mbpf/jit/target.hpp"
#include "mbpf/verifier/verifier.hpp"

namespace mbpf::jit {

// Halves of r0 to r9 (r10 needs none): bit r is the low half of register r, bit 16 + r the upper.
class Halves {
public:
    constexpr Halves() = default;
    [[nodiscard]] static constexpr Halves low(std::uint32_t reg) {
        return Halves{1u << reg & all_low};
    }
    [[nodiscard]] static constexpr Halves high(std::uint32_t reg) {
        return Halves{(1u << reg & all_low) << 16};
    }
    [[nodiscard]] static constexpr Halves both(std::uint32_t reg) { return low(reg) | high(reg); }
    // Those of a register as bits 0 and 16, from where they are here; and from there.
    [[nodiscard]] constexpr std::uint32_t of(std::uint32_t reg) const {
        return bits_ >> reg & pair;
    }
    [[nodiscard]] static constexpr Halves at(std::uint32_t reg, std::uint32_t bits) {
        return Halves{(bits & pair) << reg} & all();
    }
    // Low halves of `low`, and upper ones of `high`.
    [[nodiscard]] static constexpr Halves mixed(Halves low, Halves high) {
        return Halves{high.bits_ ^ ((high.bits_ ^ low.bits_) & 0xffff)};
    }
    // Of registers below `end`.
    [[nodiscard]] static constexpr Halves below(std::uint32_t end) {
        std::uint32_t const low = (1u << end) - 1;
        return Halves{low | low << 16};
    }
    [[nodiscard]] static constexpr Halves all() { return below(isa::frame_pointer); }

    // Bit r is that of register r.
    [[nodiscard]] constexpr std::uint32_t lows() const { return bits_ & 0xffff; }
    [[nodiscard]] constexpr bool has_low(std::uint32_t reg) const {
        return (bits_ >> reg & 1) != 0;
    }
    [[nodiscard]] constexpr bool has_high(std::uint32_t reg) const {
        return (bits_ >> (16 + reg) & 1) != 0;
    }
    [[nodiscard]] constexpr Halves operator|(Halves other) const {
        return Halves{bits_ | other.bits_};
    }
    [[nodiscard]] constexpr Halves operator&(Halves other) const {
        return Halves{bits_ & other.bits_};
    }
    [[nodiscard]] constexpr Halves without(Halves other) const {
        return Halves{bits_ & ~other.bits_};
    }
    friend constexpr bool operator==(Halves, Halves) = default;

private:
    static constexpr std::uint32_t pair = 0x1'0001;
    static constexpr std::uint32_t all_low = (1u << isa::frame_pointer) - 1;

    explicit constexpr Halves(std::uint32_t bits) : bits_{bits} {}

    std::uint32_t bits_ = 0;
};

// A stretch that is entered only at its start and left only at its end.
struct Block {
    Facts facts;                // At its start.
    std::uint16_t slot;         // Its first.
    std::uint16_t target;       // Index of the block that its last instruction jumps to, or calls.
    std::uint16_t code_at = 0;  // For whoever compiles it; until then, the last that jumps here.
    bool jumps : 1;
    bool calls : 1;
    bool falls : 1;     // Whether the next block may come next.
    bool is_dirty : 1;  // Its facts have changed; on the way back: it was not looked at yet.
    bool is_called : 1;
    Halves needed;  // At its start,
    Halves behind;  // and at its end.
};

[[nodiscard]] constexpr bool is_helper_call(isa::Slot const& slot) {
    return slot.opcode() == std::uint8_t(isa::Opcode::Call) && slot.src() == 0;
}

[[nodiscard]] constexpr bool is(isa::Slot const& slot, isa::Opcode opcode) {
    return slot.opcode() == std::uint8_t(opcode);
}
[[nodiscard]] constexpr bool is_local_call(isa::Slot const& slot) {
    return is(slot, isa::Opcode::Call) && slot.src() == 1;
}
// Whether the helper is called with the low half of its argument number `index`.
[[nodiscard]] inline bool takes_word(machine::Helper const& helper, std::uint32_t index) {
    return helper.args[index].kind() == machine::ArgKind::Unused ||
           (helper.direct != nullptr && !helper.args[index].is_pointer());
}

// What is known of an instruction.
class Marks {
public:
    constexpr Marks() = default;

    // In how many loops it is, of which three at most count; and what one use by it weighs.
    [[nodiscard]] constexpr bool is_in_loop() const { return bits_ >> depth_at != 0; }
    [[nodiscard]] constexpr std::uint32_t weight() const { return 1u << (3 * (bits_ >> depth_at)); }
    // What is needed of what it writes, or reads behind itself.
    [[nodiscard]] constexpr bool needs_low() const { return has(low); }
    [[nodiscard]] constexpr bool needs_high() const { return has(high); }
    // Whether nothing reads the register behind it.
    [[nodiscard]] constexpr bool is_last_of_dst() const { return !has(dst_kept); }
    [[nodiscard]] constexpr bool is_last_of_src() const { return !has(src_kept); }
    // Whether it reads or writes an upper half.
    [[nodiscard]] constexpr bool uses_high_of_dst() const { return has(dst_high); }
    [[nodiscard]] constexpr bool uses_high_of_src() const { return has(src_high); }
    // Whether an upper half is known before it; the base of an access: whether it need not be.
    [[nodiscard]] constexpr bool knows_dst() const { return has(dst_known); }
    // Of a comparison: whether 32 bits decide it. Else: whether the upper half of dst is known.
    [[nodiscard]] constexpr bool knows_result() const { return has(result_known); }
    // Of a load: whether what it loads is taken for an address, and looked at.
    [[nodiscard]] constexpr bool is_guarded() const { return has(guard); }
    // Of the call of a helper: whether something of r1 to r5 is needed behind it.
    [[nodiscard]] constexpr bool needs_arguments() const { return has(arguments); }

private:
    friend class Flow;
    // Of what is needed behind an instruction: bits of low halves, each followed by that of the
    // upper half.
    static constexpr std::uint32_t low = 1;
    static constexpr std::uint32_t high = 2;
    static constexpr std::uint32_t dst_kept = 4;
    static constexpr std::uint32_t dst_high = 8;
    static constexpr std::uint32_t src_kept = 0x10;
    static constexpr std::uint32_t src_high = 0x20;
    static constexpr std::uint32_t needed = 0x3f;
    static constexpr std::uint32_t arguments = 0x40;
    static constexpr std::uint32_t guard = 0x40;
    static constexpr std::uint32_t result_known = 0x80;
    static constexpr std::uint32_t dst_known = 0x100;  // Times Roles::src_part:
    static constexpr std::uint32_t src_known = 0x200;
    // Where a block starts, until they are linked: the low bits of its index.
    static constexpr std::uint32_t index = 0x3ff;
    static constexpr std::uint32_t leader = 0x400;
    static constexpr std::uint32_t target = 0x800;
    static constexpr std::uint32_t head = 0x1000;
    static constexpr std::uint32_t function = 0x2000;
    static constexpr std::uint32_t depth_at = 14;

    explicit constexpr Marks(std::uint32_t bits) : bits_{bits} {}
    [[nodiscard]] constexpr bool has(std::uint32_t bits) const { return (bits_ & bits) != 0; }

    std::uint32_t bits_ = 0;
};

inline constexpr std::uint16_t no_only_exit = 0xffff;

// An access further from its base is not taken to be one of the context.
inline constexpr std::int32_t most_context_offset = 256;

class Flow {
public:
    // `scratch` is 8-aligned; it has room for no block, at least.
    Flow(verifier::VerifiedProgram const& program, machine::HelperTable helpers,
         WritableBytes scratch);

    [[nodiscard]] static constexpr std::size_t scratch_bytes(std::uint32_t slots,
                                                             std::uint32_t blocks) {
        return align_up(slots * sizeof(std::uint16_t), 8) + sizeof(Block) * blocks;
    }

    // Fault::MemoryTooSmall, with the bytes that would do, if scratch has no room for the blocks.
    [[nodiscard]] Result<void> analyze();

    [[nodiscard]] std::span<Block> blocks() const { return blocks_.first(count_); }
    [[nodiscard]] std::uint32_t block_at(Pc pc) const;  // Index of the block that starts at pc.
    [[nodiscard]] bool is_leader(Pc pc) const { return has(pc, Marks::leader); }
    // Whether a jump from further on comes here: where a budget must be looked at.
    [[nodiscard]] bool is_loop_head(Pc pc) const { return has(pc, Marks::head); }
    [[nodiscard]] bool is_function(Pc pc) const { return has(pc, Marks::function); }
    // Whether a block is entered in another way than from the one before: what is there is not what
    // was before.
    [[nodiscard]] bool is_joined(Block const& block) const {
        return has(Pc{block.slot}, Marks::target | Marks::function);
    }
    // Whether a run may start there.
    [[nodiscard]] bool is_entry(Pc pc) const;
    [[nodiscard]] bool has_local_calls() const { return has_local_calls_; }
    // Of r6 to r9, those that functions write which are called: as bits.
    [[nodiscard]] std::uint32_t saved() const { return saved_; }
    // What LDDW of data points into: see program::Program::data_is_rodata().
    [[nodiscard]] Origin data_origin() const { return data_origin_; }
    // Whether a program may return more than 32 bits.
    [[nodiscard]] bool returns_high() const { return returns_high_; }
    // What is needed behind block `index`, before its last instruction jumps.
    [[nodiscard]] Halves needed_behind(std::uint32_t index) const { return blocks_[index].behind; }
    // What callers need of r0 to r5 where a function ends.
    [[nodiscard]] Halves needed_at_return() const { return needed_at_return_; }
    [[nodiscard]] Marks marks_at(Pc pc) const { return Marks{marks_[pc.slot]}; }
    [[nodiscard]] bool has_guards() const { return has_guards_; }
    // How often memory of that origin is checked or constant, weighted by loops; of None, loaded.
    [[nodiscard]] std::uint32_t weight_of(Origin origin) const {
        return weights_[std::uint32_t(origin)];
    }
    [[nodiscard]] std::uint32_t weight_of_stores() const { return weights_[stores_at]; }
    // Where most accesses of the context end, from their base on, weighted so; 1 at least.
    [[nodiscard]] std::uint32_t usual_context_end() const { return usual_end_.most; }
    // How many bytes most accesses have that point nowhere known.
    [[nodiscard]] std::uint32_t usual_load() const {
        return has_guards_ ? most_load_ : usual_load_.most;
    }
    [[nodiscard]] std::uint32_t usual_store() const {
        return has_guards_ ? most_store_ : usual_store_.most;
    }
    // The slot of the only end of the program; no_only_exit if there are several.
    [[nodiscard]] std::uint16_t only_exit() const { return only_exit_; }
    // Whether a helper is called without going through a service.
    [[nodiscard]] bool has_direct_calls() const { return has_direct_calls_; }
    [[nodiscard]] std::uint32_t slots() const { return slots_; }
    [[nodiscard]] isa::Slot raw_at(Pc pc) const {
        return isa::load_slot(text_ + std::size_t(pc.slot) * slot_bytes);
    }
    // The instruction at `pc`, or one that does the same: shifts by 32 to the left and back are a
    // move of the lower half, and nothing.
    [[nodiscard, gnu::always_inline]] isa::Slot at(Pc pc) const {
        isa::Slot slot = raw_at(pc);
        if (is_shift(slot)) {
            simplify(slot, pc);
        }
        return slot;
    }
    [[nodiscard]] machine::Helper const* helper_of(isa::Slot const& slot) const {
        return is_helper_call(slot) ? helpers_.find(HelperId{slot.high}) : nullptr;
    }
    // What the instruction `slot`, which is at `pc`, writes to its destination. A pointer that
    // comes back from the stack points where the one did that was put there before: a guess, as all
    // origins are.
    [[nodiscard]] Known result_at(State const& state, Pc pc, isa::Slot const& slot) const {
        if (slot.opcode() == std::uint8_t(isa::Opcode::LoadDouble)) {
            return double_at(pc, slot);
        }
        return result_of(state, slot, width_of(slot) == 2 ? raw_at(Pc{pc.slot + 1}).high : 0);
    }
    void apply(State& state, isa::Slot const& slot, Known const& result) const {
        if (Roles{slot}.computes()) {
            return state.set(slot.dst(), result);
        }
        update(state, slot, result, helpers_);
    }
    [[nodiscard]] static std::uint32_t width_of(isa::Slot const& slot) {
        return isa::class_of(slot.opcode()) == isa::Class::Ld ? 2 : 1;
    }
    // How many instructions there are from `pc` up to that slot: the second slot of an LDDW starts
    // with 0, and no instruction does.
    [[nodiscard]] std::uint32_t count_up_to(std::uint32_t end, Pc pc) const;
    // First slot behind block `index`.
    [[nodiscard, gnu::always_inline]] std::uint32_t end_of(std::uint32_t index) const {
        return index + 1 < count_ ? blocks_[index + 1].slot : slots_;
    }
    // How often an instruction was looked at.
    [[nodiscard]] std::uint32_t visits() const { return visits_.count(); }

private:
    static constexpr std::uint32_t usual_work_forward = 4;  // For each slot.
    static constexpr std::uint32_t usual_work_backward = 3;
    static constexpr std::uint32_t most_work = 8;
    static constexpr std::uint16_t no_exit = no_only_exit - 1;

    [[nodiscard, gnu::always_inline]] bool has(Pc pc, std::uint32_t mark) const {
        return (marks_[pc.slot] & mark) != 0;
    }
    [[nodiscard]] static bool is_shift(isa::Slot const& slot) {
        constexpr std::uint8_t which = std::uint8_t(isa::Alu::Lsh) ^ std::uint8_t(isa::Alu::Rsh);
        return (slot.opcode() | which) == std::uint8_t(isa::Opcode::Rsh64Imm) && slot.imm() == 32;
    }
    [[nodiscard]] bool clears_upper_half(Pc pc) const;
    void simplify(isa::Slot& slot, Pc pc) const;
    void mark(Pc pc, std::uint32_t mark) {
        marks_[pc.slot] = std::uint16_t(marks_[pc.slot] | mark);
    }
    void mark_leader(Pc pc, std::uint32_t marks);
    void find_leaders();
    void note_jump(Pc pc, isa::Slot const& slot);
    void note_loop(Pc first, Pc last);
    void make_blocks();
    void flow_forward();
    [[nodiscard]] bool find_facts(State& state);
    void flow_backward();
    [[nodiscard]] bool find_needs();
    [[nodiscard]] bool is_asked(Block const& block) const;
    [[nodiscard]] Halves needed_before(std::uint32_t index, Halves needed);
    [[gnu::always_inline]] void note_known(State& state, Pc pc, isa::Slot const& slot);
    void start_facts();
    [[nodiscard]] Known double_at(Pc pc, isa::Slot const& slot) const;
    void note_access(Pc pc, isa::Slot const& slot, Fact base);
    void note_spill(Pc pc, isa::Slot const& slot, Origin origin);
    void note_guard(Pc pc, isa::Slot const& slot, std::uint32_t base, Fact fact);
    struct Effect {
        Halves uses;
        Halves defines;
    };
    [[nodiscard]] Effect effect_of(Block const& block, Pc pc, isa::Slot const& slot, Halves needed);
    void link_blocks();
    void find_saved();
    [[nodiscard]] Halves behind_of(Block const& block, std::uint32_t index) const;
    bool merge(std::uint32_t index, Facts const& facts);
    // Programs with all their loops usually take less. From then on, what changes at a block does
    // so for the last time: nothing is known there, or all is needed.
    [[nodiscard]] bool is_late(std::uint32_t usual_work) const {
        return work_ > usual_work * slots_;
    }
    [[nodiscard]] bool may_go_on() const { return work_ <= most_work * slots_; }

    std::byte const* text_;
    std::uint32_t slots_;
    program::Entries entries_;
    machine::HelperTable helpers_;
    Origin const data_origin_;
    std::uint16_t* marks_;
    std::span<Block> blocks_;
    std::uint32_t count_ = 0;
    std::uint32_t leaders_ = 0;
    std::uint32_t work_ = 0;  // Slots that an analysis has looked at, and blocks that it passed.
    [[no_unique_address]] Visits visits_;
    // Of the words next to r10, where a pointer was put first, and which. Only what is new is put
    // there, so that whoever looks again sees the same.
    struct Spill {
        std::uint16_t slot = 0;
        Origin origin = Origin::None;
    };
    static constexpr std::uint32_t spill_count = 8;
    Spill spills_[spill_count];
    std::uint32_t seen_ = 0;  // Slots up to here have been looked at, if any of them was reached.
    bool is_new_ = false;     // Whether those of this block have not.
    // Until they are chosen, all that is loaded counts as guarded, but nobody relies on it.
    bool found_guards_ = false;
    bool has_guards_ = false;
    // Slots behind those that loaded what is guarded; 0 if none did.
    std::uint16_t loaded_behind_[isa::register_count]{};
    std::uint32_t most_load_ = 1;  // Bytes of accesses that point nowhere known.
    std::uint32_t most_store_ = 1;
    std::uint32_t loop_work_ = 0;                  // Slots looked at to count loops.
    static constexpr std::uint32_t stores_at = 4;  // Of those that point nowhere known.
    std::uint32_t weights_[5]{};
    // By majority (Boyer and Moore), and by how many.
    struct Vote {
        std::uint32_t most = 1;
        std::uint32_t votes = 0;
        void add(std::uint32_t value, std::uint32_t count);
    };
    Vote usual_end_;
    Vote usual_load_;
    Vote usual_store_;
    std::uint16_t only_exit_ = no_exit;
    bool has_local_calls_ = false;
    bool has_direct_calls_ = false;
    std::uint32_t saved_ = 0;
    bool returns_high_ = false;
    Halves needed_at_return_;  // Of what functions leave in r0 to r5.
};

}  // namespace mbpf::jit
