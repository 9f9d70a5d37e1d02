// SPDX-License-Identifier: MIT
#include "mbpf/machine/region.hpp"

namespace mbpf::machine {

Result<void> Regions::add(Region const& region) {
    switch (Fault const fault = add_next(region)) {
        case Fault::None: return {};
        case Fault::TooManyRegions: return Error{fault, 0, count_ + 1, config::max_regions};
        default: return Error{fault, 0, count_};
    }
}

Result<void> Regions::set_context(Region const& region) {
    Fault const fault = put(context, region, outer_ & ~(1u << context));
    if (fault != Fault::None) {
        return Error{fault, 0, context};
    }
    count_ = count_ < fixed ? fixed : count_;
    return {};
}

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
