// SPDX-License-Identifier: MIT
#include "tests/support/generator.hpp"

#include <array>

#include "mbpf/interpreter/fusion.hpp"

namespace mbpf::test {

namespace {

using isa::Alu;
using isa::Jump;
using isa::Size;
using isa::Slot;

constexpr std::array operations{Alu::Add, Alu::Sub, Alu::Mul, Alu::Div, Alu::Or,  Alu::And,
                                Alu::Lsh, Alu::Rsh, Alu::Mod, Alu::Xor, Alu::Mov, Alu::Arsh};
constexpr std::array conditions{Jump::Eq,  Jump::Gt, Jump::Ge, Jump::Set, Jump::Ne, Jump::Sgt,
                                Jump::Sge, Jump::Lt, Jump::Le, Jump::Slt, Jump::Sle};
constexpr std::array sizes{Size::Byte, Size::Half, Size::Word, Size::Double};
constexpr std::array atomics{0x00, 0x01, 0x40, 0x41, 0x50, 0x51, 0xa0, 0xa1, 0xe1, 0xf1};
constexpr std::array widths{16, 32, 64};
constexpr std::array extensions{0, 8, 16, 32};

template <class T>
T pick(Choices& choices, T const* table, std::size_t count) {
    return table[choices.below(std::uint32_t(count))];
}
auto pick(Choices& choices, auto const& table) { return pick(choices, table.data(), table.size()); }

// One function: instructions, some of which jump to others, by index until all are there.
class Function {
public:
    Function(Choices& choices, bool is_entry) : choices_{choices} {
        if (is_entry) {
            add(mov64(r6, r1));
            add(lddw_data(r7, 0));
            add(lddw_rodata(r8, 0));
        }
        std::uint32_t const count = 1 + choices.below(28);
        while (instructions_.size() < count && !choices.is_empty()) {
            add_something();
        }
        if (choices.one_in(8)) {
            jump_back();
        } else {
            add(leave());
        }
    }

    // The callee of each call, by position in code().
    struct Call {
        std::uint32_t slot{};
        std::uint32_t callee{};
    };

    [[nodiscard]] Code code();
    [[nodiscard]] std::vector<Call> const& calls() const { return calls_; }

private:
    struct Item {
        Code code;
        std::uint32_t target{};
        bool jumps{};
        bool calls{};
    };

    void add(Code code) { instructions_.push_back({std::move(code), 0, false, false}); }
    void add_jump(Slot slot) {
        instructions_.push_back({Code{slot}, choices_.below(32), true, false});
    }
    void jump_back() { instructions_.push_back({Code{ja(0)}, choices_.below(32), true, false}); }
    void add_something();
    void add_arithmetic();
    void add_move();
    void add_condition();
    void add_access();
    void add_fusion();
    void add_helper_call();
    void add_anything();
    [[nodiscard]] Slot fitting(std::uint8_t opcode, Register dst, Register src);

    // r6 to r8 are kept for pointers, most of the time.
    [[nodiscard]] Register scratch() {
        constexpr std::array usual{r0, r1, r2, r3, r4, r5, r9};
        return choices_.one_in(24) ? Register{std::uint8_t(choices_.below(10))}
                                   : pick(choices_, usual);
    }
    [[nodiscard]] Register any() { return Register{std::uint8_t(choices_.below(11))}; }
    [[nodiscard]] Register pointer() {
        constexpr std::array usual{r10, r10, r6, r6, r7, r8};
        return choices_.one_in(16) ? any() : pick(choices_, usual);
    }
    [[nodiscard]] std::int32_t imm() { return std::int32_t(choices_.number()); }
    [[nodiscard]] std::int16_t offset_from(Register base) {
        std::int32_t const near = std::int32_t(choices_.below(40));
        return std::int16_t(base.number == 10 ? -near : near - 4);
    }

