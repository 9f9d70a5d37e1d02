// SPDX-License-Identifier: MIT
#include "tests/support/reference.hpp"

#include <cstring>
#include <limits>

namespace mbpf::test {

namespace {

using machine::Trap;

// The value of the low `bits` of `value` as a signed number, spelled without shifts of signed
// numbers: the interpreter does it with those.
std::uint64_t widen_signed(std::uint64_t value, unsigned bits) {
    if (bits == 64) {
        return value;
    }
    std::uint64_t const modulus = std::uint64_t{1} << bits;
    std::uint64_t const low = value % modulus;
    return low >= modulus / 2 ? low - modulus : low;
}

std::uint64_t widen_unsigned(std::uint64_t value, unsigned bits) {
    return bits == 64 ? value : value % (std::uint64_t{1} << bits);
}

std::uint64_t reverse_bytes(std::uint64_t value, unsigned bits) {
    std::uint64_t result = 0;
    for (unsigned i = 0; i < bits / 8; ++i) {
        result = result * 256 + (value >> (8 * i)) % 256;
    }
    return result;
}

bool is_negative(std::uint64_t value) { return value >= std::uint64_t{1} << 63; }
std::uint64_t magnitude(std::uint64_t value) { return is_negative(value) ? 0 - value : value; }

// RFC 9669 section 4.1: unsigned unless the offset is 1; division by zero gives 0, the remainder
// of it the dividend. Signed division through magnitudes, so that nothing can overflow.
std::uint64_t divide(std::uint64_t a, std::uint64_t b, bool is_signed, bool wants_remainder) {
    if (b == 0) {
        return wants_remainder ? a : 0;
    }
    if (!is_signed) {
        return wants_remainder ? a % b : a / b;
    }
    std::uint64_t const quotient = magnitude(a) / magnitude(b);
    std::uint64_t const remainder = magnitude(a) % magnitude(b);
    if (wants_remainder) {
        return is_negative(a) ? 0 - remainder : remainder;
    }
    return is_negative(a) != is_negative(b) ? 0 - quotient : quotient;
}

// a < b, as signed numbers.
bool is_less_signed(std::uint64_t a, std::uint64_t b) {
    return is_negative(a) != is_negative(b) ? is_negative(a) : a < b;
}

unsigned size_of(std::uint8_t opcode) {
    constexpr std::array<unsigned, 4> sizes{4, 2, 1, 8};
    return sizes[(opcode >> 3) & 3];
}

}  // namespace

std::byte* GuestMemory::find(std::uint64_t address, std::uint64_t size, bool reads, bool writes) {
    for (GuestRegion& region : regions) {
        // In a wider type nothing wraps.
        using Exact = unsigned __int128;
        Exact const end = Exact{address} + size;
        bool const is_inside =
            address >= region.base && end <= Exact{region.base} + region.contents.size();
        bool const is_allowed = (region.is_readable || !reads) && (region.is_writable || !writes);
        if (is_inside && is_allowed) {
            return region.contents.data() + (address - region.base);
        }
    }
    return nullptr;
}

std::int64_t GuestMemory::text_length(std::uint64_t address) {
    std::byte const* const first = find(address, 1, true, false);
    if (first == nullptr) {
        return -1;
    }
    for (GuestRegion const& region : regions) {
        std::byte const* const begin = region.contents.data();
        std::byte const* const end = begin + region.contents.size();
        if (first >= begin && first < end) {
            void const* const zero = std::memchr(first, 0, std::size_t(end - first));
            return zero == nullptr ? -1 : static_cast<std::byte const*>(zero) - first;
        }
    }
    return -1;
}

machine::Outcome Reference::run(std::uint32_t entry_slot, std::uint32_t budget) {
    registers_ = {};
    registers_[1] = program_.context_address;
    registers_[2] = program_.context_bytes;
    registers_[10] = program_.frame_pointer;
    callers_.clear();
    outcome_ = {};
    executed_ = 0;
    budget_ = budget;
    pc_ = entry_slot;
    is_running_ = true;
    if (budget == 0) {
        trap(Trap::OutOfBudget);
    }
    while (is_running_) {
        ++executed_;
        next_ = pc_ + 1;
        step(decode(pc_));
        pc_ = is_running_ ? next_ : pc_;
    }
    outcome_.report.pc = Pc{pc_};
    outcome_.result = registers_[0];
    outcome_.instructions = std::uint32_t(executed_);
    return outcome_;
}

Reference::Instruction Reference::decode(std::uint32_t slot) const {
    std::array<std::uint8_t, 8> raw{};
    std::memcpy(raw.data(), program_.text.data() + std::size_t{slot} * 8, 8);
    std::uint32_t const imm = raw[4] + raw[5] * 0x100u + raw[6] * 0x1'0000u + raw[7] * 0x100'0000u;
    return {raw[0], raw[1] % 16u, raw[1] / 16u, std::int16_t(raw[2] + raw[3] * 0x100),
            std::int32_t(imm)};
}

// RFC 9669 section 5.4, and the two of Femto-Containers that count from a section.
void Reference::wide(Instruction const& instruction) {
    std::uint64_t const high = std::uint32_t(decode(pc_ + 1).imm);
    std::uint64_t const base = instruction.opcode == 0xb8   ? program_.data_address
                               : instruction.opcode == 0xd8 ? program_.rodata_address
                                                            : 0;
    registers_[instruction.dst] = base + std::uint32_t(instruction.imm) + (high << 32);
    ++next_;
}

void Reference::trap(Trap kind, std::uint64_t address, std::uint32_t bytes) {
    outcome_.report.trap = kind;
    outcome_.report.address = address;
    outcome_.report.bytes = std::uint8_t(bytes);
    is_running_ = false;
}

void Reference::step(Instruction const& instruction) {
    switch (instruction.opcode % 8) {
        case 0: return wide(instruction);
        case 1: return load(instruction);
        case 2: return store(instruction, widen_signed(std::uint32_t(instruction.imm), 32));
        case 3:
            return (instruction.opcode & 0xe0) == 0xc0
                       ? atomic(instruction)
                       : store(instruction, registers_[instruction.src]);
        case 4: return arithmetic(instruction, false);
        case 5: return jump(instruction, true);
        case 6: return jump(instruction, false);
        default: return arithmetic(instruction, true);
    }
}

void Reference::arithmetic(Instruction const& instruction, bool is_64) {
    unsigned const bits = is_64 ? 64 : 32;
    unsigned const code = instruction.opcode / 16;
    bool const is_register = (instruction.opcode & 8) != 0;
    bool const is_signed = instruction.offset == 1;
    std::uint64_t& dst = registers_[instruction.dst];
    std::uint64_t const source = is_register ? registers_[instruction.src]
                                             : widen_signed(std::uint32_t(instruction.imm), 32);
    bool const divides = code == 0x3 || code == 0x9;
    auto const widen = divides && is_signed ? widen_signed : widen_unsigned;
    std::uint64_t const a = widen(dst, bits);
    std::uint64_t const b = widen(source, bits);
    std::uint64_t const count = b % bits;
    std::uint64_t result = 0;
    switch (code) {
        case 0x0: result = a + b; break;
        case 0x1: result = a - b; break;
        case 0x2: result = a * b; break;
        case 0x3: result = divide(a, b, is_signed, false); break;
        case 0x4: result = a | b; break;
        case 0x5: result = a & b; break;
        case 0x6: result = a << count; break;
        case 0x7: result = a >> count; break;
        case 0x8: result = 0 - a; break;
        case 0x9: result = divide(a, b, is_signed, true); break;
        case 0xa: result = a ^ b; break;
        case 0xb:
            result = instruction.offset == 0 ? b : widen_signed(b, unsigned(instruction.offset));
            break;
        case 0xc: {
            std::uint64_t const sign = widen_signed(a, bits);
            result = count == 0 ? sign : sign >> count;
            if (is_negative(sign) && count != 0) {
                result |= ~(~std::uint64_t{0} >> count);
            }
            break;
        }
        case 0xd: {
            unsigned const width = unsigned(instruction.imm);
            bool const swaps = is_64 || is_register;
            dst = swaps ? reverse_bytes(dst, width) : widen_unsigned(dst, width);
            return;
        }
        default: return trap(Trap::Illegal);
    }
    dst = widen_unsigned(result, bits);
}

void Reference::jump_to(std::int64_t distance) {
    if (executed_ > budget_) {
        return trap(Trap::OutOfBudget);
    }
    next_ = std::uint32_t(std::int64_t{pc_} + 1 + distance);
}

void Reference::jump(Instruction const& instruction, bool is_64) {
    unsigned const bits = is_64 ? 64 : 32;
    unsigned const code = instruction.opcode / 16;
    bool const is_register = (instruction.opcode & 8) != 0;
    std::uint64_t const source = is_register ? registers_[instruction.src]
                                             : widen_signed(std::uint32_t(instruction.imm), 32);
    std::uint64_t const a = widen_unsigned(registers_[instruction.dst], bits);
    std::uint64_t const b = widen_unsigned(source, bits);
    std::uint64_t const sa = widen_signed(a, bits);
    std::uint64_t const sb = widen_signed(b, bits);
    bool holds = false;
    switch (code) {
        case 0x0: return jump_to(is_64 ? std::int64_t{instruction.offset} : instruction.imm);
        case 0x1: holds = a == b; break;
        case 0x2: holds = a > b; break;
        case 0x3: holds = a >= b; break;
        case 0x4: holds = (a & b) != 0; break;
        case 0x5: holds = a != b; break;
        case 0x6: holds = is_less_signed(sb, sa); break;
        case 0x7: holds = !is_less_signed(sa, sb); break;
        case 0x8: return call(instruction);
        case 0x9: return leave();
        case 0xa: holds = a < b; break;
        case 0xb: holds = a <= b; break;
        case 0xc: holds = is_less_signed(sa, sb); break;
        case 0xd: holds = !is_less_signed(sb, sa); break;
        default: return trap(Trap::Illegal);
    }
    if (holds) {
        jump_to(instruction.offset);
    }
}

void Reference::call(Instruction const& instruction) {
    if (instruction.src == 0) {
        return call_helper(std::uint32_t(instruction.imm));
    }
    std::uint32_t const return_slot = next_;
    jump_to(instruction.imm);
    if (!is_running_) {
        return;
    }
    if (callers_.size() + 1 == program_.depth) {
        return trap(Trap::CallTooDeep);
    }
    callers_.push_back({{registers_[6], registers_[7], registers_[8], registers_[9]}, return_slot});
    registers_[10] -= program_.frame_bytes;
}

void Reference::leave() {
    if (executed_ > budget_) {
        return trap(Trap::OutOfBudget);
    }
    if (callers_.empty()) {
        is_running_ = false;
        return;
    }
    for (std::size_t i = 0; i < 4; ++i) {
        registers_[6 + i] = callers_.back().saved[i];
    }
    registers_[10] += program_.frame_bytes;
    next_ = callers_.back().return_slot;
    callers_.pop_back();
}

void Reference::call_helper(std::uint32_t id) {
    GuestHelper const& helper = program_.helpers->at(id);
    GuestHelper::Arguments arguments{};
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        arguments[i] = registers_[i + 1];
    }
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        using Kind = GuestHelper::Rule::Kind;
        GuestHelper::Rule const& rule = helper.rules[i];
        bool is_admitted = true;
        if (rule.kind == Kind::Text) {
            is_admitted = memory_.text_length(arguments[i]) >= 0;
        } else if (rule.kind != Kind::Scalar) {
            std::uint64_t const bytes =
                rule.sized_by == 0 ? rule.bytes : widen_unsigned(arguments[rule.sized_by - 1], 32);
            bool const writes = rule.kind == Kind::Writable;
            is_admitted =
                bytes == 0 || memory_.find(arguments[i], bytes, !writes, writes) != nullptr;
        }
        if (!is_admitted) {
            return trap(Trap::HelperArgument, arguments[i], std::uint32_t(i + 1));
        }
    }
    std::optional<std::uint64_t> const result = helper.call(memory_, arguments);
    if (!result) {
        return trap(Trap::HelperFailed);
    }
    registers_[0] = *result;
}

