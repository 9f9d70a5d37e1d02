// SPDX-License-Identifier: MIT
// Memory that a program may reach: address ranges with permissions. Guest addresses are host
// addresses; nothing is translated, everything is checked.
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/base/base.hpp"
#include "mbpf/machine/config.hpp"

namespace mbpf::machine {

enum class Access : std::uint8_t { Read = 1, Write = 2, ReadWrite = 3 };
enum class Permission : std::uint8_t { Read = 1, Write = 2, ReadWrite = 3 };

struct Region {
    std::uintptr_t base{};
    std::uint32_t bytes{};
    Permission permission{};

    // Exact for every address and any size: no sum is formed that could wrap.
    [[nodiscard]] constexpr bool contains(std::uintptr_t address, std::uint32_t size) const {
        std::uintptr_t const offset = address - base;
        return offset <= bytes && size <= bytes - offset;
    }
    [[nodiscard]] constexpr bool allows(Access access) const {
        return (std::uint8_t(permission) & std::uint8_t(access)) == std::uint8_t(access);
    }
};

// A program's addresses have 64 bits also where the core's have 32: nothing is beyond those.
[[nodiscard]] constexpr bool is_reachable(std::uint64_t address) {
    return std::uintptr_t(address) == address;
}

// Whether all of it lies in the lower half of a 32-bit address space, and this far from the ends of
// that: then no sum of an address in it and an offset has an upper half but 0 and -1.
inline constexpr std::uint32_t region_margin = 0x10000;
[[nodiscard]] constexpr bool is_central(Region const& region) {
    constexpr std::uint32_t room = 0x8000'0000u - 2 * region_margin;
    constexpr Region center{region_margin, room, Permission::Read};
    return region.bytes == 0 ? region.base <= region_margin + room
                             : center.contains(region.base, region.bytes);
}

// The regions of one program: its own stack and data, its rodata, its context, and what it was
// lent.
class Regions {
public:
    constexpr Regions() = default;
    // Own memory and rodata: they exist, so they do not wrap.
    constexpr Regions(Region const& first, Region const& second) : regions_{first, second, {}} {}

    static constexpr std::uint32_t rodata = 1;  // 0 is the program's own.
    static constexpr std::uint32_t context = 2;

    // Fault::TooManyRegions; Fault::RegionWraps for a range that passes the end of memory.
    [[nodiscard]] Result<void> add(Region const& region);
    [[nodiscard]] Result<void> set_context(Region const& region);
    void take_back() {
        count_ = fixed;
        outer_ &= (1u << fixed) - 1;
    }
    // For who has all of them for every run, inline: takes back every one and the context, which is
    // the first that add_next() puts then.
    void start_over() {
        regions_[context] = {};
        count_ = context;
        outer_ = 0;
    }
    [[nodiscard]] Fault add_next(Region const& region) {
        Fault const fault = put(count_, region, outer_);
        count_ += fault == Fault::None ? 1 : 0;
        return fault;
    }
    // Whether the context and all that was lent are central.
    [[nodiscard]] bool are_central() const { return outer_ == 0; }

    // The region that holds all of [address, address + size) and allows `access`, or nullptr.
    [[nodiscard]] Region const* find(std::uintptr_t address, std::uint32_t size,
                                     Access access) const;

    [[nodiscard]] std::uint32_t size() const { return count_; }
    [[nodiscard]] Region const& operator[](std::uint32_t index) const { return regions_[index]; }

private:
    static constexpr std::uint32_t fixed = 3;

    // `others` is `outer_` without this one.
    [[nodiscard]] Fault put(std::uint32_t index, Region const& region, std::uint32_t others) {
        if (index == regions_.size()) {
            return Fault::TooManyRegions;
        }
        if (!is_central(region)) {
            std::uintptr_t const room = std::uintptr_t{0} - region.base;  // Up to the end of memory
            if (region.bytes > room && region.base != 0) {
                return Fault::RegionWraps;
            }
            others |= 1u << index;
        }
        outer_ = others;
        regions_[index] = region;
        return Fault::None;
    }

    std::array<Region, config::max_regions> regions_{};
    std::uint32_t count_ = fixed;
    std::uint32_t outer_ = 0;  // Those that are not central, as bits.
    static_assert(config::max_regions <= 32);
};

}  // namespace mbpf::machine
