// SPDX-License-Identifier: MIT
#include "mbpf/interpreter/fusion.hpp"
#include "mbpf/interpreter/interpreter.hpp"

namespace mbpf::interpreter {

namespace {

[[nodiscard]] bool extends(isa::Slot slot) {
    constexpr std::uint8_t mov_reg = std::uint8_t(isa::Alu::Mov) | isa::source_register;
    return (slot.opcode() & 0xf8) == mov_reg && slot.offset() != 0;
}

// Whether `fusion` describes the instructions from `pc` on. All of it is inside the text, and no
// slot of it is the second of an LDDW, because those have opcode 0.
[[nodiscard]] bool applies(Fusion const& fusion, verifier::VerifiedProgram const& program, Pc pc) {
    isa::Text const text = program.text();
    std::uint32_t const slots = fusion.slots();
    isa::Slot const first = text[pc];
    if (first.opcode() != fusion.first || extends(first) || slots > text.slots() - pc.slot) {
        return false;
    }
    if (fusion.match == Match::Frame) {
        return !program.needs_check(pc);
    }
    if (slots == 1) {
        return true;
    }
    isa::Slot const second = text[Pc{pc.slot + 1}];
    if (second.opcode() != fusion.second || extends(second)) {
        return false;
    }
    bool const same = first.dst() == second.dst();
    switch (fusion.match) {
        case Match::SameDst: {
            bool const is_reg = (second.opcode() & isa::source_register) != 0;
            return same && !(is_reg && second.src() == second.dst());
        }
        case Match::ZeroExtend: {
            isa::Slot const last = text[Pc{pc.slot + slots - 1}];
            std::int32_t const shift = slots == 3 ? second.imm() : first.imm();
            return same && last.opcode() == detail::rsh64 && last.dst() == first.dst() &&
                   shift == 32 && last.imm() == 32;
        }
        case Match::Plain:
        case Match::Frame:
        case Match::Sequence:
        case Match::Latch: return true;
    }
    return false;
}

// Index of the first of `end` fusions that applies at `pc`, or `end`.
[[nodiscard]] std::size_t first_fusion(verifier::VerifiedProgram const& program, Pc pc,
                                       std::size_t end) {
    std::size_t index = 0;
    while (index < end && !applies(fusions[index], program, pc)) {
        ++index;
    }
    return index;
}

[[nodiscard]] std::size_t best_fusion(verifier::VerifiedProgram const& program, Pc pc) {
    std::size_t const index = first_fusion(program, pc, fusions.size());
    bool const is_sequence = index < fusions.size() && fusions[index].match == Match::Sequence;
    if (is_sequence && first_fusion(program, Pc{pc.slot + 1}, first_sequence) < first_sequence) {
        return fusions.size();
    }
    return index;
}

}  // namespace

void accelerate(verifier::VerifiedProgram const& program, WritableBytes text) {
    std::uint32_t pc = 0;
    while (pc < program.text().slots()) {
        std::size_t const index = best_fusion(program, Pc{pc});
        if (index == fusions.size()) {
            ++pc;
            continue;
        }
        text[std::size_t(pc) * slot_bytes] = std::byte(fusion_codes[index]);
        pc += fusions[index].slots();
    }
}

void restore(WritableBytes text) {
    for (std::size_t at = 0; at < text.size(); at += slot_bytes) {
        std::size_t const index = fusion_of(std::uint8_t(text[at]));
        if (index < fusions.size()) {
            text[at] = std::byte(fusions[index].first);
        }
    }
}

}  // namespace mbpf::interpreter
