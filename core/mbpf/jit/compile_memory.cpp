// SPDX-License-Identifier: MIT
// Loads and stores. An access is checked against the region that its base was made from, or against
// the one that allowed the last of its kind; what is not in there is looked up by the service.
#include "mbpf/jit/compiler.hpp"

namespace mbpf::jit {

using isa::Shape;
using Kind = Value::Kind;

namespace {

// The greatest constant of a comparison that is at most `limit`.
[[nodiscard]] std::uint32_t nearest_below(std::uint32_t limit) {
    std::uint32_t unit = 1;
    while (limit / unit > 0xff) {
        unit *= 2;
    }
    return limit / unit * unit;
}

}  // namespace

// What is compiled from now on takes a context for granted that is so long, or writable.
void Compiler::need_context(std::uint32_t bytes, bool writable) {
    context_needs_.bytes = context_needs_.bytes < bytes ? bytes : context_needs_.bytes;
    if (writable || context_needs_.access == machine::Access{}) {
        context_needs_.access = writable ? machine::Access::ReadWrite : machine::Access::Read;
    }
}

// What the base is most likely relative to.
[[gnu::always_inline]] inline Relative Compiler::relative_of(Access const& access) {
    std::int32_t const offset = access.offset;
    std::int32_t const end = (offset < 0 ? 0 : offset) + std::int32_t(access.bytes);
    switch (fact_of(access.base).origin()) {
        case Origin::Own:
            return end <= std::int32_t(instance_.own().bytes) ? Relative::Own : Relative::Window;
        case Origin::Rodata:
            return access.is_load && end <= std::int32_t(instance_.rodata().bytes)
                       ? Relative::Rodata
                       : Relative::Window;
        case Origin::Context:
            if (offset < 0 || offset > most_context_offset) {
                return Relative::Window;
            }
            need_context(std::uint32_t(end), !access.is_load);
            need_context(context_quick_, !access.is_load);
            return Relative::Context;
        default: return Relative::Window;
    }
}

// An address that is known: nothing is checked if its region is the program's own.
[[gnu::always_inline]] inline Compiler::Place Compiler::place_constant(std::uint32_t address,
                                                                       std::uint32_t bytes) {
    std::uint32_t const offset = address - std::uint32_t(instance_.own().base);
    if (homes_.has_reg(Item::Own) && offset + bytes <= 0xfff) {
        return {homes_.of(Item::Own), std::int32_t(offset)};
    }
    emit_.move(scratch, address);
    return {scratch, 0};
}

// Whether an access there is allowed wherever in its range it is.
[[gnu::always_inline]] inline bool Compiler::is_inside(Access const& access) const {
    Known const known = state_[access.base];
    std::int64_t const first = std::int64_t{known.start()} + access.offset;
    std::uint32_t const size = known.span() + access.bytes;
    switch (known.is_placed() ? known.fact().origin() : Origin::None) {
        case Origin::Own:
            return instance_.own().contains(
                std::uintptr_t(std::int64_t(instance_.data_address()) + first), size);
        case Origin::Rodata:
            return access.is_load && first >= 0 &&
                   std::uint64_t(first) + size <= instance_.rodata().bytes;
        default: return false;
    }
}

// Where an access is that needs no check.
[[gnu::always_inline]] inline Compiler::Place Compiler::place_proved(std::uint32_t base) {
    Value const now = value(base);
    std::int32_t const offset = slot_.offset();
    if (now.is(Kind::Index) && offset == 0) {
        return {now.base(), 0, now.operand()};
    }
    if (!now.is(Kind::Sum)) {
        return {read(base, scratch), offset};
    }
    // A constant that is a register and a small one.
    std::uint32_t const address = now.constant() + std::uint32_t(offset);
    bool const is_own = fact_of(base).origin() == Origin::Own;
    Item const item = is_own ? Item::Own : Item::Rodata;
    if (!homes_.has_reg(item)) {
        emit_.move(scratch, address);
        return {scratch, 0, now.operand()};
    }
    Relative const relative = is_own ? Relative::Own : Relative::Rodata;
    std::uint32_t const distance = address - std::uint32_t(fixed_region(relative).base);
    if (distance == 0) {
        return {homes_.of(item), 0, now.operand()};
    }
    emit_.alu(Op::Add, scratch, homes_.of(item), distance);
    return {scratch, 0, now.operand()};
}

Compiler::Place Compiler::check_access(Access const& access, bool is_last) {
    auto const [base, bytes, offset, is_load] = access;
    Fact const fact = fact_of(base);
    Value const now = value(base);
    Measured const before = measured_;
    measured_ = {};
    if (now.is(Kind::Constant)) {
        std::uint32_t const address = now.constant() + std::uint32_t(offset);
        bool const is_allowed = fact.is_small() && (instance_.own().contains(address, bytes) ||
                                                    (is_load && instance_.rodata().bytes != 0 &&
                                                     instance_.rodata().contains(address, bytes)));
        if (is_allowed) {
            return place_constant(address, bytes);
        }
    }
    if (base == isa::frame_pointer && offset + std::int32_t(bytes) <= 0 &&
        offset + std::int32_t(instance_.plan().frame_bytes) >= 0) {
        return in_reach({read(base, scratch), offset}, bytes);
    }
    if (fact.is_context() && offset >= 0 && offset <= std::int32_t(most_context_bytes)) {
        need_context(std::uint32_t(offset) + bytes, !is_load);
        prepare(base, false);
        return in_reach({read(base, scratch), offset}, bytes);
    }
    prepare(base, is_last);
    if (!is_checked || is_inside(access)) {
        return in_reach(place_proved(base), bytes);
    }
    Relative const relative = relative_of(access);
    bool const is_sum = value(base).is(Kind::Sum) || value(base).is(Kind::Index);
    (is_load ? reads_window_ : writes_window_) |= relative == Relative::Window;
    if (is_sum && relative == Relative::Window) {
        settle(base);
    }
    bool const is_measured = !value(base).is_pending() && relative != Relative::Window &&
                             before.base == base && before.relative == relative &&
                             before.code_at == emit_.size();
    Reg const distance = check_relative(access, relative, is_measured);
    measured_ = {0, std::uint8_t(base), value(base).is_pending() ? Relative::Window : relative};
    return in_reach(place_of(access, relative, distance), bytes);
}

// Of the two that are where they are as long as the instance lives.
machine::Region const& Compiler::fixed_region(Relative relative) const {
    return relative == Relative::Own ? instance_.own() : instance_.rodata();
}

// Where it is how far the base is from where it is compared with: in r12, if it must be computed.
[[gnu::always_inline]] inline Reg Compiler::measure(Access const& access, Relative relative) {
    Value const& value = values_[access.base];
    bool const is_fixed = relative == Relative::Own || relative == Relative::Rodata;
    std::uint32_t const start = std::uint32_t(fixed_region(relative).base);
    if (is_fixed && value.is(Kind::Sum)) {
        Value const distance = Value::sum(value.operand(), value.constant() - start);
        if (distance.is_copy()) {
            return distance.reg();
        }
        evaluate(scratch, distance);
        return scratch;
    }
    Reg const from = read(access.base, scratch);
    Item const item = relative == Relative::Own      ? Item::Own
                      : relative == Relative::Rodata ? Item::Rodata
                                                     : Item::ContextBase;
    Reg origin = scratch2;
    if (is_fixed && !homes_.has_reg(item)) {
        emit_.move(scratch2, start);
    } else if (relative == Relative::Window) {
        origin = read_item(window_base(access), scratch2);
    } else {
        origin = read_item(item, scratch2);
    }
    emit_.alu(Op::Sub, scratch, from, origin);
    return scratch;
}

// Asks if the access is not allowed. r12 is then how far the base (with Window, the address) is, as
// the access before may have left it. Returns where that is also if nothing is asked.
[[gnu::always_inline]] inline Reg Compiler::check_relative(Access const& access, Relative relative,
                                                           bool is_measured) {
    note(Part::Check);
    auto const [base, bytes, offset, is_load] = access;
    std::uint32_t const magnitude = std::uint32_t(offset < 0 ? -offset : offset);
    bool const is_window = relative == Relative::Window;
    // A load next to another is quicker.
    bool const is_early = relative == Relative::Context && homes_.has_reg(Item::ContextBase);
    Item const item = !is_window ? Item::ContextLast : is_load ? Item::ReadCount : Item::WriteCount;
    Reg limit = is_early ? read_item(item, scratch2) : in_memory;
    Reg const distance = is_measured ? scratch : measure(access, relative);
    Fact const fact = fact_of(base);
    bool is_trusted = fact.is_low_address();
    if (is_window || relative == Relative::Context) {
        std::uint32_t more = bytes;
        if (is_window) {
            move_by(offset < 0 ? Op::Sub : Op::Add, scratch, magnitude);
            more -= is_load ? window_bytes_.readable : window_bytes_.writable;
            is_trusted |= flow_.has_guards() && fact.is_guarded() && more == 0;
        } else {
            more += magnitude - context_quick_;
        }
        limit = is_early ? limit : read_item(item, scratch2);
        if (is_window && std::int32_t(more) > 0 && flow_.has_guards()) {
            emit_.move(scratch2, 0u);  // Of a window that is shut, too many would be left.
            limit = scratch2;
        } else if (more != 0) {
            emit_.alu(Op::Sub, scratch2, limit, more);
            limit = scratch2;
        }
        emit_.compare(scratch, limit);
    } else {
        std::uint32_t const last = fixed_region(relative).bytes - bytes;
        if (offset >= 0) {
            emit_.compare(distance, last - magnitude);
        } else {  // What compare() needs a register for would take r12.
            emit_.alu(Op::Sub, scratch2, distance, magnitude);
            emit_.compare(scratch2, nearest_below(last));
        }
    }
    Cond const outside = is_window ? Cond::Hs : Cond::Hi;
    if (!is_trusted) {  // The same also if the upper half is not 0.
        Reg const from = read_high(base, scratch2);
        emit_.if_then(inverse(outside));
        emit_.compare(from, is_window ? 1u : 0u);
    }
    High high = !fact.has_known_high() ? High::Near : fact.is_zero() ? High::Zero : High::Sign;
    if (!fact.is_low_address()) {
        high = High::Given;
        note_zero(base);  // Behind it: no region is elsewhere.
    }
    ask_if(outside, wanted_access(relative, high), distance);
    note(Part::Work);
    return distance;
}

// Where the access is, by how far it is or without.
[[gnu::always_inline]] inline Compiler::Place Compiler::place_of(Access const& access,
                                                                 Relative relative, Reg distance) {
    std::int32_t const offset = access.offset;
    Value const& value = values_[access.base];
    bool const has_reg = !value.is_pending() && homes_.has_reg(Homes::low(access.base));
    if (value.is_copy() || has_reg) {
        return {read(access.base, scratch), offset};
    }
    if (value.is(Kind::Index) && offset == 0) {
        return {value.base(), 0, value.operand()};
    }
    bool const has_start = homes_.has_reg(Item::Rodata);
    if (value.is(Kind::Sum) && relative == Relative::Rodata && !has_start) {
        emit_.move(scratch2, value.constant() + std::uint32_t(offset));
        return {scratch2, 0, value.operand()};
    }
    Reg start = scratch2;
    switch (relative) {
        case Relative::Own: start = read_item(Item::Own, scratch2); break;
        case Relative::Context: start = read_item(Item::ContextBase, scratch2); break;
        case Relative::Rodata:
            start = has_start ? homes_.of(Item::Rodata) : scratch2;
            if (!has_start) {
                emit_.move(scratch2, std::uint32_t(instance_.rodata().base));
            }
            break;
        case Relative::Window: start = read_item(window_base(access), scratch2); break;
    }
    std::int32_t const left = relative == Relative::Window ? 0 : offset;
    if (left == 0) {
        return {start, 0, distance};
    }
    emit_.alu(Op::Add, scratch, distance, start);
    return {scratch, left};
}

// With an offset that an access can have, and its second word after it.
[[gnu::always_inline]] inline Compiler::Place Compiler::in_reach(Place const& place,
                                                                 std::uint32_t bytes) {
    if (place.is_indexed()) {
        return bytes == 8 ? without_index(place) : place;
    }
    if (place.offset < -255 || place.offset + 4 > 4095) {
        emit_.alu(Op::Add, scratch, place.base, std::uint32_t(place.offset));
        return {scratch, 0};
    }
    return place;
}

Compiler::Place Compiler::without_index(Place const& place) {
    emit_.alu(Op::Add, scratch, place.base, place.index);
    return {scratch, 0};
}

void Compiler::load(Reg to, Place const& place, std::uint32_t bytes, bool is_signed) {
    place.is_indexed() ? emit_.load_indexed(to, place.base, place.index, {bytes, is_signed})
                       : emit_.load(to, place.base, place.offset, {bytes, is_signed});
}

[[gnu::always_inline]] inline void Compiler::store(Reg from, Place const& place,
                                                   std::uint32_t bytes) {
    place.is_indexed() ? emit_.store_indexed(from, place.base, place.index, bytes)
                       : emit_.store(from, place.base, place.offset, bytes);
}

void Compiler::emit_load() {
    std::uint32_t const dst = slot_.dst();
    std::uint32_t const src = slot_.src();
    std::uint32_t const bytes = isa::access_bytes(slot_.opcode());
    bool const is_signed = (slot_.opcode() & 0xe0) == std::uint8_t(isa::Mode::MemSx);
    bool const is_last = marks_.is_last_of_src();
    Reg const to = begin(dst, is_last ? src : dst);
    Place const place = check_access({src, bytes, slot_.offset(), true}, is_last || src == dst);
    if (bytes == 8 && marks_.needs_high()) {
        Reg const high = high_home(dst) == in_memory ? scratch2 : high_home(dst);
        emit_.load(high, place.base, place.offset + 4, 4);
        end_high(dst, high);
        emit_.load(to, place.base, place.offset, 4);
        if (is_checked && flow_.has_guards() && marks_.is_guarded()) {
            note(Part::Check);
            emit_.alu({Op::Orr, Sets::Flags}, scratch, high, {to, ShiftKind::Lsr, 31});
            ask_if(Cond::Ne, Wanted::Shut);
        }
        return forget(dst);
    }
    std::uint32_t const start = emit_.size();
    load(to, place, bytes == 8 ? 4 : bytes, is_signed);
    loaded_ = {start, emit_.size(), place, to, std::uint8_t(is_signed ? 0 : 8 * bytes)};
    forget(dst);
    measured_.code_at = place.base == scratch || dst == src ? 0 : emit_.size();
    if (bytes != 8) {
        settle_high(is_signed ? Fact::sign() : Fact::zero());
    }
}

// Of what the last instruction loaded: it becomes one that does both.
void Compiler::extend_sign(Reg to, Reg from, std::uint32_t bits) {
    if (to == from && loaded_.end == emit_.size() && loaded_.to == to && loaded_.bits == bits) {
        emit_.rewind(loaded_.start);
        measured_ = {};
        return load(to, loaded_.place, bits / 8, true);
    }
    emit_.extend(to, from, bits, true);
}

void Compiler::emit_store() {
    std::uint32_t const dst = slot_.dst();
    std::uint32_t const src = slot_.src();
    std::uint32_t const bytes = isa::access_bytes(slot_.opcode());
    bool const is_imm = isa::shape_of(slot_.opcode()) == Shape::StoreImm;
    if (!is_imm && value(src).is_work()) {
        settle(src);
    }
    Place place = check_access({dst, bytes, slot_.offset(), false}, marks_.is_last_of_dst());
    if (place.is_indexed() && (place.base == scratch2 || place.index.reg() == scratch2)) {
        place = without_index(place);  // r14 is for what is stored.
    }
    Reg low = scratch2;
    bool const is_short = value(src).is(Kind::Constant) && value(src).constant() <= 0xffff;
    bool const is_held = is_imm || is_short;
    std::uint32_t const constant = is_imm ? slot_.high : value(src).constant();
    if (is_held) {
        hold(scratch2, constant);
    } else {
        low = read(src, scratch2);
    }
    store(low, place, bytes == 8 ? 4 : bytes);
    if (bytes != 8) {
        measured_.code_at = place.base == scratch ? 0 : emit_.size();
        if (is_held) {
            keep();
        }
    } else if (is_imm || (is_short && fact_of(src).is_zero())) {
        keep();
        hold(scratch2, is_imm ? std::uint32_t(slot_.imm() >> 31) : 0);
        emit_.store(scratch2, place.base, place.offset + 4, 4);
        keep();
    } else {
        emit_.store(read_high(src, scratch2), place.base, place.offset + 4, 4);
    }
}

}  // namespace mbpf::jit