void Reference::load(Instruction const& instruction) {
    unsigned const size = size_of(instruction.opcode);
    std::uint64_t const address =
        registers_[instruction.src] + widen_signed(std::uint16_t(instruction.offset), 16);
    std::byte const* const from = memory_.find(address, size, true, false);
    if (from == nullptr) {
        return trap(Trap::LoadOutside, address, size);
    }
    std::uint64_t value = 0;
    std::memcpy(&value, from, size);
    bool const is_signed = (instruction.opcode & 0xe0) == 0x80;
    registers_[instruction.dst] = is_signed ? widen_signed(value, size * 8) : value;
}

void Reference::store(Instruction const& instruction, std::uint64_t value) {
    unsigned const size = size_of(instruction.opcode);
    std::uint64_t const address =
        registers_[instruction.dst] + widen_signed(std::uint16_t(instruction.offset), 16);
    std::byte* const to = memory_.find(address, size, false, true);
    if (to == nullptr) {
        return trap(Trap::StoreOutside, address, size);
    }
    std::memcpy(to, &value, size);
}

void Reference::atomic(Instruction const& instruction) {
    unsigned const size = size_of(instruction.opcode);
    std::uint64_t const address =
        registers_[instruction.dst] + widen_signed(std::uint16_t(instruction.offset), 16);
    std::byte* const at = memory_.find(address, size, true, true);
    if (at == nullptr) {
        return trap(Trap::StoreOutside, address, size);
    }
    std::uint64_t old = 0;
    std::memcpy(&old, at, size);
    std::uint64_t const operand = widen_unsigned(registers_[instruction.src], size * 8);
    std::uint64_t result = 0;
    switch (instruction.imm) {
        case 0x00:
        case 0x01: result = old + operand; break;
        case 0x40:
        case 0x41: result = old | operand; break;
        case 0x50:
        case 0x51: result = old & operand; break;
        case 0xa0:
        case 0xa1: result = old ^ operand; break;
        case 0xe1: result = operand; break;
        case 0xf1: result = old == widen_unsigned(registers_[0], size * 8) ? operand : old; break;
        default: return trap(Trap::Illegal);
    }
    std::memcpy(at, &result, size);
    if (instruction.imm == 0xf1) {
        registers_[0] = old;
    } else if (instruction.imm % 2 == 1) {
        registers_[instruction.src] = old;
    }
}

}  // namespace mbpf::test