    Choices& choices_;
    std::vector<Item> instructions_;
    std::vector<Call> calls_;
};

void Function::add_something() {
    switch (choices_.below(16)) {
        case 0:
        case 1:
        case 2:
        case 3: return add_arithmetic();
        case 4:
        case 5: return add_move();
        case 6:
        case 7: return add_condition();
        case 8:
        case 9:
        case 10: return add_access();
        case 11:
        case 12: return add_fusion();
        case 13: return add_helper_call();
        case 14:
            instructions_.push_back({Code{call_local(0)}, choices_.below(4), false, true});
            return;
        default: return add_anything();
    }
}

void Function::add_arithmetic() {
    Alu const operation = pick(choices_, operations);
    bool const is_signed = (operation == Alu::Div || operation == Alu::Mod) && choices_.one_in(2);
    Slot slot{};
    switch (choices_.below(4)) {
        case 0: slot = alu64(operation, scratch(), imm()); break;
        case 1: slot = alu64(operation, scratch(), any()); break;
        case 2: slot = alu32(operation, scratch(), imm()); break;
        default: slot = alu32(operation, scratch(), any()); break;
    }
    add(with_offset(slot, is_signed ? 1 : 0));
}

void Function::add_move() {
    switch (choices_.below(8)) {
        case 0: return add(lddw(scratch(), choices_.number()));
        case 1: {
            std::int16_t const bits = std::int16_t(extensions[choices_.below(3)]);
            return add(with_offset(mov32(scratch(), any()), bits));
        }
        case 2:
            return add(
                with_offset(mov64(scratch(), any()), std::int16_t(pick(choices_, extensions))));
        case 3: return add(little_endian(scratch(), pick(choices_, widths)));
        case 4: return add(big_endian(scratch(), pick(choices_, widths)));
        case 5: return add(byte_swap(scratch(), pick(choices_, widths)));
        case 6: return add(choices_.one_in(2) ? neg64(scratch()) : neg32(scratch()));
        default: {
            // What compilers make of the address of a variable.
            Register const dst = scratch();
            add(mov64(dst, r10));
            return add(add64(dst, -8 * std::int32_t(choices_.below(6))));
        }
    }
}

void Function::add_condition() {
    Jump const condition = pick(choices_, conditions);
    switch (choices_.below(6)) {
        case 0: return add_jump(jump64(condition, any(), imm(), 0));
        case 1: return add_jump(jump64(condition, any(), any(), 0));
        case 2: return add_jump(jump32(condition, any(), imm(), 0));
        case 3: return add_jump(jump32(condition, any(), any(), 0));
        case 4: return add_jump(ja(0));
        default: return add_jump(ja32(0));
    }
}

void Function::add_access() {
    Size const size = pick(choices_, sizes);
    Register const base = pointer();
    std::int16_t const offset = offset_from(base);
    switch (choices_.below(6)) {
        case 0: return add(load(size, scratch(), base, offset));
        case 1: return add(load_signed(sizes[choices_.below(3)], scratch(), base, offset));
        case 2: return add(store(size, base, offset, any()));
        case 3: return add(store(size, base, offset, imm()));
        case 4: return add(load(size, scratch(), base, offset));
        default: {
            Size const wide = choices_.one_in(2) ? Size::Word : Size::Double;
            return add(atomic(wide, pick(choices_, atomics), base, offset, scratch()));
        }
    }
}

// An instruction with this opcode of those that fusions are made of.
Slot Function::fitting(std::uint8_t opcode, Register dst, Register src) {
    isa::Shape const shape = isa::shape_of(opcode);
    Slot slot = isa::make_slot(opcode, dst.number, 0, 0, 0);
    switch (shape) {
        case isa::Shape::AluImm:
        case isa::Shape::JumpImm:
            slot.high = choices_.one_in(2) ? 32 : std::uint32_t(imm());
            return slot;
        case isa::Shape::Load:
        case isa::Shape::StoreReg: {
            bool const loads = shape == isa::Shape::Load;
            std::int16_t const offset = std::int16_t(-8 * std::int32_t(choices_.below(6)));
            return isa::make_slot(opcode, loads ? dst.number : 10, loads ? 10 : src.number, offset,
                                  0);
        }
        case isa::Shape::JumpAlways: return isa::make_slot(opcode, 0, 0, 0, 0);
        case isa::Shape::Call:
            return call_helper(
                std::int32_t(choices_.one_in(2) ? TestHelper::Mix : TestHelper::Narrow));
        default: return isa::make_slot(opcode, dst.number, src.number, 0, 0);
    }
}

void Function::add_fusion() {
    interpreter::Fusion const& fusion = pick(choices_, interpreter::fusions);
    Register const dst = scratch();
    Register const src = choices_.one_in(4) ? dst : any();
    for (std::uint8_t const opcode : {fusion.first, fusion.second, fusion.third}) {
        if (opcode == 0) {
            continue;
        }
        Register const here = choices_.one_in(6) ? scratch() : dst;
        Slot const slot = fitting(opcode, here, choices_.one_in(4) ? any() : src);
        isa::Class const kind = isa::class_of(opcode);
        bool const is_call = isa::shape_of(opcode) == isa::Shape::Call;
        if (!is_call && (kind == isa::Class::Jmp || kind == isa::Class::Jmp32)) {
            add_jump(slot);
        } else {
            add(slot);
        }
    }
}

void Function::add_helper_call() {
    constexpr std::array helpers{TestHelper::Mix,  TestHelper::Fetch,     TestHelper::TextSize,
                                 TestHelper::Copy, TestHelper::FailIfOdd, TestHelper::Multiply,
                                 TestHelper::Sum,  TestHelper::FillLast,  TestHelper::Narrow};
    TestHelper const helper = pick(choices_, helpers);
    auto const point = [&](Register to) {
        Register const base = pointer();
        add(mov64(to, base));
        add(add64(to, offset_from(base)));
    };
    switch (helper) {
        case TestHelper::Fetch: point(r2); break;
        case TestHelper::TextSize:
        case TestHelper::Sum: point(r1); break;
        case TestHelper::FillLast: point(r5); break;
        case TestHelper::Copy:
            point(r1);
            point(r2);
            add(mov64(r3, std::int32_t(choices_.below(20))));
            break;
        case TestHelper::FailIfOdd: add(mov64(r1, std::int32_t(choices_.below(2)))); break;
        default: break;
    }
    add(call_helper(std::int32_t(helper)));
}

// Any opcode with any fields, most of which the verifier refuses.
void Function::add_anything() {
    if (!choices_.one_in(64)) {
        return add_access();
    }
    Slot slot{};
    slot.low = std::uint32_t(choices_.number());
    slot.high = std::uint32_t(choices_.number());
    add(slot);
}

Code Function::code() {
    std::vector<std::uint32_t> starts;
    std::uint32_t slots = 0;
    for (Item const& item : instructions_) {
        starts.push_back(slots);
        slots += std::uint32_t(item.code.slots.size());
    }
    Code all;
    for (std::size_t i = 0; i < instructions_.size(); ++i) {
        Item& item = instructions_[i];
        if (item.jumps) {
            std::uint32_t const target = starts[item.target % starts.size()];
            std::int32_t const distance = std::int32_t(target) - std::int32_t(starts[i]) - 1;
            Slot& slot = item.code.slots[0];
            if (slot.opcode() == std::uint8_t(isa::Opcode::Ja32)) {
                slot.high = std::uint32_t(distance);
            } else {
                slot = with_offset(slot, std::int16_t(distance));
            }
        } else if (item.calls) {
            calls_.push_back({starts[i], item.target});
        }
        all = join({all, item.code});
    }
    return all;
}

std::vector<std::byte> contents(Choices& choices, std::uint32_t most) {
    std::vector<std::byte> bytes(choices.below(most + 1));
    for (std::byte& byte : bytes) {
        byte = std::byte{choices.byte()};
    }
    return bytes;
}

constexpr std::array<std::uint64_t, 24> numbers{0,
                                                1,
                                                2,
                                                3,
                                                7,
                                                8,
                                                31,
                                                32,
                                                33,
                                                63,
                                                64,
                                                65,
                                                0x7f,
                                                0x80,
                                                0xff,
                                                0x7fff,
                                                0x8000,
                                                0xffff,
                                                0x7fff'ffff,
                                                0x8000'0000,
                                                0xffff'ffff,
                                                0x1'0000'0000,
                                                0x7fff'ffff'ffff'ffff,
                                                0x8000'0000'0000'0000};

constexpr std::array<std::uint32_t, 12> budgets{0,   1,    2,    5,    17,   100,
                                                400, 3000, 8191, 8192, 8193, 20'000};

}  // namespace

std::uint8_t Choices::byte() {
    if (bytes_.empty()) {
        return 0;
    }
    std::uint8_t const value = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return value;
}

std::uint32_t Choices::below(std::uint32_t bound) {
    std::uint32_t const value = bound <= 256 ? byte() : byte() | std::uint32_t{byte()} << 8;
    return value % bound;
}

std::uint64_t Choices::number() {
    std::uint8_t const kind = byte();
    if (kind < 160) {
        std::uint64_t const value = numbers[kind % numbers.size()];
        return kind < 80 ? value : 0 - value;
    }
    std::uint64_t value = 0;
    for (int i = 0; i < (kind < 200 ? 1 : kind < 220 ? 4 : 8); ++i) {
        value = value << 8 | byte();
    }
    return kind % 2 == 0 ? value : 0 - value;
}

Setup generate(Choices& choices) {
    Setup setup;
    setup.budget = Budget{pick(choices, budgets)};
    bool const may_recurse = choices.one_in(2);
    setup.policy.recursion =
        may_recurse ? verifier::Recursion::Allowed : verifier::Recursion::Refused;
    setup.policy.max_call_depth = std::uint8_t(1 + choices.below(config::max_call_depth));
    setup.context = contents(choices, 24);
    setup.rodata = contents(choices, 20);
    setup.data = contents(choices, 20);
    // Sections that are there, so that their addresses are.
    setup.rodata.push_back(std::byte{0});
    setup.bss_bytes = 1 + choices.below(9);
    setup.context_permission =
        choices.one_in(4) ? machine::Permission::Read : machine::Permission::ReadWrite;

    std::uint32_t const count = 1 + choices.below(4);
    std::vector<Function> functions;
    for (std::uint32_t i = 0; i < count; ++i) {
        functions.emplace_back(choices, i == 0);
    }
    Code all;
    std::vector<std::uint32_t> starts;
    std::vector<Function::Call> calls;
    for (Function& function : functions) {
        std::uint32_t const start = std::uint32_t(all.slots.size());
        starts.push_back(start);
        all = join({all, function.code()});
        std::uint32_t const index = std::uint32_t(starts.size()) - 1;
        for (Function::Call const& call : function.calls()) {
            calls.push_back({start + call.slot, may_recurse ? call.callee % count : index + 1});
        }
    }
    for (Function::Call const& call : calls) {
        bool const has_callee = call.callee < count;
        all.slots[call.slot] =
            has_callee ? call_local(std::int32_t(starts[call.callee]) - std::int32_t(call.slot) - 1)
                       : call_helper(std::int32_t(TestHelper::Multiply));
    }
    setup.text = bytes_of(all);
    return setup;
}

}  // namespace mbpf::test
