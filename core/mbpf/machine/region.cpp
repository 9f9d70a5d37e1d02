// SPDX-License-Identifier: MIT
#include "mbpf/machine/region.hpp"

namespace mbpf::machine {

Result<void> Regions::add(Region region) {
    if (count_ == regions_.size()) {
        return Error{Fault::TooManyRegions, 0, count_ + 1, config::max_regions};
    }
    Result<void> const done = replace(count_, region);
    count_ += done.has_value() ? 1u : 0u;
    return done;
}

Result<void> Regions::replace(std::uint32_t index, Region region) {
    if (region.base + region.bytes < region.base) {
        return Error{Fault::RegionWraps, 0, index};
    }
    regions_[index] = region;
    return {};
}

}  // namespace mbpf::machine
