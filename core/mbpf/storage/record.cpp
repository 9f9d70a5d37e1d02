// SPDX-License-Identifier: MIT
#include "mbpf/storage/record.hpp"

#include <cstddef>

#include "mbpf/storage/crc32.hpp"

namespace mbpf::storage {

RecordUnit encode(RecordHeader header, Record const& record) {
    RecordUnit bytes;
    store(bytes.data(), header);
    std::uint32_t const crc = crc32(Bytes{bytes}.first(offsetof(RecordHeader, crc)));
    store(bytes.data() + offsetof(RecordHeader, crc),
          crc32(record.value, crc32(as_bytes(record.key), crc)));
    return bytes;
}

bool write_record(UnitWriter& writer, RecordHeader const& header, Record const& record) {
    return writer.write(encode(header, record)) && writer.write(as_bytes(record.key)) &&
           writer.write(record.value) && writer.finish();
}

}  // namespace mbpf::storage
