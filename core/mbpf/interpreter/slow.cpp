// SPDX-License-Identifier: MIT
#include "mbpf/interpreter/slow.hpp"

#include "mbpf/interpreter/arithmetic.hpp"
#include "mbpf/port/port.hpp"

namespace mbpf::interpreter {

namespace {

using isa::Slot;

bool trap(Frame& frame, machine::Trap kind, std::uint64_t address = 0, std::uint32_t bytes = 0) {
    *frame.report = {kind, std::uint8_t(bytes), Pc{}, address};
    return false;
}

bool is_64(Slot slot) {
    isa::Class const kind = isa::class_of(slot.opcode());
    return kind == isa::Class::Alu64 || kind == isa::Class::Jmp;
}

// Not inlined: 64-bit shifts by a variable are long on a 32-bit core.
[[gnu::noinline]] std::uint64_t extend(std::uint64_t value, unsigned bits, bool is_signed) {
    return is_signed ? sign_extend(value, bits) : truncate(value, bits);
}

// In 64 bits, also what is 32 bits wide: extended as the operation asks, its operands give the same
// low half. A remainder is what the quotient leaves of the dividend, also of a division by 0 or -1.
std::uint64_t division(Slot slot, std::uint64_t a, std::uint64_t b) {
    bool const is_signed = !config::is_smallest && slot.offset() != 0;
    unsigned const bits = is_64(slot) ? 64 : 32;
    a = extend(a, bits, is_signed);
    b = extend(b, bits, is_signed);
    std::uint64_t const quotient = is_signed ? signed_divide(a, b) : divide(a, b);
    bool const is_quotient = isa::Alu(slot.opcode() & 0xf0) == isa::Alu::Div;
    return is_quotient ? quotient : a - quotient * b;
}

// What handlers leave here in the smallest build. In 64 bits, also what is 32 bits wide.
std::uint64_t arithmetic(Slot slot, std::uint64_t a, std::uint64_t b) {
    unsigned const bits = is_64(slot) ? 64 : 32;
    unsigned const count = unsigned(b) & (bits - 1);
    switch (isa::Alu(slot.opcode() & 0xf0)) {
        case isa::Alu::Add: return a + b;
        case isa::Alu::Sub: return a - b;
        case isa::Alu::Mul: return a * b;
        case isa::Alu::Or: return a | b;
        case isa::Alu::And: return a & b;
        case isa::Alu::Xor: return a ^ b;
        case isa::Alu::Lsh: return a << count;
        case isa::Alu::Rsh: return extend(a, bits, false) >> count;
        case isa::Alu::Arsh: return std::uint64_t(std::int64_t(extend(a, bits, true)) >> count);
        default: return b;  // MOV
    }
}

// LE, BE and BSWAP. Every supported core is little-endian, so LE only truncates.
std::uint64_t byte_order(Slot slot, std::uint64_t value) {
    bool const swaps = is_64(slot) || (slot.opcode() & isa::source_register) != 0;
    unsigned const bits = unsigned(slot.imm());
    return swaps ? byte_swap(value, bits) : extend(value, bits, false);
}

// The memory that the access wants, or nullptr after a trap.
std::byte* look_up(Frame& frame, Slot slot, std::uint8_t reg, machine::Access access) {
    std::uint64_t const address = frame.registers[reg] + std::uint64_t(std::int64_t(slot.offset()));
    std::uint32_t const bytes = isa::access_bytes(slot.opcode());
    machine::Regions const& regions = frame.instance->regions();
    machine::Region const* const region = machine::is_reachable(address)
                                              ? regions.find(std::uintptr_t(address), bytes, access)
                                              : nullptr;
    bool const is_read = access == machine::Access::Read;
    if (region == nullptr) {
        trap(frame, is_read ? machine::Trap::LoadOutside : machine::Trap::StoreOutside, address,
             bytes);
        return nullptr;
    }
    if (config::is_smallest && region->bytes >= narrowest_window) {
        (is_read ? frame.readable : frame.writable) = {region->base, region->bytes};
    }
    return pointer_to(std::uintptr_t(address));
}

bool load_anywhere(Frame& frame, Slot slot) {
    std::byte const* const from = look_up(frame, slot, slot.src(), machine::Access::Read);
    if (from == nullptr) {
        return false;
    }
    std::uint32_t const bytes = isa::access_bytes(slot.opcode());
    std::uint64_t value = 0;
    __builtin_memcpy(&value, from, bytes);
    bool const is_signed =
        !config::is_smallest && (slot.opcode() & 0xe0) == std::uint8_t(isa::Mode::MemSx);
    frame.registers[slot.dst()] = extend(value, bytes * 8, is_signed);
    return true;
}

bool store_anywhere(Frame& frame, Slot slot, std::uint64_t value) {
    std::byte* const to = look_up(frame, slot, slot.dst(), machine::Access::Write);
    if (to == nullptr) {
        return false;
    }
    __builtin_memcpy(to, &value, isa::access_bytes(slot.opcode()));
    return true;
}

// What memory holds after an atomic operation on `old`. In 64 bits, also what is 32 bits wide.
std::uint64_t atomic_result(std::int32_t operation, std::uint64_t old, std::uint64_t operand,
                            std::uint64_t expected) {
    switch (operation & 0xf0) {
        case int(isa::Atomic::Add): return old + operand;
        case int(isa::Atomic::Or): return old | operand;
        case int(isa::Atomic::And): return old & operand;
        case int(isa::Atomic::Xor): return old ^ operand;
        case int(isa::Atomic::CompareExchange) & 0xf0: return old == expected ? operand : old;
        default: return operand;  // Exchange
    }
}

// With the processor's own instruction, for cores that are not alone.
template <class T>
std::uint64_t exchange(std::byte* at, std::int32_t operation, std::uint64_t operand,
                       std::uint64_t expected) {
    T* const word = static_cast<T*>(static_cast<void*>(at));
    T old = __atomic_load_n(word, __ATOMIC_SEQ_CST);
    while (!__atomic_compare_exchange_n(word, &old,
                                        T(atomic_result(operation, old, operand, expected)), false,
                                        __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
    }
    return old;
}

// Applies the operation in one indivisible step and returns what was there before.
std::uint64_t apply_atomic(std::byte* at, std::uint32_t bytes, std::int32_t operation,
                           std::uint64_t operand, std::uint64_t expected) {
    if constexpr (!port::CriticalSection::excludes_everyone) {
        if (address_of(at) % bytes == 0) {
            return bytes == 8 ? exchange<std::uint64_t>(at, operation, operand, expected)
                              : exchange<std::uint32_t>(at, operation, operand, expected);
        }
    }
    [[maybe_unused]] port::CriticalSection const alone{};
    std::uint64_t old = 0;
    __builtin_memcpy(&old, at, bytes);
    std::uint64_t const value = atomic_result(operation, old, operand, expected);
    __builtin_memcpy(at, &value, bytes);
    return old;
}

bool atomic(Frame& frame, Slot slot) {
    std::byte* const at = look_up(frame, slot, slot.dst(), machine::Access::ReadWrite);
    if (at == nullptr) {
        return false;
    }
    std::uint32_t const bytes = isa::access_bytes(slot.opcode());
    std::uint64_t const old = apply_atomic(at, bytes, slot.imm(), frame.registers[slot.src()],
                                           extend(frame.registers[0], bytes * 8, false));
    if (isa::atomic_writes_source(slot.imm())) {
        frame.registers[slot.src()] = old;
    } else if (slot.imm() == int(isa::Atomic::CompareExchange)) {
        frame.registers[0] = old;
    }
    return true;
}

// Moves by `slots` without counting them.
void move(Frame& frame, std::int32_t slots) {
    std::ptrdiff_t const bytes = std::ptrdiff_t(slots) * std::ptrdiff_t(slot_bytes);
    frame.pc += bytes;
    frame.limit += std::uintptr_t(bytes);
}

// Whether the budget lets a jump or call at frame.pc happen.
bool may_go_on(Frame& frame) {
    if (config::is_smallest) {
        return take_one(frame) || grant_more(frame);
    }
    bool granted = true;  // Straight-line code may have used up more than one portion.
    while (granted && std::intptr_t(frame.limit - address_of(frame.pc)) < 0) {
        granted = grant_more(frame);
    }
    return granted;
}

bool jump_if_set(Frame& frame, Slot slot, std::uint64_t common) {
    if ((is_64(slot) ? common : std::uint32_t(common)) == 0) {
        return true;
    }
    if (!may_go_on(frame)) {
        return false;
    }
    move(frame, slot.offset());
    return true;
}

bool call_function(Frame& frame, Slot slot) {
    if (!may_go_on(frame)) {
        return false;
    }
    machine::StackPlan const plan = frame.instance->plan();
    if (frame.depth == plan.depth) {
        return trap(frame, machine::Trap::CallTooDeep);
    }
    ++frame.depth;
    machine::SavedFrame& saved = *frame.saved++;
    __builtin_memcpy(saved.saved, frame.registers + isa::first_saved_register, sizeof saved.saved);
    saved.call_address = address_of(frame.pc);
    frame.registers[isa::frame_pointer] -= plan.frame_bytes;
    move(frame, slot.imm());
    return true;
}

void return_to_caller(Frame& frame) {
    --frame.depth;
    machine::SavedFrame const& saved = *--frame.saved;
    __builtin_memcpy(frame.registers + isa::first_saved_register, saved.saved, sizeof saved.saved);
    frame.registers[isa::frame_pointer] += frame.instance->plan().frame_bytes;
    std::ptrdiff_t const back = pointer_to(std::uintptr_t(saved.call_address)) - frame.pc;
    move(frame, std::int32_t(back / std::ptrdiff_t(slot_bytes)));
}

}  // namespace

bool grant_more(Frame& frame) {
    if (config::is_smallest) {
        return trap(frame, machine::Trap::OutOfBudget);
    }
    if (frame.counts_branches) {
        frame.limit = address_of(frame.pc);  // Enough for the instruction there.
        // An exit goes nowhere.
        return frame.pc[0] == std::byte(isa::Opcode::Exit) || take_one(frame) ||
               trap(frame, machine::Trap::OutOfBudget);
    }
    if (!frame.instance->breathe()) {
        return trap(frame, machine::Trap::Stopped);
    }
    std::uint32_t const grant = next_grant(frame.budget_left);
    if (grant == 0) {
        return trap(frame, machine::Trap::OutOfBudget);
    }
    frame.budget_left -= grant;
    frame.limit += grant * slot_bytes;
    return true;
}

bool execute_slowly(Frame& frame) {
    Slot const slot = isa::load_slot(frame.pc);
    std::uint64_t& dst = frame.registers[slot.dst()];
    std::uint64_t const a = dst;
    std::uint64_t const src = frame.registers[slot.src()];
    bool const is_reg = (slot.opcode() & isa::source_register) != 0;
    std::uint64_t const imm = std::uint64_t(std::int64_t(slot.imm()));
    std::uint64_t const b = is_reg ? src : imm;
    std::uint64_t result = 0;
    bool goes_on = true;
    bool computes = false;
    switch (isa::shape_of(slot.opcode())) {
        case isa::Shape::DivideImm:
        case isa::Shape::DivideReg:
            result = division(slot, a, b);
            computes = true;
            break;
        case isa::Shape::MoveReg:
            result = config::is_smallest ? src : extend(src, unsigned(slot.offset()), true);
            computes = true;
            break;
        case isa::Shape::AluImm:  // SUB
            result = config::is_smallest ? arithmetic(slot, a, imm) : a - imm;
            computes = true;
            break;
        case isa::Shape::AluReg:
            if (!config::is_smallest) {
                return trap(frame, machine::Trap::Illegal);
            }
            result = arithmetic(slot, a, src);
            computes = true;
            break;
        case isa::Shape::Negate:
            result = 0 - a;
            computes = true;
            break;
        case isa::Shape::ByteSwap:
            dst = byte_order(slot, a);  // Never wider than its immediate says.
            break;
        case isa::Shape::JumpImm:  // JSET
        case isa::Shape::JumpReg: goes_on = jump_if_set(frame, slot, a & b); break;
        case isa::Shape::Load: goes_on = load_anywhere(frame, slot); break;
        case isa::Shape::StoreImm: goes_on = store_anywhere(frame, slot, imm); break;
        case isa::Shape::StoreReg: goes_on = store_anywhere(frame, slot, src); break;
        case isa::Shape::AtomicReg: goes_on = !config::is_smallest && atomic(frame, slot); break;
        case isa::Shape::Call: goes_on = !config::is_smallest && call_function(frame, slot); break;
        case isa::Shape::Exit:
            if (!config::is_smallest) {
                return_to_caller(frame);
            }
            break;
        default:  // The text was changed behind the verifier's back.
            return trap(frame, machine::Trap::Illegal);
    }
    if (computes) {
        dst = is_64(slot) ? result : std::uint32_t(result);
    }
    frame.pc += goes_on ? slot_bytes : 0;
    return goes_on;
}

}  // namespace mbpf::interpreter
