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

namespace {

// Walks from the first site on.
class SiteReader {
public:
    explicit SiteReader(Bytes sites) : sites_{sites}, end_{std::uint32_t(sites.size())} {}

    [[nodiscard]] bool next() {
        if (end_ == 0) {
            return false;
        }
        site_.ordinal += is_first_ || !needs_instruction(site_.wanted) ? 0u : 1u;
        is_first_ = false;
        std::uint32_t const value = value_at(sites_, end_);
        std::uint32_t const distance = value & distance_mask;
        end_ -= 2;
        if (distance != 0) {
            site_.at += distance;
            site_.slot += (value >> slots_at & 31) - 16;
        } else {
            site_.at = value_at(sites_, end_);
            site_.slot = value_at(sites_, end_ - 2);
            end_ -= 4;
        }
        site_.wanted = Wanted(value >> wanted_at);
        return true;
    }
    [[nodiscard]] Site const& site() const { return site_; }

private:
    Bytes sites_;
    std::uint32_t end_;
    bool is_first_ = true;
    Site site_{0, 0, Wanted::Access};
};

}  // namespace

Site find_site(Bytes sites, std::uint32_t at) {
    SiteReader reader{sites};
    while (reader.next() && reader.site().at != at) {
    }
    return reader.site();
}

std::uint32_t each_instruction(Bytes sites, TakeSlot take, void* context) {
    std::uint32_t count = 0;
    for (SiteReader reader{sites}; reader.next();) {
        if (needs_instruction(reader.site().wanted)) {
            take(context, reader.site().slot);
            ++count;
        }
    }
    return count;
}

}  // namespace mbpf::jit
