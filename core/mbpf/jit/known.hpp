// SPDX-License-Identifier: MIT
// What is known of registers within a block. Between blocks only facts are kept (facts.hpp); inside
// one, also how large a number is at most, and how far an address is from the start of what it
// points into.
#pragma once

#include <cstdint>

#include "mbpf/isa/isa.hpp"
#include "mbpf/jit/facts.hpp"

namespace mbpf::jit {

class Known {
public:
    constexpr Known() = default;
    // All that is known is a fact.
    explicit constexpr Known(Fact fact) : Known{fact, 0u, unknown} {}
    [[nodiscard]] static constexpr Known constant(std::uint64_t value) {
        return constant(std::uint32_t(value), std::uint32_t(value >> 32));
    }
    [[nodiscard]] static constexpr Known constant(std::uint32_t low, std::uint32_t high) {
        return {Fact::of_constant(low, high), 0u, high == 0 ? low : unknown};
    }
    [[nodiscard]] static constexpr Known up_to(std::uint32_t most) {
        return {Fact::up_to(most), 0u, most};
    }
    // An address, `start` bytes behind the first of what it points into and up to `span` more.
    [[nodiscard]] static constexpr Known address(Fact fact, std::int32_t start,
                                                 std::uint32_t span) {
        bool const is_known =
            std::uint32_t(start) + most_offset <= 2 * most_offset && span <= most_offset;
        return is_known ? Known{fact, std::uint32_t(start) << 8, span} : Known{fact};
    }

    [[nodiscard]] constexpr Fact fact() const { return Fact::of_bits(head_); }
    [[nodiscard, gnu::always_inline]] constexpr bool is_number() const {
        return fact().origin() == Origin::None;
    }
    // Of a number whose upper half is 0, and of any other its low half.
    [[nodiscard]] constexpr std::uint32_t most() const {
        Fact const fact = this->fact();
        if (!fact.is_zero() || !is_number()) {
            return unknown;
        }
        return span_ != unknown  ? span_
               : fact.is_slow()  ? most_slow
               : fact.is_tame()  ? most_tame
               : fact.is_small() ? 0x7fff'ffffu
                                 : unknown;
    }
    // Of an address: whether start() and span() say where it is, from the start of rodata or from
    // the address of data.
    [[nodiscard]] constexpr bool is_placed() const { return !is_number() && span_ != unknown; }
    [[nodiscard]] constexpr std::int32_t start() const { return std::int32_t(head_) >> 8; }
    [[nodiscard]] constexpr std::uint32_t span() const { return span_; }
    // The same, with another fact.
    [[nodiscard]] constexpr Known with(Fact fact) const { return {fact, head_, span_}; }

    static constexpr std::uint32_t unknown = ~0u;

private:
    friend class State;
    static constexpr std::uint32_t most_offset = 1u << 22;

    constexpr Known(Fact fact, std::uint32_t head, std::uint32_t span)
        : head_{(head & ~0xffu) | fact.bits()}, span_{span} {}

    std::uint32_t head_ = 0;  // The fact, and 256 times the start.
    std::uint32_t span_ = unknown;
};

// All registers.
class State {
public:
    constexpr State() = default;
    // Of a program that means memory of that origin by data.
    explicit constexpr State(Origin data) : data_{data} {}
    // At the start of a block. `frame_is_data` says whether r10 is the address of data.
    void start(Facts const& facts, bool frame_is_data);

    [[nodiscard, gnu::always_inline]] constexpr Known operator[](std::uint32_t reg) const {
        return {facts_[reg], heads_[reg], span_[reg]};
    }
    [[nodiscard]] constexpr Fact fact(std::uint32_t reg) const { return facts_[reg]; }
    [[nodiscard]] constexpr Facts const& facts() const { return facts_; }
    constexpr void set(std::uint32_t reg, Known const& known) {
        facts_.set(reg, known.fact());
        heads_[reg] = known.head_;
        span_[reg] = known.span();
    }
    [[nodiscard]] constexpr Origin data_origin() const { return data_; }
    // Behind an access that did not trap, its base is near a region: an offset has 16 bits.
    void note_access(std::uint32_t base);

private:
    Facts facts_;
    std::uint32_t heads_[isa::register_count]{};
    std::uint32_t span_[isa::register_count]{};
    Origin data_ = Origin::Own;
};

// What the instruction `slot` writes to its destination, if it does; `tail_high` is the imm of its
// second slot, if it is an LDDW.
[[nodiscard]] Known result_of(State const& state, isa::Slot const& slot, std::uint32_t tail_high);
// Updates `state` over the instruction, whose result that is; `helpers` are those that it may call.
void update(State& state, isa::Slot const& slot, Known const& result,
            machine::HelperTable const& helpers);
}  // namespace mbpf::jit
