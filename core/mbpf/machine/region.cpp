// SPDX-License-Identifier: MIT
#include "mbpf/machine/region.hpp"

namespace mbpf::machine {

Result<void> Regions::put(std::uint32_t index, Region const& region) {
    if (index == regions_.size()) {
        return Error{Fault::TooManyRegions, 0, index + 1, config::max_regions};
    }
    std::uintptr_t const room = std::uintptr_t{0} - region.base;  // Up to the end of memory
    if (region.bytes > room && region.base != 0) {
        return Error{Fault::RegionWraps, 0, index};
    }
    regions_[index] = region;
    count_ = index < count_ ? count_ : index + 1;
    outer_ = (outer_ & ~(1u << index)) | (is_central(region) ? 0u : 1u) << index;
    return {};
}

Result<void> Regions::add(Region const& region) { return put(count_, region); }

Result<void> Regions::set_context(Region const& region) { return put(context, region); }

Region const* Regions::find(std::uintptr_t address, std::uint32_t size, Access access) const {
    Region const* const end = regions_.data() + count_;
    for (Region const* region = regions_.data(); region != end; ++region) {
        if (region->contains(address, size) && region->allows(access)) {
            return region;
        }
    }
    return nullptr;
}

}  // namespace mbpf::machine
