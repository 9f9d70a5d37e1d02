// SPDX-License-Identifier: MIT
#include "mbpf/jit/homes.hpp"

namespace mbpf::jit {

namespace {

constexpr std::uint32_t index_of(Item item) { return std::uint32_t(item); }

constexpr std::uint32_t half_count = 2 * isa::frame_pointer + 1;

// Other than as its destination; of what has effects.
[[nodiscard]] bool may_write_first(isa::Slot const& slot) {
    return slot.opcode() == std::uint8_t(isa::Opcode::Call) || Roles{slot}.is_atomic();
}

void weigh_arguments(machine::Helper const* helper, std::uint32_t weight,
                     std::uint32_t (&weights)[item_count]) {
    for (std::uint32_t i = 0; helper != nullptr && i < helper->args.size(); ++i) {
        bool const is_used = helper->args[i].kind() != machine::ArgKind::Unused;
        weights[index_of(Homes::low(i + 1))] += is_used ? weight : 0;
    }
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

[[gnu::always_inline]] inline void Homes::weigh(Flow const& flow,
                                                std::uint32_t (&weights)[item_count]) {
    bool keeps_context = true;
    for (Pc pc{}; pc.slot < flow.slots();) {
        isa::Slot const slot = flow.at(pc);
        Roles const roles{slot};
        Marks const marks = flow.marks_at(pc);
        std::uint32_t const weight = marks.weight();
        std::uint32_t const dst = slot.dst();
        if (flow.is_leader(pc)) {
            weights[index_of(Item::Fuel)] += 2 * weight;
        }
        if (roles.has_effect() && may_write_first(slot)) {
            keeps_context = false;
            weigh_arguments(flow.helper_of(slot), weight, weights);
        }
        if (roles.reads_dst() || roles.writes_dst()) {
            weights[index_of(low(dst))] += weight;
            if (marks.uses_high_of_dst()) {
                weights[index_of(high(dst))] += weight;
            }
            keeps_context &= dst != 1 || !roles.writes_dst();
        }
        if (roles.reads_src()) {
            weights[index_of(low(slot.src()))] += weight;
            if (marks.uses_high_of_src()) {
                weights[index_of(high(slot.src()))] += weight;
            }
        }
        pc.slot += Flow::width_of(slot);
    }
    keeps_context_ = keeps_context;
    weights[index_of(Item::Own)] = flow.weight_of(Origin::Own);
    weights[index_of(Item::Rodata)] = flow.weight_of(Origin::Rodata);
    weights[index_of(Item::ContextBase)] = flow.weight_of(Origin::Context);
    weights[index_of(Item::ContextLast)] = flow.weight_of(Origin::Context);
    weights[index_of(Item::ReadBase)] = flow.weight_of(Origin::None);
    weights[index_of(Item::ReadCount)] = flow.weight_of(Origin::None);
    weights[index_of(Item::WriteBase)] = flow.weight_of_stores();
    weights[index_of(Item::WriteCount)] = flow.weight_of_stores();
    if (!flow.has_local_calls()) {
        weights[index_of(low(isa::frame_pointer))] = 0;  // A constant.
    }
}

// A helper is called with r1 to r4 where they are (AAPCS32 6.1), and keeps r4 to r11.
Homes::Homes(Flow const& flow) {
    std::uint32_t weights[item_count]{1};  // r0 is what a program returns.
    weigh(flow, weights);
    for (std::uint8_t& reg : regs_) {
        reg = std::uint8_t(in_memory);
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
            regs_[index_of(low(reg))] = std::uint8_t(reg - 1);
            weights[index_of(low(reg))] = 0;
        }
        next = 4;
    }
    // Those that want a register, by weight.
    std::uint8_t order[item_count];
    std::uint32_t count = 0;
    // Low halves and the fuel always get one: there are twelve at most.
    std::uint32_t reserved = 0;
    for (std::uint32_t i = 0; i < item_count; ++i) {
        if (weights[i] == 0) {
            continue;
        }
        reserved += must_have_reg(i) ? 1u : 0u;
        std::uint32_t at = count++;
        for (; at != 0 && weights[order[at - 1]] < weights[i]; --at) {
            order[at] = order[at - 1];
        }
        order[at] = std::uint8_t(i);
    }
    for (std::uint32_t i = 0; i < count && next < 12; ++i) {
        bool const must = must_have_reg(order[i]);
        if (must || 12 - next > reserved) {
            regs_[order[i]] = std::uint8_t(next);
            ++next;
            reserved -= must ? 1u : 0u;
        }
    }
    if (shares) {
        regs_[index_of(Item::ContextBase)] = std::uint8_t(of(low(1)));
    }
}

}  // namespace mbpf::jit
