// SPDX-License-Identifier: MIT
// Calls of helpers. One that takes words is called directly: the homes of r1 to r4 are where it
// wants them (AAPCS32 6.1), and r5 goes to the word at sp. A pointer that is not known to be
// allowed is looked at first; what is not quick to admit takes the long way, through the service.
#include "mbpf/jit/compiler.hpp"

namespace mbpf::jit {

using Kind = Value::Kind;

namespace {

constexpr std::uint32_t unknown = ~0u;

}  // namespace

void Compiler::emit_call() {
    machine::Helper const* const helper = flow_.helper_of(slot_);
    helper != nullptr ? emit_helper(*helper) : emit_local_call();
}

// By what is known now: the context, pointers into the program's own memory, and strings. `size` is
// that of what it points to, or unknown.
[[gnu::always_inline]] inline bool Compiler::is_proved(machine::Helper const& helper,
                                                       std::uint32_t index, std::uint32_t size) {
    machine::Arg const arg = helper.args[index];
    Value const now = value(index + 1);
    if (size <= most_context_bytes && fact_of(index + 1).is_context() && !arg.is_text()) {
        need_context(size, arg.is_written());
        return true;
    }
    if (!now.is(Kind::Constant) || !fact_of(index + 1).is_small()) {
        return false;
    }
    machine::Region const& rodata = instance_.rodata();
    if (arg.is_text()) {
        return rodata.contains(now.constant(), 1) && instance_.text_length(now.constant()) >= 0;
    }
    return size == 0 ||
           (size != unknown && (instance_.own().contains(now.constant(), size) ||
                                (!arg.is_written() && rodata.contains(now.constant(), size))));
}

// Whether check_argument() does it.
[[gnu::always_inline]] inline bool Compiler::can_check(machine::Helper const& helper,
                                                       std::uint32_t index,
                                                       std::uint32_t size) const {
    machine::Arg const arg = helper.args[index];
    Fact const fact = fact_of(index + 1);
    std::uint32_t const least = size == unknown ? 0 : size;
    switch (fact.origin()) {
        case Origin::Own: return !arg.is_text() && least <= instance_.own().bytes;
        case Origin::Rodata:
            return !arg.is_text() && !arg.is_written() && least <= instance_.rodata().bytes;
        case Origin::Context: return !arg.is_text();
        default: return false;
    }
}

void Compiler::leave_if(Cond cond) {
    slow_[slow_count_++] = {emit_.size(), cond};
    emit_.branch_ahead(cond, has_near_);
}

// The argument is in its home; its region is the one it was made from, or it takes the long way.
// `size` is that of what it points to, or unknown.
[[gnu::always_inline]] inline void Compiler::check_argument(machine::Helper const& helper,
                                                            std::uint32_t index,
                                                            std::uint32_t size) {
    note(Part::Check);
    machine::Arg const arg = helper.args[index];
    std::uint32_t const reg = index + 1;
    Fact const fact = fact_of(reg);
    bool const is_context = fact.origin() == Origin::Context;
    machine::Region const& region =
        fact.origin() == Origin::Own ? instance_.own() : instance_.rodata();
    if (!fact.is_low_address()) {
        emit_.compare(read_high(reg, scratch), 0);
        leave_if(Cond::Ne);
    }
    // r14: how many bytes there are more than that; r12: how far the pointer is from their start.
    std::uint32_t const there = is_context ? context_quick_ : region.bytes;
    Reg last = scratch2;  // Of a context, how many there are besides.
    if (is_context) {
        need_context(there, arg.is_written());
        last = read_item(Item::ContextLast, scratch2);
    }
    if (size != unknown && size > there) {
        emit_.alu({Op::Sub, Sets::Flags}, scratch2, last, size - there);
        leave_if(Cond::Lo);
    } else {
        std::uint32_t const least = size == unknown ? there : there - size;
        is_context ? emit_.alu(Op::Add, scratch2, last, least) : emit_.move(scratch2, least);
        if (size == unknown) {
            Reg const bytes = read(arg.amount(), scratch);
            emit_.alu({Op::Sub, Sets::Flags}, scratch2, scratch2, bytes);
            leave_if(Cond::Lo);
        }
    }
    if (is_context) {
        Reg const start = read_item(Item::ContextBase, scratch);
        emit_.alu(Op::Sub, scratch, home(reg), start);
    } else {
        emit_.move(scratch, std::uint32_t(region.base));
        emit_.alu(Op::Sub, scratch, home(reg), scratch);
    }
    emit_.compare(scratch, scratch2);
    leave_if(Cond::Hi);
}

[[gnu::always_inline]] inline void Compiler::call_direct(machine::Helper const& helper) {
    note(Part::Work);
    bool const keeps = marks_.needs_arguments();
    if (keeps) {
        for (std::uint32_t reg = 1; reg < 5; ++reg) {
            store_item(home(reg), Homes::low(reg));
        }
    }
    if (helper.args[4].kind() != machine::ArgKind::Unused) {
        emit_.store(read(5, scratch), Reg::sp, 0, 4);
    }
    emit_.move(scratch, std::uint32_t(reinterpret_cast<std::uintptr_t>(helper.direct)));
    emit_.call_register(scratch);
    if (keeps || slow_count_ != 0) {
        emit_.move(home(0), Reg::r0);
        forget(0);
    } else if (marks_.needs_low()) {
        pend(0, Value::shifted(Reg::r0));
    }
    if (keeps) {
        for (std::uint32_t reg = 1; reg < 5; ++reg) {
            load_item(home(reg), Homes::low(reg));
        }
    }
}

[[gnu::always_inline]] inline void Compiler::emit_helper(machine::Helper const& helper) {
    bool is_direct = helper.direct != nullptr;
    bool checks = false;
    bool proved[config::max_helper_args]{};
    std::uint32_t sizes[config::max_helper_args]{};
    for (std::uint32_t i = 0; i < helper.args.size(); ++i) {
        if (is_direct && helper.args[i].is_pointer()) {
            Value const size = values_[helper.args[i].amount()];
            sizes[i] = !helper.args[i].is_sized() ? helper.args[i].amount()
                       : size.is(Kind::Constant)  ? size.constant()
                                                  : unknown;
            proved[i] = !is_checked || is_proved(helper, i, sizes[i]);
            checks |= !proved[i];
            is_direct = proved[i] || can_check(helper, i, sizes[i]);
        }
    }
    bool const keeps = marks_.needs_arguments();
    // What the call writes over is not needed, or in its home.
    if (flow_.has_direct_calls()) {
        for (std::uint32_t reg = 0; reg < 4; ++reg) {
            release(Reg(reg), pending_);
        }
    }
    (void)begin(0);
    bool const is_long = !is_direct || checks;
    for (std::uint32_t reg = 1; reg < isa::first_saved_register; ++reg) {
        bool const is_argument = helper.args[reg - 1].kind() != machine::ArgKind::Unused;
        if (keeps || (is_argument && (reg < 5 || is_long))) {
            settle(reg);
        }
    }
    slow_count_ = 0;
    if (is_direct) {
        for (std::uint32_t i = 0; i < helper.args.size(); ++i) {
            if (helper.args[i].is_pointer() && !proved[i]) {
                check_argument(helper, i, sizes[i]);
            }
        }
        call_direct(helper);
    }
    if (is_long) {
        if (is_direct) {
            settle_high(Fact::zero());
        }
        std::uint32_t const to_end = emit_.size();
        if (is_direct) {
            emit_.branch_ahead(Cond::Always, has_near_);
        }
        note(is_direct ? Part::Cold : Part::Work);
        for (std::uint32_t i = 0; i < slow_count_; ++i) {
            emit_.land(slow_[i].from, slow_[i].cond, has_near_);
        }
        std::uint32_t const zeros = zeros_;  // Of those who do not come by here.
        for (std::uint32_t reg = 1; reg < isa::first_saved_register; ++reg) {
            if (helper.args[reg - 1].kind() != machine::ArgKind::Unused) {
                publish_high(reg);
            }
        }
        is_direct ? ask(Wanted::Helper, pc_.slot) : ask_at_once(Wanted::Helper);
        zeros_ &= zeros & ~1u;
        forget(0);
        if (is_direct) {
            emit_.land(to_end, Cond::Always, has_near_);
        }
    }
    for (std::uint32_t reg = 1; reg < isa::first_saved_register && !keeps; ++reg) {
        forget(reg);
    }
    slow_count_ = 0;
    if (!is_long) {
        settle_high(Fact::zero());
    }
}

}  // namespace mbpf::jit
