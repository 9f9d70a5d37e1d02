// SPDX-License-Identifier: MIT
#include "mbpf/jit/sites.hpp"

namespace mbpf::jit {

namespace {

constexpr std::uint32_t distance_mask = 0x3f;
constexpr std::uint32_t slots_at = 6;
constexpr std::uint32_t wanted_at = 11;
constexpr std::uint32_t whole_bytes = 10;
constexpr std::uint32_t sites_between = 32;  // From a whole one to the next, at most.

}  // namespace

void SiteWriter::put(std::uint32_t value) {
    size_ += 2;
    put_at(size_, value);
}

void SiteWriter::put_at(std::uint32_t end, std::uint32_t value) {
    if (end <= memory_.size()) {
        mbpf::store(memory_.data() + memory_.size() - end, std::uint16_t(value));
    }
}

void SiteWriter::add(Site site) {
    std::uint32_t const distance = site.at - at_;
    std::uint32_t const slots = site.slot - slot_ + 16;  // -16 to 15
    std::uint32_t const wanted = std::uint32_t(site.wanted) << wanted_at;
    at_ = site.at;
    slot_ = site.slot;
    std::uint32_t const ordinal = ordinal_;
    ordinal_ += needs_instruction(site.wanted) ? 1u : 0u;
    ++count_;
    if (distance <= distance_mask && slots < 32 && count_ < sites_between) {
        return put(wanted | slots << slots_at | distance);
    }
    if (whole_end_ != 0) {
        put_at(whole_end_ - 2, (size_ + whole_bytes - whole_end_) / 2);
    }
    put(wanted);
    put(site.at);
    put(site.slot);
    put(0);
    put(ordinal);
    whole_end_ = size_;
    count_ = 0;
}

namespace {

// From the first site to that at `at`; without hops, if each is to be taken. What it counts stays
// in local variables, and so in registers of the core: all requests for help wait for this.
Site walk(Bytes sites, std::uint32_t at, TakeSlot take, void* context) {
    std::byte const* const first = sites.data();
    std::byte const* end = first + sites.size();
    auto const value_at = [](std::byte const* behind) -> std::uint32_t {
        return mbpf::load<std::uint16_t>(behind - 2);
    };
    std::uint32_t found = 0, slot = 0, ordinal = 0;
    auto wanted = Wanted::Fuel;  // Needs no instruction: it does not count.
    while (end != first && found != at) {
        std::uint32_t const value = value_at(end);
        std::uint32_t const distance = value & distance_mask;
        ordinal += needs_instruction(wanted) ? 1u : 0u;
        wanted = Wanted(value >> wanted_at);
        found += distance;
        slot += (value >> slots_at & 31) - 16;
        if (distance == 0) {
            // Down, as they are written.
            std::uint32_t down = value_at(end - 6) * 2;
            while (take == nullptr && down != 0 && value_at(end - down - 2) <= at) {
                end -= down;
                down = value_at(end - 6) * 2;
            }
            wanted = Wanted(value_at(end) >> wanted_at);
            found = value_at(end - 2);
            slot = value_at(end - 4);
            ordinal = value_at(end - 8);
            end -= whole_bytes - 2;
        }
        end -= 2;
        if (take != nullptr && needs_instruction(wanted)) {
            take(context, slot);
        }
    }
    return {found, slot, wanted, ordinal};
}

}  // namespace

Site find_site(Bytes sites, std::uint32_t at) { return walk(sites, at, nullptr, nullptr); }

std::uint32_t each_instruction(Bytes sites, TakeSlot take, void* context) {
    constexpr std::uint32_t nowhere = ~0u;
    Site const last = walk(sites, nowhere, take, context);
    return last.ordinal + (needs_instruction(last.wanted) ? 1u : 0u);
}

}  // namespace mbpf::jit
