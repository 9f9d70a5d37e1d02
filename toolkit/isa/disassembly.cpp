// SPDX-License-Identifier: MIT
// One function per shape; isa::opcodes supplies the symbols.
#include "toolkit/isa/disassembly.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <set>

#include "toolkit/explain/helper_names.hpp"

namespace mbpf::toolkit::disassembly {

namespace {

using isa::Shape;
using isa::Slot;

constexpr std::array row_of_opcode = [] {
    std::array<isa::Row, 256> rows{};
    for (isa::Row const& row : isa::opcodes) {
        rows[row.opcode] = row;
    }
    return rows;
}();

bool is_narrow(Slot slot) {
    isa::Class const kind = isa::class_of(slot.opcode());
    return kind == isa::Class::Alu || kind == isa::Class::Jmp32;
}

std::string reg(Slot slot, std::uint8_t number) {
    return fmt::format("{}{}", is_narrow(slot) ? 'w' : 'r', number);
}

// "r1 + 4", as a load or store addresses memory.
std::string address(std::uint8_t base, Slot slot) {
    std::int32_t const offset = slot.offset();
    return fmt::format("r{} {} {}", base, offset < 0 ? '-' : '+', offset < 0 ? -offset : offset);
}

std::string place(isa::Row const& row, std::uint8_t base, Slot slot) {
    return fmt::format("*({} *)({})", row.symbol, address(base, slot));
}

std::string divide(isa::Row const& row, Slot slot, std::string const& operand) {
    return fmt::format("{} {}{} {}", reg(slot, slot.dst()), slot.offset() != 0 ? "s" : "",
                       row.symbol, operand);
}

std::string move(Slot slot) {
    std::string const cast = slot.offset() != 0 ? fmt::format("(s{})", slot.offset()) : "";
    return fmt::format("{} = {}{}", reg(slot, slot.dst()), cast, reg(slot, slot.src()));
}

std::string jump(std::int64_t distance, std::string const& label) {
    return fmt::format("{:+}{}", distance, label.empty() ? "" : fmt::format(" <{}>", label));
}

std::string conditional(isa::Row const& row, Slot slot, std::string const& operand,
                        std::string const& label) {
    return fmt::format("if {} {} {} goto {}", reg(slot, slot.dst()), row.symbol, operand,
                       jump(slot.offset(), label));
}

std::string_view fetch_name(std::int32_t operation) {
    switch (isa::Atomic(operation & ~std::int32_t(isa::Atomic::Fetch))) {
        case isa::Atomic::Add: return "add";
        case isa::Atomic::Or: return "or";
        case isa::Atomic::And: return "and";
        case isa::Atomic::Xor: return "xor";
        default: return "";
    }
}

std::string_view lock_symbol(std::int32_t operation) {
    switch (isa::Atomic(operation)) {
        case isa::Atomic::Add: return "+=";
        case isa::Atomic::Or: return "|=";
        case isa::Atomic::And: return "&=";
        case isa::Atomic::Xor: return "^=";
        default: return "?=";
    }
}

std::string atomic(isa::Row const& row, Slot slot) {
    bool const is_word = isa::access_bytes(slot.opcode()) == 4;
    char const letter = is_word ? 'w' : 'r';
    std::string const suffix = is_word ? "32_32" : "_64";
    std::string const where = address(slot.dst(), slot);
    unsigned const src = slot.src();
    if (slot.imm() == std::int32_t(isa::Atomic::Exchange)) {
        return fmt::format("{0}{1} = xchg{2}({3}, {0}{1})", letter, src, suffix, where);
    }
    if (slot.imm() == std::int32_t(isa::Atomic::CompareExchange)) {
        return fmt::format("{0}0 = cmpxchg{1}({2}, {0}0, {0}{3})", letter, suffix, where, src);
    }
    if (isa::is_atomic_operation(slot.imm()) && isa::atomic_writes_source(slot.imm())) {
        return fmt::format("{0}{1} = atomic_fetch_{2}(({3} *)({4}), {0}{1})", letter, src,
                           fetch_name(slot.imm()), row.symbol, where);
    }
    return fmt::format("lock {} {} {}{}", place(row, slot.dst(), slot), lock_symbol(slot.imm()),
                       letter, src);
}

std::string call(Slot slot, std::string const& label) {
    if (slot.src() == 0) {
        return fmt::format("call {}", explain::helper_text(HelperId{slot.high}));
    }
    return fmt::format("call {}", jump(slot.imm(), label));
}

std::string not_an_instruction(Slot slot, std::string_view why) {
    return fmt::format(".slot 0x{:08x}{:08x}  ; {}", slot.high, slot.low, why);
}

std::string wide(isa::Row const& row, isa::Text text, Pc pc) {
    Slot const slot = text[pc];
    if (slots_of(text, pc) == 1) {
        return not_an_instruction(slot, "lddw without its second slot");
    }
    std::uint64_t const value = slot.high | std::uint64_t(text[Pc{pc.slot + 1}].high) << 32;
    if (isa::shape_of(slot.opcode()) == Shape::WideSection) {
        return fmt::format("r{} = {} {} {} ll", slot.dst(), row.symbol,
                           std::int64_t(value) < 0 ? '-' : '+',
                           std::int64_t(value) < 0 ? 0 - value : value);
    }
    if (slot.src() == isa::map_by_index) {
        return fmt::format("r{} = map {} ll", slot.dst(), value);
    }
    return fmt::format("r{} = {} ll", slot.dst(), std::int64_t(value));
}

std::string legacy_packet(isa::Row const& row, Slot slot) {
    bool const is_indirect = (slot.opcode() & 0xe0) == std::uint8_t(isa::Mode::Ind);
    return is_indirect ? fmt::format("r0 = *({} *)skb[r{}]", row.symbol, slot.src())
                       : fmt::format("r0 = *({} *)skb[{}]", row.symbol, slot.imm());
}

}  // namespace

std::uint32_t slots_of(isa::Text text, Pc pc) {
    bool const is_whole = pc.slot + 1 < text.slots() && text[Pc{pc.slot + 1}].opcode() == 0;
    return isa::is_wide(isa::shape_of(text[pc].opcode())) && is_whole ? 2 : 1;
}

std::optional<Pc> target_of(isa::Text text, Pc pc) {
    Slot const slot = text[pc];
    std::int64_t target = std::int64_t(pc.slot) + 1;
    switch (isa::shape_of(slot.opcode())) {
        case Shape::JumpAlways:
        case Shape::JumpImm:
        case Shape::JumpReg: target += slot.offset(); break;
        case Shape::JumpLong: target += slot.imm(); break;
        case Shape::Call:
            if (slot.src() != 1) {
                return {};
            }
            target += slot.imm();
            break;
        default: return {};
    }
    if (target < 0 || target >= text.slots()) {
        return {};
    }
    return Pc{std::uint32_t(target)};
}

std::vector<std::string> make_labels(isa::Text text,
                                     std::vector<source::Function> const& functions) {
    std::vector<std::string> labels(text.slots());
    for (source::Function const& function : functions) {
        if (function.slot < labels.size()) {
            labels[function.slot] = function.name;
        }
    }
    std::set<std::uint32_t> targets;
    for (Pc pc{}; pc.slot < text.slots(); pc.slot += slots_of(text, pc)) {
        if (std::optional<Pc> const target = target_of(text, pc)) {
            targets.insert(target->slot);
        }
    }
    unsigned next = 0;
    for (std::uint32_t const target : targets) {
        if (labels[target].empty()) {
            labels[target] = fmt::format("L{}", ++next);
        }
    }
    return labels;
}

std::string instruction_text(isa::Text text, Pc pc) { return instruction_text(text, pc, {}); }

std::string instruction_text(isa::Text text, Pc pc, std::vector<std::string> const& labels) {
    Slot const slot = text[pc];
    isa::Row const& row = row_of_opcode[slot.opcode()];
    std::optional<Pc> const target = target_of(text, pc);
    std::string const label = target && target->slot < labels.size() ? labels[target->slot] : "";
    std::string const dst = reg(slot, slot.dst());
    std::string const src = reg(slot, slot.src());
    std::string const imm = std::to_string(slot.imm());
    switch (isa::shape_of(slot.opcode())) {
        case Shape::Invalid: return not_an_instruction(slot, "unknown opcode");
        case Shape::AluImm: return fmt::format("{} {} {}", dst, row.symbol, imm);
        case Shape::AluReg: return fmt::format("{} {} {}", dst, row.symbol, src);
        case Shape::DivideImm: return divide(row, slot, imm);
        case Shape::DivideReg: return divide(row, slot, src);
        case Shape::MoveReg: return move(slot);
        case Shape::Negate: return fmt::format("{0} = -{0}", dst);
        case Shape::ByteSwap: return fmt::format("r{0} = {1}{2} r{0}", slot.dst(), row.symbol, imm);
        case Shape::JumpAlways: return fmt::format("{} {}", row.symbol, jump(slot.offset(), label));
        case Shape::JumpLong: return fmt::format("{} {}", row.symbol, jump(slot.imm(), label));
        case Shape::JumpImm: return conditional(row, slot, imm, label);
        case Shape::JumpReg: return conditional(row, slot, src, label);
        case Shape::Call: return call(slot, label);
        case Shape::Exit: return "exit";
        case Shape::Load: return fmt::format("r{} = {}", slot.dst(), place(row, slot.src(), slot));
        case Shape::StoreImm: return fmt::format("{} = {}", place(row, slot.dst(), slot), imm);
        case Shape::StoreReg:
            return fmt::format("{} = r{}", place(row, slot.dst(), slot), slot.src());
        case Shape::AtomicReg: return atomic(row, slot);
        case Shape::Wide:
        case Shape::WideSection: return wide(row, text, pc);
        case Shape::LegacyPacket: return legacy_packet(row, slot);
        case Shape::CallRegister: return fmt::format("callx r{}", slot.dst());
    }
    return {};
}

}  // namespace mbpf::toolkit::disassembly
