// SPDX-License-Identifier: MIT
// One record: what it is to who asks for it, and its bytes.
#pragma once

#include <array>
#include <string_view>

#include "mbpf/storage/half.hpp"
#include "mbpf/storage/unit_writer.hpp"

namespace mbpf::storage {

// In flash: valid until the next put or remove.
struct Record {
    std::uint8_t kind{};
    std::string_view key;
    Bytes value;
};

using RecordUnit = std::array<std::byte, record_header_bytes>;

// The unit with the header, whose CRC becomes that of the record.
[[nodiscard]] RecordUnit encode(RecordHeader header, Record const& record);
[[nodiscard]] bool write_record(UnitWriter& writer, RecordHeader const& header,
                                Record const& record);

}  // namespace mbpf::storage
