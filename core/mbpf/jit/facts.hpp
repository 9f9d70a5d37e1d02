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

// How far a value can be from where it started, in a run of at most longest_run instructions:
// adding a constant of at most longest_step moves it by less than `reach` in all that time.
//
//   slow    a number of at most most_slow, and so is its negative; adding slow_step leaves it so
//   tame    the same with most_tame, for adding longest_step
//   near    at most `reach` away from a region
//   far     at most twice as far: if it looks like an address in a region, it is
//   inside  in a region, or at most 2^15 away from one
//   guarded at most `reach` away from what was below 2^31: if it looks like an address in a region,
//           it is, or windows are shut (run.hpp)
//   at      the address of the context, or r10
inline constexpr std::uint32_t longest_run = (1u << 25) - (1u << 13);
inline constexpr std::int32_t longest_step = 32;
inline constexpr std::int32_t slow_step = 4;
inline constexpr std::int32_t most_tame_start = 1 << 16;
inline constexpr std::uint32_t most_tame = longest_run * longest_step + most_tame_start;
inline constexpr std::uint32_t most_slow = longest_run * slow_step + most_tame_start;

// Regions of compiled code are central (machine/region.hpp), and nothing that is Near one has an
// upper half but 0 and, below 0, -1.
inline constexpr std::int32_t pointer_margin = 0x8000;
inline constexpr std::uint32_t reach = 1u << 30;
static_assert(std::uint64_t{longest_run} * longest_step + most_tame_start + 2 * pointer_margin <=
              reach);

// Fewer is always true. Together, zero and sign say that the value is below 2^31.
class Fact {
public:
    constexpr Fact() = default;

    [[nodiscard]] static constexpr Fact zero() { return Fact{zero_bit}; }  // Upper half is 0.
    [[nodiscard]] static constexpr Fact sign() { return Fact{sign_bit}; }  // It repeats bit 31.
    [[nodiscard]] static constexpr Fact small() { return Fact{zero_bit | sign_bit}; }
    [[nodiscard]] static constexpr Fact of_constant(std::uint64_t value) {
        return of_constant(std::uint32_t(value), std::uint32_t(value >> 32));
    }
    [[nodiscard]] static constexpr Fact of_constant(std::uint32_t low, std::uint32_t high) {
        bool const is_sign = high == std::uint32_t(std::int32_t(low) >> 31);
        bool const is_tame = is_sign && low + most_tame_start <= 2u * most_tame_start;
        return Fact{(high == 0 ? zero_bit : 0u) | (is_sign ? sign_bit : 0u) |
                    (is_tame ? near_bits | special_bit | slow_bit : 0u)};
    }
    // What is true of a number that is at most `most`, and not negative.
    [[nodiscard, gnu::always_inline]] static constexpr Fact up_to(std::uint32_t most) {
        return most <= std::uint32_t(most_tame_start) ? slow() | zero()
               : most >> 31 == 0                      ? small()
                                                      : zero();
    }
    [[nodiscard]] static constexpr Fact tame() { return Fact{sign_bit | near_bits | special_bit}; }
    [[nodiscard]] static constexpr Fact slow() { return tame() | Fact{slow_bit}; }
    [[nodiscard]] static constexpr Fact context() { return at(Origin::Context); }
    [[nodiscard]] static constexpr Fact frame() { return at(Origin::Own); }
    [[nodiscard]] static constexpr Fact inside(Origin origin) {
        return Fact{zero_bit | sign_bit | near_bits | inside_bit | of(origin)};
    }
    [[nodiscard]] static constexpr Fact near(Origin origin) { return Fact{near_bits | of(origin)}; }
    [[nodiscard]] static constexpr Fact far(Origin origin) { return Fact{far_bit | of(origin)}; }
    [[nodiscard]] static constexpr Fact guarded() { return Fact{inside_bit}; }
    // The upper half as here, of a value that may point there.
    [[nodiscard]] constexpr Fact pointing(Origin origin) const {
        return Fact{(bits_ & high_bits) | of(origin)};
    }

