// SPDX-License-Identifier: MIT
#include "mbpf/jit/sites.hpp"

namespace mbpf::jit {

namespace {

constexpr std::uint32_t distance_mask = 0x3f;
constexpr std::uint32_t slots_at = 6;
constexpr std::uint32_t wanted_at = 11;
constexpr std::uint32_t whole_bytes = 8;
constexpr std::uint32_t sites_between = 32;  // Two that are whole, at most.

[[nodiscard]] std::uint32_t value_at(Bytes sites, std::uint32_t end) {
    return mbpf::load<std::uint16_t>(sites, end - 2);
}

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
    ++count_;
    if (distance <= distance_mask && slots < 32 && count_ < sites_between) {
        return put(wanted | slots << slots_at | distance);
    }
    if (whole_end_ != 0) {
        put_at(whole_end_, (size_ + whole_bytes - whole_end_) / 2);
    }
    put(wanted);
    put(site.at);
    put(site.slot);
    put(0);
    whole_end_ = size_;
    count_ = 0;
}

Site find_site(Bytes sites, std::uint32_t at) {
    Site site{0, 0, Wanted::Access};
    for (std::uint32_t end = std::uint32_t(sites.size()); end != 0;) {
        std::uint32_t value = value_at(sites, end);
        std::uint32_t const distance = value & distance_mask;
        end -= 2;
        if (distance != 0) {
            site.at += distance;
            site.slot += (value >> slots_at & 31) - 16;
        } else {
            end -= whole_bytes - 2;
            // To the last whole one that is not behind it.
            for (std::uint32_t next = value_at(sites, end + 2) * 2;
                 next != 0 && value_at(sites, end - next + whole_bytes - 2) <= at;
                 next = value_at(sites, end + 2) * 2) {
                end -= next;
            }
            value = value_at(sites, end + whole_bytes);
            site.at = value_at(sites, end + whole_bytes - 2);
            site.slot = value_at(sites, end + whole_bytes - 4);
        }
        if (site.at == at) {
            site.wanted = Wanted(value >> wanted_at);
            break;
        }
    }
    return site;
}

}  // namespace mbpf::jit
