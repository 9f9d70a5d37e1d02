// SPDX-License-Identifier: MIT
// One loaded program's machine: its memory, the regions lent to it, its helpers. Engines run a
// VerifiedProgram on an Instance.
#pragma once

#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/machine/frame.hpp"
#include "mbpf/machine/helper.hpp"
#include "mbpf/machine/region.hpp"
#include "mbpf/machine/trap.hpp"
#include "mbpf/program/program.hpp"

namespace mbpf::machine {

// Bytes of RAM that Instance::prepare() wants for this program.
[[nodiscard]] std::uint32_t memory_bytes(program::Program const& program, StackPlan plan);

class Instance {
public:
    // Lays out `memory` (8-aligned, owned by the caller for as long as the instance lives) as
    // frame.hpp shows, copies data, zeroes bss and stack, and writes the addresses that data holds.
    // r10 is made a multiple of `alignment` bytes, 8 or 16; less than memory_bytes() is enough if
    // that takes no padding.
    // Faults: MemoryTooSmall, AddressNotAligned, RelocationOutOfRange.
    [[nodiscard]] Result<void> prepare(program::Program const& program, StackPlan plan,
                                       WritableBytes memory, HelperTable helpers,
                                       std::uint32_t alignment = stack_alignment);

    // The memory that r1 points to and r2 measures in the runs to come; replaces the last one.
    [[nodiscard]] Result<void> set_context(Region const& context) {
        return regions_.set_context(context);
    }

    // One more range that the program may reach. Faults: TooManyRegions, RegionWraps.
    [[nodiscard]] Result<void> lend(Region const& region) { return regions_.add(region); }

    // Takes back every lent region, from the next run on: one under way may go on with what it has
    // looked at. The context stays.
    void take_back() { regions_.take_back(); }

    // For who lends everything anew before every run, inline: takes back the context too, which is
    // what lend_next() is given first. Faults as above.
    void start_over() { regions_.start_over(); }
    [[nodiscard]] Fault lend_next(Region const& region) { return regions_.add_next(region); }

    // Makes a run end with Trap::Stopped soon. May be called from another thread or an interrupt.
    void request_stop() { stop_requested_ = true; }
    void clear_stop() { stop_requested_ = false; }
    [[nodiscard]] bool stop_requested() const { return stop_requested_; }

    // Called in the middle of long runs, every 8192 instructions, at the next jump or local call:
    // an embedder without threads does there what cannot wait. It may request a stop, and run other
    // instances.
    using Breather = void (*)(void* context);
    void set_breather(Breather breather, void* context) {
        breather_ = breather;
        breather_context_ = context;
    }
    [[nodiscard]] void* breather_context() const { return breather_context_; }
    // For engines: breathes, and tells whether the run may go on.
    [[nodiscard]] bool breathe() const {
        if (breather_ != nullptr) {
            breather_(breather_context_);
        }
        return !stop_requested_;
    }

    // For helpers: whether the program itself may access the range.
    [[nodiscard]] bool may_read(std::uint64_t address, std::uint32_t bytes) const {
        return may_access(address, bytes, Access::Read);
    }
    [[nodiscard]] bool may_write(std::uint64_t address, std::uint32_t bytes) const {
        return may_access(address, bytes, Access::Write);
    }
    // Length of the NUL-terminated string at `address`, or -1 if it leaves readable memory.
    [[nodiscard]] std::int64_t text_length(std::uint64_t address) const;
    // For helpers: ends the run with Trap::HelperFailed after the helper returns.
    void fail_helper() { helper_failed_ = true; }

    // For helpers that serve several ids: the one that the program called.
    [[nodiscard]] HelperId called() const { return {called_}; }

    // For helpers: what the embedder attached.
    [[nodiscard]] void* environment() const { return environment_; }
    void set_environment(void* environment) { environment_ = environment; }

    // For engines.
    // The region that lets the program pass the pointer `args[index]` to a helper that uses it as
    // `arg`, or nullptr.
    [[nodiscard]] Region const* admits(Arg arg, std::uint64_t const* args,
                                       std::uint32_t index) const;
    [[nodiscard]] bool take_helper_failure();
    void note_call(HelperId id) { called_ = std::uint8_t(id.number); }
    [[nodiscard]] HelperTable helpers() const { return helpers_; }
    [[nodiscard]] Regions const& regions() const { return regions_; }
    [[nodiscard]] Region const& own() const { return regions_[0]; }
    [[nodiscard]] Region const& rodata() const { return regions_[Regions::rodata]; }
    [[nodiscard]] Region const& context() const { return regions_[Regions::context]; }
    [[nodiscard]] std::uintptr_t data_address() const { return frame_pointer_; }
    [[nodiscard]] std::uintptr_t rodata_address() const { return rodata().base; }
    // Of what a wide load means by data or rodata: program::Program::data_is_rodata().
    [[nodiscard]] std::uintptr_t section_address(bool is_data) const {
        return is_data && !data_is_rodata_ ? data_address() : rodata_address();
    }
    [[nodiscard]] std::uintptr_t frame_pointer() const { return frame_pointer_; }
    [[nodiscard]] SavedFrame* saved_frames() const { return saved_frames_; }
    [[nodiscard]] StackPlan plan() const { return plan_; }

private:
    // The first NUL from `address`, inside `region`, on; nullptr if there is none in it.
    [[nodiscard]] static std::byte const* text_end(Region const& region, std::uintptr_t address);

    // Most regions of strings end with one: then every string in them ends inside.
    [[nodiscard]] static bool ends_inside(Region const& region, std::uintptr_t address) {
        return *pointer_to(region.base + region.bytes - 1) == std::byte{0} ||
               text_end(region, address) != nullptr;
    }

    [[nodiscard]] bool may_access(std::uint64_t address, std::uint32_t bytes, Access access) const;
    [[nodiscard]] Result<void> relocate(program::Program const& program);

    Regions regions_;
    HelperTable helpers_;
    SavedFrame* saved_frames_ = nullptr;
    std::uintptr_t frame_pointer_ = 0;  // r10 of the entry function; data starts there.
    void* environment_ = nullptr;
    Breather breather_ = nullptr;
    void* breather_context_ = nullptr;
    StackPlan plan_;
    std::uint8_t called_ = 0;
    bool volatile stop_requested_ = false;
    bool helper_failed_ = false;
    bool data_is_rodata_ = false;
};

// Inline, because it is on the path of every call of a helper with pointers.
inline Region const* Instance::admits(Arg arg, std::uint64_t const* args,
                                      std::uint32_t index) const {
    bool const is_text = arg.is_text();
    // A helper's size parameter is 32 bits wide: what is checked is what it will use.
    std::uint32_t const bytes = is_text          ? 1
                                : arg.is_sized() ? std::uint32_t(args[arg.amount() - 1u])
                                                 : arg.amount();
    if (bytes == 0) {  // May be anywhere.
        return &regions_[0];
    }
    if (!is_reachable(args[index])) {
        return nullptr;
    }
    std::uintptr_t const address = std::uintptr_t(args[index]);
    Access const access = arg.is_written() ? Access::Write : Access::Read;
    Region const* const region = regions_.find(address, bytes, access);
    return region == nullptr || (is_text && !ends_inside(*region, address)) ? nullptr : region;
}

}  // namespace mbpf::machine
