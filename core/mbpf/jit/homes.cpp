// SPDX-License-Identifier: MIT
#include "mbpf/jit/homes.hpp"

#include <bit>

namespace mbpf::jit {

namespace {

constexpr std::uint32_t index_of(Item item) { return std::uint32_t(item); }

constexpr std::uint32_t half_count = 2 * isa::frame_pointer + 1;

// Other than as its destination.
[[nodiscard]] bool may_write_first(isa::Slot slot) {
    return isa::shape_of(slot.opcode()) == isa::Shape::Call ||
           isa::shape_of(slot.opcode()) == isa::Shape::AtomicReg;
}

constexpr bool must_have_reg(std::uint32_t index) {
    return index < isa::register_count || Item(index) == Item::Fuel;
}

}  // namespace

std::int32_t Homes::slot_of(Item item) {
    std::uint32_t const i = index_of(item);
    if (i >= half_count) {
        return std::int32_t(own_at + 4 * (i - half_count));
    }
    return std::int32_t(registers_at) +
           std::int32_t(i < isa::register_count ? 8 * i : 8 * (i - isa::register_count) + 4);
}

std::uint32_t Homes::saved() const {
    std::uint32_t saved = 0;
    bool is_odd = false;
    for (Reg const reg : regs_) {
        std::uint32_t const bit = 1u << std::uint32_t(reg);
        bool const is_new = reg >= Reg::r4 && reg <= Reg::r11 && (saved & bit) == 0;
        saved |= is_new ? bit : 0u;
        is_odd ^= is_new;
    }
    return is_odd ? saved : saved | 1u << std::uint32_t(Reg::r3);
}

void Homes::weigh(Flow const& flow, std::uint32_t (&weights)[item_count]) {
    for (Pc pc{}; pc.slot < flow.slots(); pc.slot += flow.width_at(pc)) {
        isa::Slot const slot = flow.at(pc);
        std::uint32_t const weight = flow.weight(pc);
        if (flow.is_leader(pc)) {
            weights[index_of(Item::Fuel)] += 2 * weight;
        }
        Roles const roles{slot};
        bool const writes_first = roles.writes_dst() && slot.dst() == 1;
        keeps_context_ = keeps_context_ && !writes_first && !may_write_first(slot);
        if (machine::Helper const* const helper = flow.helper_of(slot); helper != nullptr) {
            for (std::uint32_t i = 0; i < helper->args.size(); ++i) {
                bool const is_used = helper->args[i].kind() != machine::ArgKind::Unused;
                weights[index_of(low(i + 1))] += is_used ? weight : 0;
            }
        }
        std::uint32_t const dst = slot.dst();
        std::uint32_t const src = slot.src();
        if (roles.reads_dst() || roles.writes_dst()) {
            weights[index_of(low(dst))] += weight;
            if (dst != isa::frame_pointer && flow.uses_high_of_dst(pc)) {
                weights[index_of(high(dst))] += weight;
            }
        }
        if (roles.reads_src()) {
            weights[index_of(low(src))] += weight;
            if (src != isa::frame_pointer && flow.uses_high_of_src(pc)) {
                weights[index_of(high(src))] += weight;
            }
        }
    }
    weights[index_of(Item::Own)] = flow.weight_of(Origin::Own);
    weights[index_of(Item::Rodata)] = flow.weight_of(Origin::Rodata);
    weights[index_of(Item::ContextBase)] = flow.weight_of(Origin::Context);
    weights[index_of(Item::ContextLast)] = flow.weight_of(Origin::Context);
    weights[index_of(Item::ReadBase)] = flow.weight_of(Origin::None);
    weights[index_of(Item::ReadLast)] = flow.weight_of(Origin::None);
    weights[index_of(Item::WriteBase)] = flow.weight_of_stores();
    weights[index_of(Item::WriteLast)] = flow.weight_of_stores();
    if (!flow.has_local_calls()) {
        weights[index_of(low(isa::frame_pointer))] = 0;  // A constant.
    }
}

// A helper is called with r1 to r4 where they are (AAPCS32 6.1), and keeps r4 to r11.
Homes::Homes(Flow const& flow) {
    std::uint32_t weights[item_count]{1};  // r0 is what a program returns.
    weigh(flow, weights);
    for (Reg& reg : regs_) {
        reg = in_memory;
    }
    for (std::uint32_t i = 0; i < item_count; ++i) {
        used_ |= weights[i] != 0 ? 1u << i : 0u;
    }
    bool const shares = keeps_context_ && is_used(Item::ContextBase) && is_used(low(1));
    if (shares) {
        weights[index_of(low(1))] += weights[index_of(Item::ContextBase)];
        weights[index_of(Item::ContextBase)] = 0;
    }
    std::uint32_t next = 0;
    if (flow.has_direct_calls()) {
        for (std::uint32_t reg = 1; reg <= 4; ++reg) {
            regs_[index_of(low(reg))] = Reg(reg - 1);
            weights[index_of(low(reg))] = 0;
        }
        next = 4;
    }
    // Low halves and the fuel always get a register: there are twelve at most.
    std::uint32_t reserved = 0;
    std::uint32_t wanting = 0;
    for (std::uint32_t i = 0; i < item_count; ++i) {
        if (weights[i] != 0) {
            wanting |= 1u << i;
            reserved += must_have_reg(i) ? 1u : 0u;
        }
    }
    while (next < 12 && wanting != 0) {
        std::uint32_t best = std::uint32_t(std::countr_zero(wanting));
        for (std::uint32_t left = wanting & (wanting - 1); left != 0; left &= left - 1) {
            std::uint32_t const i = std::uint32_t(std::countr_zero(left));
            best = weights[i] > weights[best] ? i : best;
        }
        wanting &= ~(1u << best);
        bool const must = must_have_reg(best);
        if (must || 12 - next > reserved) {
            regs_[best] = Reg(next);
            ++next;
            reserved -= must ? 1u : 0u;
        }
    }
    if (shares) {
        regs_[index_of(Item::ContextBase)] = of(low(1));
    }
}

}  // namespace mbpf::jit
