// SPDX-License-Identifier: MIT
// What a mount takes for a journal, and everything that it leaves alone.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/hex.hpp"
#include "tests/unit/storage/support/journal.hpp"

namespace mbpf::test {
namespace {

using storage::HalfValue;
using storage::Layout;
using storage::Storage;

constexpr std::uint32_t sector_bytes = 256;

void put_header(SimulatedFlash& flash, std::uint32_t offset, std::uint32_t generation,
                Layout layout = {1, 1}) {
    std::array<std::byte, sizeof(HalfValue)> value;
    store(value.data(), HalfValue{generation, sector_bytes, layout});
    storage::RecordHeader const header{storage::half_kind, 0, sizeof value};
    std::ranges::copy(storage::encode(header, {storage::half_kind, {}, value}),
                      flash.memory.begin() + offset);
    std::ranges::copy(value, flash.memory.begin() + offset + storage::record_header_bytes);
}

Error mount_error(SimulatedFlash& flash, Layout layout = {1, 1}) {
    std::vector<std::byte> const before = flash.memory;
    Storage storage;
    Result<void> const result = storage.mount(flash.port(), layout);
    EXPECT_FALSE(result.has_value());
    EXPECT_EQ(flash.memory, before);
    EXPECT_EQ(flash.operations(), 0u);
    EXPECT_FALSE(storage.next(0).has_value());
    EXPECT_EQ(storage.slot_count(), 0u);
    EXPECT_EQ(storage.put(0, "k", {}).error().fault, Fault::RecordTooLarge);
    return result.error();
}

TEST(StorageMount, FormatsErasedFlash) {
    SimulatedFlash flash{sector_bytes, 4};
    Storage storage;
    ASSERT_TRUE(storage.mount(flash.port(), {1, 1}).has_value());
    EXPECT_EQ(to_hex(Bytes{flash.memory}.first(24)),
              "4a001000"
              "867f03f6"
              "00000000"
              "00010000"
              "01000000"
              "01000000");
    EXPECT_EQ(flash.operations(), 3u);
    EXPECT_EQ(contents(storage), Model{});
    ASSERT_TRUE(storage.mount(flash.port(), {1, 1}).has_value());
    EXPECT_EQ(flash.operations(), 3u);
}

TEST(StorageMount, WipesNothingThatIsNotItsOwn) {
    for (std::uint32_t at = 0; at < 4 * sector_bytes; ++at) {
        SimulatedFlash flash{sector_bytes, 4};
        flash.memory[at] = std::byte{0x7f};
        if (at < storage::first_record_at - storage::half_header_bytes) {
            Storage storage;  // As a formatting that was cut short: nothing is erased either.
            EXPECT_TRUE(storage.mount(flash.port(), {1, 1}).has_value());
            EXPECT_EQ(flash.memory[at], std::byte{0x7f});
            EXPECT_EQ(flash.broken_rule(), "");
        } else {
            EXPECT_EQ(mount_error(flash), (Error{Fault::StorageMalformed, 0}));
        }
    }
    SimulatedFlash zeros{sector_bytes, 4};
    std::ranges::fill(zeros.memory, std::byte{0});
    EXPECT_EQ(mount_error(zeros), (Error{Fault::StorageMalformed, 0}));
}

TEST(StorageMount, FormatsOnlyWhileThereIsAPlaceForAHeader) {
    SimulatedFlash flash{sector_bytes, 4};
    for (std::uint32_t place = 0; place < config::header_places; ++place) {
        flash.memory[place * storage::half_header_bytes] = std::byte{0};
    }
    EXPECT_EQ(mount_error(flash), (Error{Fault::StorageMalformed, 0}));
}

TEST(StorageMount, ReportsAFormattingThatFails) {
    SimulatedFlash flash{sector_bytes, 4};
    flash.fail_from(0);
    Storage storage;
    EXPECT_EQ(storage.mount(flash.port(), {1, 1}).error(), (Error{Fault::StorageFailed, 0}));
    EXPECT_EQ(storage.slot_count(), 0u);
}

TEST(StorageMount, RefusesLayoutsThatDoNotFit) {
    SimulatedFlash flash{sector_bytes, 4};
    for (Layout const layout : {Layout{0, 1}, Layout{3, 1}, Layout{1, 5}, Layout{~0u, 1},
                                Layout{1, ~0u}, Layout{0x8000'0001, 0}}) {
        EXPECT_EQ(mount_error(flash, layout), (Error{Fault::StorageMalformed}));
    }
    Storage storage;
    for (std::uint32_t const bytes : {0u, 3u, 24u, 100u, 257u, 0x8000'0000u}) {
        port::Flash port = flash.port();
        port.sector_bytes = bytes;
        EXPECT_EQ(storage.mount(port, {1, 0}).error().fault, Fault::StorageMalformed) << bytes;
    }
    port::Flash odd = flash.port();
    odd.memory = odd.memory.first(1000);
    EXPECT_EQ(storage.mount(odd, {1, 0}).error(), (Error{Fault::StorageMalformed}));
    EXPECT_EQ(storage.mount({}, {1, 0}).error(), (Error{Fault::StorageMalformed}));
    SimulatedFlash small{32, 4};
    EXPECT_EQ(storage.mount(small.port(), {1, 0}).error().fault, Fault::StorageMalformed);
}

TEST(StorageMount, RefusesAnotherLayoutThanItWasFormattedWith) {
    for (Layout const layout : {Layout{2, 1}, Layout{1, 2}, Layout{1, 0}}) {
        SimulatedFlash flash{sector_bytes, 4};
        put_header(flash, 0, 5, layout);
        flash.memory[100] = std::byte{0};  // A record, say: there is something to lose.
        EXPECT_EQ(mount_error(flash), (Error{Fault::StorageMalformed, 0}));
    }
}

TEST(StorageMount, RefusesAHeaderWithAnyBitOfItChanged) {
    for (std::uint32_t bit = 0; bit < 8 * storage::half_header_bytes; ++bit) {
        SimulatedFlash flash{sector_bytes, 4};
        put_header(flash, 0, 5);
        flash.memory[100] = std::byte{0};  // A record, say: there is something to lose.
        flash.memory[bit / 8] ^= std::byte(1u << bit % 8);
        EXPECT_EQ(mount_error(flash), (Error{Fault::StorageMalformed, 0}));
    }
}

TEST(StorageMount, TakesTheLaterHalf) {
    struct Pair {
        std::uint32_t first;
        std::uint32_t second;
        bool is_second;
    };
    for (Pair const pair :
         {Pair{1, 2, true}, Pair{2, 1, false}, Pair{~0u, 0, true}, Pair{0, ~0u, false},
          Pair{0x7fff'ffff, 0x8000'0000, true}, Pair{0x8000'0000, 0x7fff'ffff, false}}) {
        SimulatedFlash flash{sector_bytes, 4};
        put_header(flash, 0, pair.first);
        put_header(flash, sector_bytes, pair.second);
        Storage storage;
        ASSERT_TRUE(storage.mount(flash.port(), {1, 1}).has_value());
        ASSERT_TRUE(storage.put(0, "k", {}).has_value());
        std::uint32_t const at = (pair.is_second ? sector_bytes : 0) + storage::first_record_at;
        EXPECT_NE(flash.memory[at], port::erased_byte) << pair.first << " " << pair.second;
    }
}

TEST(StorageMount, CountsGenerationsPastTheLast) {
    SimulatedFlash flash{sector_bytes, 2};
    put_header(flash, 0, ~0u - 1, {1, 0});
    for (unsigned i = 0; i < 100; ++i) {
        Storage storage;
        ASSERT_TRUE(storage.mount(flash.port(), {1, 0}).has_value());
        ASSERT_EQ(contents(storage).empty(), i == 0);
        ASSERT_TRUE(storage.put(0, "k", as_bytes(std::to_string(i))).has_value());
        ASSERT_EQ(contents(storage), (Model{{{0, "k"}, std::to_string(i)}}));
    }
    EXPECT_GT(flash.erasures(0), 2u);
}

// Only the last record can be one that power cut short: any other was whole once.
TEST(StorageMount, RefusesARecordThatIsBrokenBeforeOthers) {
    SimulatedFlash good{sector_bytes, 2};
    Storage storage;
    ASSERT_TRUE(storage.mount(good.port(), {1, 0}).has_value());
    for (std::string const key : {"first", "second", "third"}) {
        ASSERT_TRUE(storage.put(0, key, as_bytes("12345678")).has_value());
    }
    constexpr std::uint32_t first = storage::first_record_at;
    unsigned refused = 0;
    for (std::uint32_t bit = first * 8; bit < (first + 24) * 8; ++bit) {
        SimulatedFlash flash{good};
        flash.memory[bit / 8] ^= std::byte(1u << bit % 8);
        Result<void> const result = storage.mount(flash.port(), {1, 0});
        if (!result.has_value()) {
            EXPECT_EQ(result.error(), (Error{Fault::StorageMalformed, first}));
            ++refused;
        }
    }
    // What is left: bits of padding, and those that make the record reach behind the last.
    EXPECT_GE(refused, 150u);
}

TEST(StorageMount, IgnoresBytesBehindTheLastRecordOnlyAsOneRecord) {
    constexpr std::uint32_t at = storage::first_record_at;
    SimulatedFlash flash{sector_bytes, 2};
    put_header(flash, 0, 0, {1, 0});
    flash.memory[at] = std::byte{0};  // Key and value of 255 bytes and more: none that we write.
    Storage storage;
    EXPECT_TRUE(storage.mount(flash.port(), {1, 0}).has_value());
    flash.memory[at + 8] = std::byte{0};
    EXPECT_EQ(storage.mount(flash.port(), {1, 0}).error(), (Error{Fault::StorageMalformed, at}));
}

}  // namespace
}  // namespace mbpf::test
