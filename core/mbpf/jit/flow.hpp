// SPDX-License-Identifier: MIT
// Where a program jumps, what is known of its registers at each block, and which halves of them are
// still needed. One pass finds the blocks; facts flow forward and needs backward until nothing
// changes. Both give up after a bounded number of passes: then nothing is known and all is needed,
// which is always right. Time is linear in the length of the program.
#pragma once

#include <cstdint>
#include <span>

#include "mbpf/jit/facts.hpp"
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
    // Of registers below `end`.
    [[nodiscard]] static constexpr Halves below(std::uint32_t end) {
        std::uint32_t const low = (1u << end) - 1;
        return Halves{low | low << 16};
    }
    [[nodiscard]] static constexpr Halves all() { return below(isa::frame_pointer); }

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
    static constexpr std::uint32_t all_low = (1u << isa::frame_pointer) - 1;

    explicit constexpr Halves(std::uint32_t bits) : bits_{bits} {}

    std::uint32_t bits_ = 0;
};

// A stretch that is entered only at its start and left only at its end.
struct Block {
    Facts facts;            // At its start.
    Halves needed;          // At its start.
    std::uint16_t slot;     // Its first.
    std::uint16_t code_at;  // For whoever compiles it.
};

class Flow {
public:
    // `scratch` is 8-aligned and has scratch_bytes().
    Flow(verifier::VerifiedProgram const& program, machine::HelperTable helpers,
         WritableBytes scratch);

    [[nodiscard]] static constexpr std::size_t scratch_bytes(std::uint32_t slots) {
        return align_up(slots, 8) + sizeof(Block) * max_blocks(slots);
    }

    // Fault::TooManyFunctions if the blocks find no room: the program is then one for the
    // interpreter.
    [[nodiscard]] Result<void> analyze();

    [[nodiscard]] std::span<Block> blocks() const { return blocks_.first(count_); }
    [[nodiscard]] std::uint32_t block_at(Pc pc) const;  // Index of the block that starts at pc.
    [[nodiscard]] bool is_leader(Pc pc) const { return (marks_[pc.slot] & leader_mark) != 0; }
    // Whether a jump from further on comes here: where a budget must be looked at.
    [[nodiscard]] bool is_loop_head(Pc pc) const { return (marks_[pc.slot] & head_mark) != 0; }
    [[nodiscard]] bool is_function(Pc pc) const { return (marks_[pc.slot] & function_mark) != 0; }
    // What is needed behind block `index`, before its last instruction jumps.
    [[nodiscard]] Halves needed_behind(std::uint32_t index) const;
    // What is needed of what the instruction at `pc` writes, or reads behind itself.
    [[nodiscard]] bool needs_low(Pc pc) const { return (marks_[pc.slot] & low_mark) != 0; }
    [[nodiscard]] bool needs_high(Pc pc) const { return (marks_[pc.slot] & high_mark) != 0; }
    // Whether something of r1 to r5 is needed behind the call of a helper at `pc`.
    [[nodiscard]] bool needs_arguments(Pc pc) const {
        return (marks_[pc.slot] & arguments_mark) != 0;
    }

    [[nodiscard]] isa::Text text() const { return program_.text(); }
    [[nodiscard]] machine::Helper const* helper_of(isa::Slot slot) const {
        bool const is_call = slot.opcode() == std::uint8_t(isa::Opcode::Call) && slot.src() == 0;
        return is_call ? helpers_.find(HelperId{slot.high}) : nullptr;
    }
    // Slots of the instruction at `pc`.
    [[nodiscard]] std::uint32_t width_at(Pc pc) const {
        return isa::is_wide(isa::shape_of(text()[pc].opcode())) ? 2 : 1;
    }
    // First slot behind block `index`.
    [[nodiscard]] std::uint32_t end_of(std::uint32_t index) const {
        return index + 1 < count_ ? blocks_[index + 1].slot : text().slots();
    }
    // Where the jump or local call at `pc` goes.
    [[nodiscard]] Pc target_of(Pc pc) const;

private:
    static constexpr std::uint8_t leader_mark = 1;
    static constexpr std::uint8_t head_mark = 2;
    static constexpr std::uint8_t function_mark = 4;
    static constexpr std::uint8_t low_mark = 8;
    static constexpr std::uint8_t high_mark = 16;
    static constexpr std::uint8_t arguments_mark = 64;  // Of a call of a helper.
    // What the facts say before an instruction, for the way back.
    static constexpr std::uint8_t result_known_mark = 32;  // A comparison: 32 bits decide it.
    static constexpr std::uint8_t dst_known_mark = 64;
    static constexpr std::uint8_t src_known_mark = 128;
    static constexpr std::uint32_t max_passes = 8;

    // One block in four slots: what compilers make has fewer.
    [[nodiscard]] static constexpr std::size_t max_blocks(std::uint32_t slots) {
        return slots / 4 + 32;
    }

    void mark(Pc pc, std::uint8_t mark) { marks_[pc.slot] = std::uint8_t(marks_[pc.slot] | mark); }
    void find_leaders();
    [[nodiscard]] bool make_blocks();
    void flow_forward();
    [[nodiscard]] bool flow_forward_once();
    void flow_backward();
    [[nodiscard]] bool flow_backward_once();
    [[nodiscard]] Halves needed_before(std::uint32_t index);
    void apply_at(Facts& facts, Pc pc) const;
    void mark_known();
    [[nodiscard]] Halves uses_of(Pc pc, Halves needed_behind) const;
    [[nodiscard]] Halves defines_of(Pc pc) const;
    [[nodiscard]] Halves high_unless(Pc pc, std::uint8_t known, std::uint32_t reg) const {
        return (marks_[pc.slot] & known) != 0 ? Halves{} : Halves::high(reg);
    }
    bool merge(Pc target, Facts facts);

    verifier::VerifiedProgram const& program_;
    machine::HelperTable helpers_;
    std::uint8_t* marks_;
    std::span<Block> blocks_;
    std::uint32_t count_ = 0;
    Halves needed_at_return_;  // Of what functions leave in r0 to r5.
};

}  // namespace mbpf::jit
