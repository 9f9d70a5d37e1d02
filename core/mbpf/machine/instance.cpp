// SPDX-License-Identifier: MIT
#include "mbpf/machine/instance.hpp"

namespace mbpf::machine {

namespace {

// Region 0 is never smaller than the widest access, so that an engine may start with it cached.
constexpr std::uint32_t own_bytes(program::Program const& program, StackPlan plan) {
    std::uint32_t const bytes = plan.stack_bytes() + program.writable_bytes();
    return bytes < 8 ? 8 : bytes;
}

}  // namespace

std::uint32_t memory_bytes(program::Program const& program, StackPlan plan) {
    constexpr std::uint32_t padding = stack_alignment - memory_alignment;
    return plan.saved_bytes() + own_bytes(program, plan) + padding;
}

Result<void> Instance::prepare(program::Program const& program, StackPlan plan,
                               WritableBytes memory, HelperTable helpers, std::uint32_t alignment) {
    std::uintptr_t const start = address_of(memory.data());
    if (start % memory_alignment != 0) {
        return Error{Fault::AddressNotAligned, 0, std::uint32_t(start % memory_alignment),
                     memory_alignment};
    }
    std::uint32_t const stack = plan.saved_bytes() + plan.stack_bytes();
    std::uint32_t const data_at = std::uint32_t(align_up(start + stack, alignment) - start);
    std::uint32_t const own_at = data_at - plan.stack_bytes();
    std::uint32_t const bytes = own_bytes(program, plan);
    if (memory.size() < own_at + bytes) {
        return Error{Fault::MemoryTooSmall, 0, std::uint32_t(memory.size()),
                     memory_bytes(program, plan)};
    }
    std::byte* const own = memory.data() + own_at;
    std::byte* const data = memory.data() + data_at;
    __builtin_memset(own, 0, bytes);
    if (!program.data.empty()) {
        __builtin_memcpy(data, program.data.data(), program.data.size());
    }
    regions_ = Regions{{address_of(own), bytes, Permission::ReadWrite},
                       {address_of(program.rodata.data()), std::uint32_t(program.rodata.size()),
                        Permission::Read}};
    helpers_ = helpers;
    saved_frames_ = static_cast<SavedFrame*>(static_cast<void*>(memory.data()));
    frame_pointer_ = address_of(data);
    environment_ = nullptr;
    breather_ = nullptr;
    plan_ = plan;
    stop_requested_ = false;
    helper_failed_ = false;
    data_is_rodata_ = program.data_is_rodata();
    return config::is_smallest ? Result<void>{} : relocate(program);
}

// Writes the addresses that data holds.
[[gnu::always_inline]] inline Result<void> Instance::relocate(program::Program const& program) {
    std::uint32_t const bytes = std::uint32_t(program.data.size());
    for (std::uint32_t i = 0; i < program.data_relocation_count(); ++i) {
        program::DataRelocation const relocation = program.data_relocation(i);
        if (!fits(relocation.offset, sizeof(std::uint64_t), bytes)) {
            return Error{Fault::RelocationOutOfRange, i, relocation.offset, bytes};
        }
        std::byte* const word = pointer_to(data_address()) + relocation.offset;
        std::uint64_t const base = relocation.to_rodata ? rodata_address() : data_address();
        store(word, load<std::uint64_t>(word) + base);
    }
    return {};
}

std::byte const* Instance::text_end(Region const& region, std::uintptr_t address) {
    void const* const end =
        __builtin_memchr(pointer_to(address), 0, region.bytes - (address - region.base));
    return static_cast<std::byte const*>(end);
}

std::int64_t Instance::text_length(std::uint64_t address) const {
    Region const* const region = admits(text, &address, 0);
    if (region == nullptr) {
        return -1;
    }
    std::byte const* const start = pointer_to(std::uintptr_t(address));
    return text_end(*region, address_of(start)) - start;
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
