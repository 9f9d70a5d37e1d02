// SPDX-License-Identifier: MIT
// A ring buffer: a program puts records in, whoever looks at it from outside takes them out.
//
//    0  u32  position behind the last record that was put     positions count bytes and wrap;
//    4  u32  position of the first that was not taken         the place is position mod bytes
//    8       records, each at a multiple of 8, whole:
//              u32 length; bit 31: not submitted yet, bit 30: to be skipped    u32 0    bytes
//
// What does not fit in front of the end leaves a record to be skipped there. A program can write
// over all of this: then its records are lost, and nothing else happens.
#pragma once

#include <cstdint>
#include <optional>

#include "mbpf/maps/map_set.hpp"

namespace mbpf::maps {

inline constexpr std::uint32_t ring_header_bytes = 8;

class Ring {
public:
    static constexpr std::uint32_t record_header_bytes = 8;

    struct Record {
        Bytes bytes;
        std::uint32_t end{};  // Position behind it.
    };

    // `map` is a ring buffer.
    explicit Ring(Map const& map)
        : positions_{map.memory.data()},
          data_{map.memory.data() + ring_header_bytes},
          bytes_{map.record.max_entries} {}

    // Room for a record, which submit() or discard() makes one; nullptr if there is none.
    [[nodiscard]] std::byte* reserve(std::uint32_t bytes);
    // Of a record that `reserve` gave. False, and nothing happens, for any other address.
    [[nodiscard]] bool submit(std::byte* record) { return finish(record, 0); }
    [[nodiscard]] bool discard(std::byte* record) { return finish(record, skipped); }

    // Bytes of what is there to be taken, with their headers.
    [[nodiscard]] std::uint32_t used() const { return end() - start(); }
    [[nodiscard]] std::uint32_t bytes() const { return bytes_; }
    // The position of the first record.
    [[nodiscard]] std::uint32_t start() const { return load<std::uint32_t>(positions_ + 4); }
    [[nodiscard]] std::uint32_t end() const { return load<std::uint32_t>(positions_); }

    // The first record at `position` or behind it that is submitted; skips what is to be skipped.
    // Nothing if there is none, or what is there is none.
    [[nodiscard]] std::optional<Record> next(std::uint32_t position) const;
    // Makes room: takes out the records that end at `position` or in front of it, and those behind
    // it that are to be skipped. Does nothing for a position that is not in the ring.
    void take_until(std::uint32_t position);

private:
    static constexpr std::uint32_t busy = 0x8000'0000;
    static constexpr std::uint32_t skipped = 0x4000'0000;
    static constexpr std::uint32_t length_mask = 0x3fff'ffff;

    [[nodiscard]] std::uint32_t place(std::uint32_t position) const {
        return position & (bytes_ - 1);
    }
    [[nodiscard]] std::uint32_t until_end(std::uint32_t position) const {
        return bytes_ - place(position);
    }
    void set(std::uint32_t start, std::uint32_t end) {
        store(positions_, end);
        store(positions_ + 4, start);
    }
    // Nothing if the program has written over it.
    struct Head {
        std::uint32_t length{};
        std::uint32_t end{};
        bool is_busy{};
        bool is_skipped{};
    };
    [[nodiscard]] std::optional<Head> head_at(std::uint32_t position) const;
    [[nodiscard]] bool finish(std::byte* record, std::uint32_t flags);

    std::byte* positions_;
    std::byte* data_;
    std::uint32_t bytes_;  // A power of two.
};

}  // namespace mbpf::maps
