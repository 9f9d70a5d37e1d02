// SPDX-License-Identifier: MIT
#include "mbpf/jit/sites.hpp"

namespace mbpf::jit {

namespace {

constexpr std::uint32_t distance_mask = 0x3f;
constexpr std::uint32_t slots_at = 6;
constexpr std::uint32_t wanted_at = 11;

[[nodiscard]] std::uint32_t value_at(Bytes sites, std::uint32_t end) {
    return mbpf::load<std::uint16_t>(sites, end - 2);
}

}  // namespace

void SiteWriter::put(std::uint32_t value) {
    size_ += 2;
    if (size_ <= memory_.size()) {
        mbpf::store(memory_.data() + memory_.size() - size_, std::uint16_t(value));
    }
}

void SiteWriter::add(Site site) {
    std::uint32_t const distance = site.at - at_;
    std::uint32_t const slots = site.slot - slot_ + 16;  // -16 to 15
    std::uint32_t const wanted = std::uint32_t(site.wanted) << wanted_at;
    at_ = site.at;
    slot_ = site.slot;
    if (distance <= distance_mask && slots < 32) {
        return put(wanted | slots << slots_at | distance);
    }
    put(wanted);
    put(site.at);
    put(site.slot);
}

Site find_site(Bytes sites, std::uint32_t at) {
    Site site{0, 0, Wanted::Access};
    for (std::uint32_t end = std::uint32_t(sites.size()); end != 0;) {
        std::uint32_t const value = value_at(sites, end);
        std::uint32_t const distance = value & distance_mask;
        end -= 2;
        if (distance != 0) {
            site.at += distance;
            site.slot += (value >> slots_at & 31) - 16;
        } else {
            site.at = value_at(sites, end);
            site.slot = value_at(sites, end - 2);
            end -= 4;
        }
        if (site.at == at) {
            site.wanted = Wanted(value >> wanted_at);
            break;
        }
    }
    return site;
}

}  // namespace mbpf::jit
