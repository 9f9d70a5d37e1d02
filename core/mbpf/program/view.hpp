// SPDX-License-Identifier: MIT
// A program as the rest of the system sees it, whatever format it came in: views over bytes that
// stay where the caller put them (flash or RAM) and stay unchanged for as long as the view lives.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "mbpf/base/base.hpp"
#include "mbpf/isa/isa.hpp"

namespace mbpf::program {

// SPEC.md, "Formats". The numbers of the first four are the prototype's.
enum class Format : std::uint8_t { Text = 0, Femto = 1, Extended = 2, Elf = 3, Image = 4 };

inline constexpr std::uint32_t max_text_slots = 65536;  // An entry names its slot in 16 bits.
inline constexpr std::uint32_t max_entries = 256;

// A named function that a run may start at.
struct Entry {
    Pc pc;
    std::string_view name;  // Empty where the format has no names.
};

// The entries of a program, read in place. Each format stores {name, slot} in its own way, so a
// view keeps where its records and their names are. The loaders check every record first.
class Entries {
public:
    enum class Layout : std::uint8_t {
        None,   // One unnamed entry, at slot 0.
        Femto,  // u16 name offset, u16 flags, u16 byte offset in text; names may lack their NUL.
        Image,  // u16 slot, u16 name offset; names NUL-terminated behind the records.
    };

    constexpr Entries() = default;
    // Of `count` records. `names` is what name offsets count from: rodata for Femto, the whole
    // section for Image.
    constexpr Entries(Layout layout, std::byte const* records, std::uint32_t count, Bytes names)
        : records_{records}, names_{names}, count_{count}, layout_{layout} {}

    [[nodiscard]] std::uint32_t size() const;  // At least 1.
    // The first is the one that runs when none is named. index < size().
    [[nodiscard]] Entry at(std::uint32_t index) const;
    [[nodiscard]] Result<Entry> find(std::string_view name) const;

    // Index of the first record that points outside the text or the names; record_count() if all
    // are right. The rest of this class is for entries that passed this check.
    [[nodiscard]] std::uint32_t check(std::size_t text_bytes);
    [[nodiscard]] std::uint32_t record_count() const { return count_; }

private:
    struct Record {
        std::uint32_t text_offset{};  // Bytes.
        std::uint32_t name_offset{};
    };

    [[nodiscard]] Record record(std::uint32_t index) const;
    [[nodiscard]] std::string_view name_at(std::uint32_t offset) const;

    std::byte const* records_ = nullptr;
    Bytes names_;
    std::uint32_t count_ = 0;  // Of records.
    std::uint16_t first_ = 0;  // The record that is the first entry; count_ if that one is unnamed.
    Layout layout_ = Layout::None;
};

// Which engine an image would like. A device without a JIT interprets all.
enum class EngineWish : std::uint8_t {
    Auto = 0,  // Interpreted first, compiled when that pays.
    Interpreter = 1,
    Jit = 2,
};
inline constexpr std::uint8_t last_engine_wish = 2;

// What an image would like to become of it after a fault. A pause grows with each fault in a row.
enum class RestartWish : std::uint8_t {
    Limited = 0,  // It pauses, and stays out after too many faults in a row.
    Never = 1,    // It stays out.
    Always = 2,   // It pauses.
};
inline constexpr std::uint8_t last_restart_wish = 2;

// What a signed image asks for. Zero means "whatever the device gives".
struct Rights {
    // Width of an id in `helper_ids`, which is read in place.
    enum class IdWidth : std::uint8_t { Half, Byte };

    Bytes helper_ids;
    IdWidth id_width{};
    bool present{};  // False: the format has no rights, and asks for every helper.
    EngineWish engine{};
    RestartWish restart{};
    std::uint32_t run_budget_instructions{};
    std::uint32_t second_budget_instructions{};
    std::uint32_t map_bytes{};  // A multiple of 8, below 2^24.

    [[nodiscard]] constexpr std::uint32_t helper_count() const {
        std::uint32_t const bytes = std::uint32_t(helper_ids.size());
        return id_width == IdWidth::Half ? bytes / 2 : bytes;
    }
    [[nodiscard]] HelperId helper(std::uint32_t index) const;  // index < helper_count()
    [[nodiscard]] bool requests_helper(HelperId id) const;
};

// One 8-byte word in data that must hold an address when the program runs:
// address of the target section + what the word holds in the file.
struct DataRelocation {
    std::uint32_t offset{};  // In data.
    bool to_rodata{};        // Otherwise to data (bss follows data).

    static constexpr std::uint32_t rodata_bit = 0x8000'0000;

