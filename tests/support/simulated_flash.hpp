// SPDX-License-Identifier: MIT
// Flash that keeps the rules of port/flash.hpp, says when one is broken, and loses power in the
// middle of an operation of a test's choice, in every way in which a cell can be left behind.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "mbpf/port/port.hpp"

namespace mbpf::test {

// What an operation that power interrupts leaves behind.
enum class Tear : std::uint8_t {
    Nothing,      // As if it had not begun.
    All,          // Done, but nobody was told.
    Part,         // Units up to one are written; the first half of the sector is erased.
    SetBits,      // Of the unit being written, some bits that should be 0 are still 1.
    RandomUnit,   // The unit being written holds anything; of a sector being erased, one unit.
    RandomBytes,  // All that is written or erased holds anything.
};
inline constexpr std::array all_tears{Tear::Nothing, Tear::All,        Tear::Part,
                                      Tear::SetBits, Tear::RandomUnit, Tear::RandomBytes};

class SimulatedFlash {
public:
    SimulatedFlash(std::uint32_t sector_bytes, std::uint32_t sectors, std::uint32_t seed = 1);
    SimulatedFlash(SimulatedFlash const& other);
    SimulatedFlash& operator=(SimulatedFlash const&) = delete;

    [[nodiscard]] port::Flash port();

    // Power fails in the operation with this number, counted from 0; nothing works behind it.
    void cut_power_at(std::uint32_t operation, Tear tear);
    void restore_power();
    [[nodiscard]] bool has_power() const { return has_power_; }

    // The operation with this number fails, and leaves what `tear` says; power stays.
    void fail_at(std::uint32_t operation, Tear tear);
    // As all do from this one on.
    void fail_from(std::uint32_t operation) { fail_from_ = operation; }

    [[nodiscard]] std::uint32_t operations() const { return operations_; }
    [[nodiscard]] std::uint32_t writes() const { return writes_; }
    [[nodiscard]] std::uint32_t erasures(std::uint32_t sector) const { return erasures_[sector]; }
    // The rule that was broken first; empty, if none was.
    [[nodiscard]] std::string const& broken_rule() const { return broken_rule_; }

    std::vector<std::byte> memory;

private:
    static constexpr std::uint32_t never = std::numeric_limits<std::uint32_t>::max();

    bool erase(std::uint32_t offset);
    bool write(std::uint32_t offset, Bytes bytes);
    [[nodiscard]] bool begin();
    bool break_rule(std::string const& rule, std::uint32_t offset);
    void tear_write(std::span<std::byte> at, Bytes bytes);
    void tear_erase(std::span<std::byte> sector);
    void randomize(std::span<std::byte> bytes);

    std::uint32_t sector_bytes_;
    std::vector<std::uint32_t> erasures_;
    std::mt19937 random_;
    std::uint32_t operations_ = 0;
    std::uint32_t writes_ = 0;
    std::uint32_t cut_at_ = never;
    std::uint32_t fail_at_ = never;
    std::uint32_t fail_from_ = never;
    Tear tear_ = Tear::Nothing;
    bool has_power_ = true;
    bool is_torn_ = false;  // The operation that has begun.
    std::string broken_rule_;
};

}  // namespace mbpf::test
