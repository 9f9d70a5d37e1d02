// SPDX-License-Identifier: MIT
#include "mbpf/jit/sites.hpp"

namespace mbpf::jit {

namespace {

constexpr std::uint32_t distance_mask = 0x3f;
constexpr std::uint32_t slots_at = 6;
constexpr std::uint32_t wanted_at = 11;
constexpr std::uint32_t whole_bytes = 10;
constexpr std::uint32_t sites_between = 32;  // From a whole one to the next, at most.

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

// Walks from the first site on.
class SiteReader {
public:
    explicit SiteReader(Bytes sites) : sites_{sites}, end_{std::uint32_t(sites.size())} {}

    [[nodiscard]] bool next() {
        if (end_ == 0) {
            return false;
        }
        site_.ordinal += needs_instruction(site_.wanted) ? 1u : 0u;
        std::uint32_t const value = value_at(sites_, end_);
        std::uint32_t const distance = value & distance_mask;
        if (distance == 0) {
            read_whole();
            return true;
        }
        end_ -= 2;
        next_ = 0;
        site_.at += distance;
        site_.slot += (value >> slots_at & 31) - 16;
        site_.wanted = Wanted(value >> wanted_at);
        return true;
    }
    // From a whole one to the last such one that is not behind `at`.
    void hop(std::uint32_t at) {
        for (std::uint32_t next = next_; next != 0; next = next_) {
            std::uint32_t const end = end_ + whole_bytes - next;
            if (value_at(sites_, end - 2) > at) {
                break;
            }
            end_ = end;
            read_whole();
        }
    }
    [[nodiscard]] Site const& site() const { return site_; }

private:
    void read_whole() {
        site_ = {value_at(sites_, end_ - 2), value_at(sites_, end_ - 4),
                 Wanted(value_at(sites_, end_) >> wanted_at), value_at(sites_, end_ - 8)};
        next_ = value_at(sites_, end_ - 6) * 2;
        end_ -= whole_bytes;
    }

    Bytes sites_;
    std::uint32_t end_;
    std::uint32_t next_ = 0;         // From the end of a whole one to that of the next, or 0.
    Site site_{0, 0, Wanted::Fuel};  // Needs no instruction: it does not count.
};

}  // namespace

Site find_site(Bytes sites, std::uint32_t at) {
    SiteReader reader{sites};
    while (reader.next()) {
        reader.hop(at);
        if (reader.site().at == at) {
            break;
        }
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