    [[nodiscard]] constexpr std::uint32_t packed() const {
        return offset | (to_rodata ? rodata_bit : 0);
    }
    [[nodiscard]] static constexpr DataRelocation unpack(std::uint32_t word) {
        return {word & ~rodata_bit, (word & rodata_bit) != 0};
    }
};

// When a program runs by itself, as an image says it. Whoever installs the program checks it.
struct [[gnu::packed]] HookRecord {
    enum class Kind : std::uint8_t {
        Boot = 1,        // When the device or the container starts.
        Period = 2,      // Every `argument` milliseconds.
        Request = 3,     // A CoAP request to a path; r1 points to its payload.
        CoapPacket = 4,  // As Request; r1 points to the context of Femto-Containers.
        Event = 5,       // When the firmware raises event number `argument`.
    };

    Kind kind{};
    std::uint8_t order{};      // Of several containers on one hook; the lowest runs first.
    std::uint16_t entry{};     // Index among the entries of the program.
    std::uint32_t argument{};  // Of a path: offset of its NUL-terminated text in the section.
};
inline constexpr std::size_t hook_record_bytes = 8;
inline constexpr std::size_t hooks_header_bytes = 4;  // u32, number of records
static_assert(sizeof(HookRecord) == hook_record_bytes);

// Keys of a store that an image asks for. Its own store it may use anyway: it asks for keys there
// to be kept.
struct [[gnu::packed]] KeyRange {
    std::uint32_t first{};
    std::uint32_t last{};    // Of the range, too.
    std::uint32_t access{};  // Bits, below

    static constexpr std::uint32_t read = 1;
    static constexpr std::uint32_t write = 2;
    static constexpr std::uint32_t kept = 4;  // What is written outlives power.
    static constexpr std::uint32_t own = 8;   // Of the container's own store, not the global one.
    static constexpr std::uint32_t all = 15;
};
inline constexpr std::size_t key_range_bytes = 12;
static_assert(sizeof(KeyRange) == key_range_bytes);

// A map that a program uses, and where it lies: behind data and bss, in the program's own memory.
struct [[gnu::packed]] MapRecord {
    // The numbers of Linux (bpf.h, enum bpf_map_type).
    enum class Kind : std::uint8_t { Hash = 1, Array = 2, RingBuffer = 27 };

    Kind kind{};
    std::uint8_t zero{};
    std::uint16_t key_bytes{};    // Of an array 4, of a ring buffer 0.
    std::uint32_t value_bytes{};  // Of a ring buffer 0.
    std::uint32_t max_entries{};  // Of a ring buffer its bytes.
    std::uint32_t offset{};       // In the memory of all maps.
};
inline constexpr std::size_t map_record_bytes = 16;
static_assert(sizeof(MapRecord) == map_record_bytes);

struct Program {
    isa::Text text;
    Bytes rodata;
    Bytes data;                 // First contents of the writable data.
    std::uint32_t bss_bytes{};  // Zeroed memory behind data.
    Entries entries;
    Rights rights;
    Bytes data_relocations;          // u32 each, DataRelocation::packed, ascending.
    Bytes hooks;                     // u32 number of records; HookRecord each; texts.
    Bytes keys;                      // KeyRange each.
    Bytes lines;                     // Optional line table (SPEC.md, "Image").
    MapRecord const* map_records{};  // map_count of them. Whoever runs the program checks them.
    std::uint8_t map_count{};
    Format format{};

    [[nodiscard]] constexpr std::span<MapRecord const> maps() const {
        return {map_records, map_count};
    }
    constexpr void set_maps(std::span<MapRecord const> maps) {
        map_records = maps.data();
        map_count = std::uint8_t(maps.size());
    }
    // Files of the Femto-Containers family have rodata behind data: without data, what is so far
    // into data is as far into rodata, and the prototype's tool writes strings so.
    [[nodiscard]] constexpr bool data_is_rodata() const {
        return data.empty() && (format == Format::Femto || format == Format::Extended);
    }
    // Where the memory of maps begins, behind data and bss. A multiple of 8.
    [[nodiscard]] constexpr std::uint32_t maps_at() const {
        return std::uint32_t(align_up(data.size() + bss_bytes, 8));
    }
    // Bytes of the writable section: data, bss, maps.
    [[nodiscard]] constexpr std::uint32_t writable_bytes() const {
        return maps_at() + rights.map_bytes;
    }
    [[nodiscard]] constexpr std::uint32_t data_relocation_count() const {
        return std::uint32_t(data_relocations.size() / sizeof(std::uint32_t));
    }
    [[nodiscard]] DataRelocation data_relocation(std::uint32_t index) const {
        return DataRelocation::unpack(
            load<std::uint32_t>(data_relocations, index * sizeof(std::uint32_t)));
    }
};

}  // namespace mbpf::program
