// SPDX-License-Identifier: MIT
// What is known of a register without running the program: of its upper half, which a 32-bit core
// computes only if it is neither known nor dead, and of the memory that it points to.
#pragma once

#include <cstdint>

#include "mbpf/isa/isa.hpp"
#include "mbpf/machine/machine.hpp"

namespace mbpf::jit {

// The region that a pointer was made from. A guess: it decides which check is tried first, never
// whether there is one.
enum class Origin : std::uint8_t { None, Own, Rodata, Context };

// Less is always true. Together, zero and sign say that the value is below 2^31.
class Fact {
public:
    constexpr Fact() = default;

    [[nodiscard]] static constexpr Fact zero() { return Fact{zero_bit}; }  // Upper half is 0.
    [[nodiscard]] static constexpr Fact sign() { return Fact{sign_bit}; }  // It repeats bit 31.
    [[nodiscard]] static constexpr Fact small() { return Fact{zero_bit | sign_bit}; }
    [[nodiscard]] static constexpr Fact of_constant(std::uint64_t value) {
        std::uint32_t const high = std::uint32_t(value >> 32);
        bool const is_negative = (value >> 31 & 1) != 0;
        return Fact{(high == 0 ? zero_bit : 0u) |
                    (high == (is_negative ? ~0u : 0u) ? sign_bit : 0u)};
    }
    // An address in a region, or at most 2^15 away from one. Compiled code runs only while all
    // regions lie in [region_margin, 2^31 - region_margin).
    [[nodiscard]] static constexpr Fact inside(Origin origin) {
        return Fact{zero_bit | sign_bit | inside_bit | std::uint32_t(origin) << origin_at};
    }
    [[nodiscard]] constexpr Fact with(Origin origin) const {
        return Fact{(bits_ & flags) | std::uint32_t(origin) << origin_at};
    }

    [[nodiscard]] constexpr bool is_zero() const { return (bits_ & zero_bit) != 0; }
    [[nodiscard]] constexpr bool is_sign() const { return (bits_ & sign_bit) != 0; }
    [[nodiscard]] constexpr bool is_small() const { return is_zero() && is_sign(); }
    [[nodiscard]] constexpr bool is_inside() const { return (bits_ & inside_bit) != 0; }
    [[nodiscard]] constexpr bool has_known_high() const { return is_zero() || is_sign(); }
    [[nodiscard]] constexpr Origin origin() const { return Origin(bits_ >> origin_at); }

    // What both say.
    [[nodiscard]] constexpr Fact operator&(Fact other) const {
        bool const same = origin() == other.origin();
        return Fact{(bits_ & other.bits_ & flags) | (same ? bits_ & ~flags : 0)};
    }
    // What either says.
    [[nodiscard]] constexpr Fact operator|(Fact other) const {
        return Fact{((bits_ | other.bits_) & flags) |
                    (origin() != Origin::None ? bits_ & ~flags : other.bits_ & ~flags)};
    }
    friend constexpr bool operator==(Fact, Fact) = default;

private:
    friend class Facts;

    static constexpr std::uint32_t zero_bit = 1;
    static constexpr std::uint32_t sign_bit = 2;
    static constexpr std::uint32_t inside_bit = 4;
    static constexpr std::uint32_t flags = 7;
    static constexpr std::uint32_t origin_at = 3;
    static constexpr std::uint32_t width = 5;

    explicit constexpr Fact(std::uint32_t bits) : bits_{std::uint8_t(bits)} {}

    std::uint8_t bits_ = 0;
};

// What is `inside`, moved by at most pointer_margin, is still between 0 and 2^31.
inline constexpr std::int32_t pointer_margin = 0x8000;
inline constexpr std::uint32_t region_margin = 0x10000;

// The facts of r0 to r9. (r10 is inside the program's own memory, always.)
class Facts {
public:
    constexpr Facts() = default;
    // Before any path to a place is known: everything is true, and & takes it back.
    [[nodiscard]] static constexpr Facts unreached() { return Facts{~std::uint64_t{0}}; }
    [[nodiscard]] constexpr bool is_unreached() const { return bits_ == ~std::uint64_t{0}; }

    [[nodiscard]] constexpr Fact operator[](std::uint32_t reg) const {
        return reg == isa::frame_pointer ? Fact::inside(Origin::Own)
                                         : Fact{std::uint32_t(bits_ >> (Fact::width * reg)) & mask};
    }
    constexpr void set(std::uint32_t reg, Fact fact) {
        std::uint32_t const at = Fact::width * reg;
        bits_ = (bits_ & ~(std::uint64_t{mask} << at)) | std::uint64_t{fact.bits_} << at;
    }
    [[nodiscard]] constexpr Facts operator&(Facts other) const {
        if (is_unreached() || other.is_unreached()) {
            return is_unreached() ? other : *this;
        }
        Facts both;
        for (std::uint32_t reg = 0; reg < isa::frame_pointer; ++reg) {
            both.set(reg, (*this)[reg] & other[reg]);
        }
        return both;
    }
    friend constexpr bool operator==(Facts, Facts) = default;

private:
    static constexpr std::uint32_t mask = (1u << Fact::width) - 1;

    explicit constexpr Facts(std::uint64_t bits) : bits_{bits} {}

    std::uint64_t bits_ = 0;
};

// Updates `facts` over the instruction `slot`; `tail_high` is the imm of its second slot, if it is
// an LDDW; `helper` is what it calls, if it calls a helper.
void apply(Facts& facts, isa::Slot slot, std::uint32_t tail_high, machine::Helper const* helper);

// At the entry of a program: r1 and r2 are the context and its length, the rest 0.
[[nodiscard]] Facts entry_facts();

}  // namespace mbpf::jit
