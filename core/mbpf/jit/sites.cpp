// SPDX-License-Identifier: MIT
#include "mbpf/jit/sites.hpp"

namespace mbpf::jit {

namespace {

constexpr std::uint32_t distance_mask = 0x3f;
constexpr std::uint32_t slots_at = 6;
constexpr std::uint32_t slots_mask = 0x1f;
constexpr std::uint32_t slots_bias = 16;
constexpr std::uint32_t more_distance_mask = 0x1ff;
constexpr std::uint32_t more_slots_bias = 0x800;
constexpr std::uint32_t more_slots_at = 9;
constexpr std::uint32_t wanted_at = 11;
constexpr std::uint32_t whole_bytes = 12;
constexpr std::uint32_t sites_between = 16;  // From a whole one to the next, at most.

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
    std::uint32_t const slots = site.slot - slot_;
    std::uint32_t const wanted = std::uint32_t(site.wanted) << wanted_at;
    at_ = site.at;
    slot_ = site.slot;
    std::uint32_t const ordinal = ordinal_;
    ordinal_ += needs_instruction(site.wanted) ? 1u : 0u;
    ++count_;
    if (count_ < sites_between) {
        std::uint32_t const biased = slots + slots_bias;
        if (distance <= distance_mask && biased <= slots_mask) {
            return put(wanted | biased << slots_at | distance);
        }
        std::uint32_t const more = slots + more_slots_bias;
        if (distance <= more_distance_mask && more < 2 * more_slots_bias) {
            put(wanted | (more & slots_mask) << slots_at);
            return put((more >> 5) << more_slots_at | distance);
        }
    }
    if (whole_end_ != 0) {
        put_at(whole_end_ - 2, (size_ + whole_bytes - whole_end_) / 2);
    }
    put(wanted);
    put(0);
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
    auto wanted = Wanted::Fuel;  // Needs no instruction: it does not count.
    std::uint32_t found = 0, slot = 0, ordinal = 0;
    while (end != first && found != at) {
        std::uint32_t const value = value_at(end);
        std::uint32_t const distance = value & distance_mask;
        std::uint32_t const slots = value >> slots_at & slots_mask;
        ordinal += needs_instruction(wanted) ? 1u : 0u;
        wanted = Wanted(value >> wanted_at);
        if (distance != 0) {
            found += distance;
            slot += slots - slots_bias;
        } else if (std::uint32_t const more = value_at(end - 2); more != 0) {
            found += more & more_distance_mask;
            slot += ((more >> more_slots_at) << 5 | slots) - more_slots_bias;
            end -= 2;
        } else {
            // Down, as they are written.
            std::uint32_t down = value_at(end - 8) * 2;
            while (take == nullptr && down != 0 && value_at(end - down - 4) <= at) {
                end -= down;
                down = value_at(end - 8) * 2;
            }
            wanted = Wanted(value_at(end) >> wanted_at);
            found = value_at(end - 4);
            slot = value_at(end - 6);
            ordinal = value_at(end - 10);
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
