// SPDX-License-Identifier: MIT
#include "mbpf/verifier/verify.hpp"

namespace mbpf::verifier {

namespace {

using isa::Shape;
using isa::Slot;

// Bit per slot: some path leads to the instruction that starts there.
class Reached {
public:
    explicit Reached(WritableBytes bits) : bits_{bits} {
        __builtin_memset(bits.data(), 0, bits.size());
    }
    [[nodiscard]] bool contains(std::uint32_t slot) const {
        return (unsigned(bits_[slot / 8]) >> (slot % 8) & 1) != 0;
    }
    // Whether the bit is new.
    bool add(std::uint32_t slot) {
        bool const is_new = !contains(slot);
        bits_[slot / 8] |= std::byte(1u << (slot % 8));
        return is_new;
    }

private:
    WritableBytes bits_;
};

// Adds what the instruction at `pc` leads to; true if a slot before `pc` is new.
bool follow(Reached& reached, std::uint32_t pc, Slot slot) {
    Shape const shape = isa::shape_of(slot.opcode());
    std::uint32_t const next = pc + (isa::is_wide(shape) ? 2 : 1);
    bool const local_call = shape == Shape::Call && slot.src() == 1;
    bool const far = shape == Shape::JumpLong || local_call;
    bool const jumps =
        far || shape == Shape::JumpAlways || shape == Shape::JumpImm || shape == Shape::JumpReg;
    bool const leaves =
        shape == Shape::JumpAlways || shape == Shape::JumpLong || shape == Shape::Exit;
    if (!leaves) {
        reached.add(next);
    }
    if (!jumps) {
        return false;
    }
    std::uint32_t const distance = far ? slot.high : std::uint32_t(std::int32_t(slot.offset()));
    std::uint32_t const target = pc + 1 + distance;
    return reached.add(target) && target < pc;
}

}  // namespace

Result<void> refuse_dead_code(VerifiedProgram const& verified, WritableBytes scratch) {
    program::Program const& program = verified.program();
    isa::Text const text = program.text;
    std::size_t const needed = scratch_bytes(text.slots());
    if (scratch.size() < needed) {
        return Error{Fault::MemoryTooSmall, 0, std::uint32_t(scratch.size()),
                     std::uint32_t(needed)};
    }
    Reached reached{scratch.first(needed)};
    for (std::uint32_t i = 0; i < program.entries.size(); ++i) {
        reached.add(program.entries.at(i).pc.slot);
    }
    // A forward pass follows forward edges at once; each further pass is owed to a backward edge
    // into code not seen before. Code that needs more passes than this is let be.
    constexpr int max_passes = 16;
    bool again = true;
    for (int pass = 0; pass < max_passes && again; ++pass) {
        again = false;
        for (std::uint32_t pc = 0; pc < text.slots(); ++pc) {
            if (reached.contains(pc)) {
                again |= follow(reached, pc, text[Pc{pc}]);
            }
        }
    }
    for (std::uint32_t pc = 0; pc < text.slots() && !again; ++pc) {
        if (!reached.contains(pc) && text[Pc{pc}].opcode() != 0) {
            return Error{Fault::Unreachable, pc};
        }
    }
    return {};
}

}  // namespace mbpf::verifier
