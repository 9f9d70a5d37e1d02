// SPDX-License-Identifier: MIT
// Bytes into flash, unit by unit. What counts is what can be read afterwards, which is what the
// next mount sees: a unit that reads back as it should is written, whatever the driver says.
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/port/port.hpp"

namespace mbpf::storage {

// Erases the sector at `offset`.
[[nodiscard]] bool erase_sector(port::Flash const& flash, std::uint32_t offset);

class UnitWriter {
public:
    // `offset`: of a unit. The flash must outlive the writer.
    UnitWriter(port::Flash const& flash, std::uint32_t offset) : flash_{&flash}, offset_{offset} {}

    // False: the unit at offset() holds anything, and nothing behind it is written.
    [[nodiscard]] bool write(Bytes bytes);
    // Fills a unit that has begun with 0xff.
    [[nodiscard]] bool finish();

    // Of the unit that comes next.
    [[nodiscard]] std::uint32_t offset() const { return offset_; }

private:
    port::Flash const* flash_;
    std::uint32_t offset_;
    std::uint32_t used_ = 0;
    // Also where bytes come from that lie in the flash themselves: some cannot be read while they
    // are written to.
    std::array<std::byte, port::flash_write_bytes> unit_{};
};

}  // namespace mbpf::storage
