// SPDX-License-Identifier: MIT
#include "mbpf/machine/instance.hpp"

namespace mbpf::machine {

namespace {

// Region 0 is never smaller than the widest access, so that an engine may start with it cached.
constexpr std::uint32_t own_bytes(program::Program const& program, StackPlan plan) {
    std::uint32_t const bytes = plan.stack_bytes() + program.writable_bytes();
    return bytes < 8 ? 8 : bytes;
}

Result<void> relocate_data(program::Program const& program, std::byte* data,
                           std::uintptr_t rodata_address) {
    for (std::uint32_t i = 0; i < program.data_relocation_count(); ++i) {
        program::DataRelocation const relocation = program.data_relocation(i);
        if (!fits(relocation.offset, sizeof(std::uint64_t), program.data.size())) {
            return Error{Fault::RelocationOutOfRange, i, relocation.offset,
                         std::uint32_t(program.data.size())};
        }
        std::byte* const word = data + relocation.offset;
        std::uint64_t const base = relocation.to_rodata ? rodata_address : address_of(data);
        store(word, load<std::uint64_t>(word) + base);
    }
    return {};
}

}  // namespace

std::uint32_t memory_bytes(program::Program const& program, StackPlan plan) {
    return plan.saved_bytes() + own_bytes(program, plan);
}

Result<void> Instance::prepare(program::Program const& program, StackPlan plan,
                               WritableBytes memory, HelperTable helpers) {
    std::uint32_t const needed = memory_bytes(program, plan);
    if (address_of(memory.data()) % 8 != 0) {
        return Error{Fault::AddressNotAligned, 0, std::uint32_t(address_of(memory.data()) % 8), 8};
    }
    if (memory.size() < needed) {
        return Error{Fault::MemoryTooSmall, 0, std::uint32_t(memory.size()), needed};
    }
    std::byte* const own = memory.data() + plan.saved_bytes();
    std::byte* const data = own + plan.stack_bytes();
    __builtin_memset(own, 0, own_bytes(program, plan));
    if (!program.data.empty()) {
        __builtin_memcpy(data, program.data.data(), program.data.size());
    }
    std::uintptr_t const rodata = address_of(program.rodata.data());
    if (Result<void> const done = relocate_data(program, data, rodata); !done.has_value()) {
        return done;
    }
    *this = Instance{};
    saved_frames_ = static_cast<SavedFrame*>(static_cast<void*>(memory.data()));
    frame_pointer_ = address_of(data);
    plan_ = plan;
    helpers_ = helpers;
    Region const fixed[fixed_regions] = {
        {address_of(own), own_bytes(program, plan), Permission::ReadWrite},
        {rodata, std::uint32_t(program.rodata.size()), Permission::Read},
        {},
    };
    for (Region const& region : fixed) {
        if (Result<void> const done = regions_.add(region); !done.has_value()) {
            return done;
        }
    }
    return {};
}

Result<void> Instance::set_context(Region context) {
    return regions_.replace(context_region, context);
}

bool Instance::ends_inside(Region const& region, std::uintptr_t address) {
    // Most regions of strings end with one: then every string in them ends inside.
    std::byte const* const last = pointer_to(region.base + region.bytes - 1);
    return *last == std::byte{0} ||
           __builtin_memchr(pointer_to(address), 0, region.bytes - (address - region.base)) !=
               nullptr;
}

std::int64_t Instance::text_length(std::uint64_t address) const {
    if (admits(text, &address, 0) == nullptr) {
        return -1;
    }
    return std::int64_t(__builtin_strlen(
        static_cast<char const*>(static_cast<void*>(pointer_to(std::uintptr_t(address))))));
}

bool Instance::may_access(std::uint64_t address, std::uint32_t bytes, Access access) const {
    return is_reachable(address) &&
           regions_.find(std::uintptr_t(address), bytes, access) != nullptr;
}

bool Instance::take_helper_failure() {
    bool const failed = helper_failed_;
    helper_failed_ = false;
    return failed;
}

}  // namespace mbpf::machine