    [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }
    [[nodiscard]] static constexpr Fact of_bits(std::uint32_t bits) { return Fact{bits}; }
    [[nodiscard]] constexpr bool is_zero() const { return has(zero_bit); }
    [[nodiscard]] constexpr bool is_sign() const { return has(sign_bit); }
    [[nodiscard]] constexpr bool is_small() const { return (bits_ & high_bits) == high_bits; }
    [[nodiscard]] constexpr bool has_known_high() const { return has(high_bits); }
    [[nodiscard]] constexpr bool is_tame() const { return kind() == special_bit; }
    [[nodiscard]] constexpr bool is_slow() const { return is_tame() && has(slow_bit); }
    [[nodiscard]] constexpr bool is_at() const { return kind() == (special_bit | inside_bit); }
    [[nodiscard]] constexpr bool is_context() const { return bits_ == context().bits_; }
    [[nodiscard]] constexpr bool is_inside() const { return has(inside_bit) && has(near_bit); }
    [[nodiscard]] constexpr bool is_guarded() const { return bits_ == guarded().bits_; }
    // Also of what is tame.
    [[nodiscard]] constexpr bool is_near() const { return has(near_bit); }
    // Whether no step leads from it to an address above 2^32 that looks like one in a region.
    [[nodiscard]] constexpr bool is_near_low() const {
        return is_guarded() || is_small() || is_far();
    }
    // Whether its low half says whether an access at it is allowed.
    [[nodiscard]] constexpr bool is_low_address() const { return has(high_bits | far_bit); }
    // Also of what is near.
    [[nodiscard]] constexpr bool is_far() const { return has(far_bit); }
    [[nodiscard, gnu::always_inline]] constexpr Origin origin() const {
        return is_tame() ? Origin::None : Origin(bits_ >> origin_at);
    }

    // What both say. What is tame points nowhere, and takes the origin of the other.
    [[nodiscard]] constexpr Fact operator&(Fact other) const {
        std::uint32_t const shared = bits_ & other.bits_;
        if (is_guarded() || other.is_guarded()) {
            bool const both = is_near_low() && other.is_near_low();
            return both ? guarded() : Fact{};
        }
        bool const same = is_tame() == other.is_tame();
        if (same && (is_tame() || origin() == other.origin())) {
            return Fact{shared};
        }
        bool const points = is_tame() || other.is_tame();
        std::uint32_t const either = of(origin()) | of(other.origin());
        return Fact{(shared & (high_bits | near_bits | inside_bit)) | (points ? either : 0)};
    }
    // Two that are true at once, one of them only of the upper half.
    [[nodiscard]] constexpr Fact operator|(Fact other) const {
        return Fact{std::uint32_t(bits_) | other.bits_};
    }
    friend constexpr bool operator==(Fact, Fact) = default;

private:
    friend class Facts;

    static constexpr std::uint32_t zero_bit = 1;
    static constexpr std::uint32_t sign_bit = 2;
    static constexpr std::uint32_t high_bits = zero_bit | sign_bit;
    static constexpr std::uint32_t near_bit = 4;
    static constexpr std::uint32_t inside_bit = 8;    // And near. Alone: guarded.
    static constexpr std::uint32_t special_bit = 16;  // Inside: at. Else, and near: tame.
    static constexpr std::uint32_t far_bit = 32;
    static constexpr std::uint32_t near_bits = near_bit | far_bit;
    static constexpr std::uint32_t origin_at = 6;
    static constexpr std::uint32_t slow_bit = 1u << origin_at;  // Of what is tame.

    explicit constexpr Fact(std::uint32_t bits) : bits_{std::uint8_t(bits)} {}
    [[nodiscard]] static constexpr Fact at(Origin origin) {
        return Fact{zero_bit | sign_bit | near_bits | inside_bit | special_bit | of(origin)};
    }
    [[nodiscard]] static constexpr std::uint32_t of(Origin origin) {
        return std::uint32_t(origin) << origin_at;
    }
    [[nodiscard]] constexpr bool has(std::uint32_t bits) const { return (bits_ & bits) != 0; }
    [[nodiscard]] constexpr std::uint32_t kind() const {
        return bits_ & (inside_bit | special_bit);
    }

    std::uint8_t bits_ = 0;
};

// The facts of all registers. What r10 is never changes.
class alignas(4) Facts {
public:
    constexpr Facts() = default;
    // Before any path to a place is known: everything is true, and meet() takes it back.
    constexpr void set_unreached() { facts_[0] = Fact{unreached}; }
    [[nodiscard]] constexpr bool is_unreached() const { return facts_[0] == Fact{unreached}; }

    [[nodiscard]] constexpr Fact operator[](std::uint32_t reg) const { return facts_[reg]; }
    constexpr void set(std::uint32_t reg, Fact fact) { facts_[reg] = fact; }
    // Keeps what is also true there; whether that is less.
    bool meet(Facts const& other);

private:
    static constexpr std::uint32_t unreached = Fact::special_bit;  // Alone, of no value.

    [[nodiscard]] std::uint32_t word_at(std::uint32_t reg) const {
        std::uint32_t word;
        __builtin_memcpy(&word, &facts_[reg], sizeof word);
        return word;
    }

    // Whole words of them.
    Fact facts_[align_up(isa::register_count, sizeof(std::uint32_t))]{
        {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, Fact::frame()};
};

// At the entry of a program: r1 and r2 are the context and its length, the rest 0.
[[nodiscard]] Facts entry_facts();

}  // namespace mbpf::jit
