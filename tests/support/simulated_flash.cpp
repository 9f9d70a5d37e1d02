// SPDX-License-Identifier: MIT
#include "tests/support/simulated_flash.hpp"

#include <algorithm>

namespace mbpf::test {

SimulatedFlash::SimulatedFlash(std::uint32_t sector_bytes, std::uint32_t sectors,
                               std::uint32_t seed)
    : memory(std::size_t{sector_bytes} * sectors, port::erased_byte),
      sector_bytes_{sector_bytes},
      erasures_(sectors),
      random_{seed} {}

SimulatedFlash::SimulatedFlash(SimulatedFlash const& other) = default;

port::Flash SimulatedFlash::port() {
    return {memory, sector_bytes_, this,
            [](void* context, std::uint32_t offset) {
                return static_cast<SimulatedFlash*>(context)->erase(offset);
            },
            [](void* context, std::uint32_t offset, Bytes bytes) {
                return static_cast<SimulatedFlash*>(context)->write(offset, bytes);
            }};
}

void SimulatedFlash::cut_power_at(std::uint32_t operation, Tear tear) {
    cut_at_ = operation;
    tear_ = tear;
}

void SimulatedFlash::restore_power() {
    has_power_ = true;
    cut_at_ = never;
}

void SimulatedFlash::fail_at(std::uint32_t operation, Tear tear) {
    fail_at_ = operation;
    tear_ = tear;
}

bool SimulatedFlash::break_rule(std::string const& rule, std::uint32_t offset) {
    if (broken_rule_.empty()) {
        broken_rule_ = rule + " at " + std::to_string(offset);
    }
    return false;
}

// Whether the operation does anything at all.
bool SimulatedFlash::begin() {
    if (!has_power_) {
        return false;
    }
    std::uint32_t const operation = operations_++;
    is_torn_ = operation == cut_at_ || operation == fail_at_;
    has_power_ = operation != cut_at_;
    return operation < fail_from_;
}

bool SimulatedFlash::erase(std::uint32_t offset) {
    if (offset % sector_bytes_ != 0 || offset >= memory.size()) {
        return break_rule("erases what is no sector", offset);
    }
    if (!begin()) {
        return false;
    }
    std::span<std::byte> const sector{memory.data() + offset, sector_bytes_};
    ++erasures_[offset / sector_bytes_];
    if (is_torn_) {
        tear_erase(sector);
        return false;
    }
    std::ranges::fill(sector, port::erased_byte);
    return true;
}

bool SimulatedFlash::write(std::uint32_t offset, Bytes bytes) {
    if (offset % port::flash_write_bytes != 0 || bytes.size() % port::flash_write_bytes != 0) {
        return break_rule("writes what is no unit", offset);
    }
    if (!fits(offset, bytes.size(), memory.size())) {
        return break_rule("writes outside", offset);
    }
    std::span<std::byte> const at{memory.data() + offset, bytes.size()};
    if (has_power_ && !port::is_erased(at)) {
        return break_rule("writes what is not erased", offset);
    }
    if (!begin()) {
        return false;
    }
    ++writes_;
    if (is_torn_) {
        tear_write(at, bytes);
        return false;
    }
    std::ranges::copy(bytes, at.begin());
    return true;
}

void SimulatedFlash::randomize(std::span<std::byte> bytes) {
    std::ranges::generate(bytes, [this] { return std::byte(random_()); });
}

void SimulatedFlash::tear_write(std::span<std::byte> at, Bytes bytes) {
    std::size_t const units = bytes.size() / port::flash_write_bytes;
    std::size_t const whole = random_() % units * port::flash_write_bytes;
    std::span<std::byte> const unit = at.subspan(whole, port::flash_write_bytes);
    switch (tear_) {
        case Tear::Nothing: return;
        case Tear::All: std::ranges::copy(bytes, at.begin()); return;
        case Tear::RandomBytes: randomize(at); return;
        case Tear::Part:
            // Half of the unit, too: what a driver does that writes by words.
            std::copy_n(bytes.begin(), whole + port::flash_write_bytes / 2, at.begin());
            return;
        case Tear::SetBits:
            std::copy_n(bytes.begin(), whole + port::flash_write_bytes, at.begin());
            std::ranges::for_each(unit, [this](std::byte& b) { b |= std::byte(random_()); });
            return;
        case Tear::RandomUnit:
            std::copy_n(bytes.begin(), whole, at.begin());
            randomize(unit);
            return;
    }
}

void SimulatedFlash::tear_erase(std::span<std::byte> sector) {
    std::size_t const unit =
        random_() % (sector.size() / port::flash_write_bytes) * port::flash_write_bytes;
    switch (tear_) {
        case Tear::Nothing: return;
        case Tear::All: std::ranges::fill(sector, port::erased_byte); return;
        case Tear::RandomBytes: randomize(sector); return;
        case Tear::Part:
            std::ranges::fill(sector.first(sector.size() / 2), port::erased_byte);
            return;
        case Tear::SetBits:  // Erasing sets bits one by one.
            std::ranges::for_each(sector, [this](std::byte& b) { b |= std::byte(random_()); });
            return;
        case Tear::RandomUnit: randomize(sector.subspan(unit, port::flash_write_bytes)); return;
    }
}

}  // namespace mbpf::test
