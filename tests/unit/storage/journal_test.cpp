// SPDX-License-Identifier: MIT
// Records: what is put is found, what does not fit is refused, and what it costs in erasures.
#include <gtest/gtest.h>

#include "mbpf/storage/crc32.hpp"
#include "tests/support/hex.hpp"
#include "tests/unit/storage/support/journal.hpp"

namespace mbpf::test {
namespace {

using storage::Layout;
using storage::Storage;

constexpr std::uint32_t sector_bytes = 256;
constexpr std::uint32_t room_bytes = sector_bytes - storage::first_record_at;

class StorageJournal : public testing::Test {
protected:
    void SetUp() override { mount(); }
    void TearDown() override { EXPECT_EQ(flash.broken_rule(), ""); }

    void mount() { ASSERT_TRUE(storage.mount(flash.port(), layout).has_value()); }
    void put(std::uint8_t kind, std::string const& key, std::string const& value) {
        ASSERT_TRUE(storage.put(kind, key, as_bytes(value)).has_value());
    }
    Error put_error(std::string const& key, std::size_t value_bytes) {
        return storage.put(0, key, as_bytes(std::string(value_bytes, 'v'))).error();
    }

    SimulatedFlash flash{sector_bytes, 2};
    Layout layout{1, 0};
    Storage storage;
};

TEST(StorageCrc, IsThatOfTheCatalogues) {
    EXPECT_EQ(storage::crc32(as_bytes("123456789")), 0xcbf4'3926u);  // Their check value.
    EXPECT_EQ(storage::crc32({}), 0u);
    EXPECT_EQ(storage::crc32(as_bytes("56789"), storage::crc32(as_bytes("1234"))), 0xcbf4'3926u);
}

TEST_F(StorageJournal, FindsWhatWasPut) {
    put(1, "a", "first");
    put(1, "b", "");
    put(2, "a", "other kind");
    put(1, "a", "second");
    EXPECT_EQ(contents(storage),
              (Model{{{1, "a"}, "second"}, {{1, "b"}, ""}, {{2, "a"}, "other kind"}}));
    EXPECT_FALSE(storage.find(3, "a").has_value());
    EXPECT_FALSE(storage.find(1, "").has_value());
    EXPECT_FALSE(storage.find(1, "aa").has_value());
    mount();
    EXPECT_EQ(as_text(*storage.find(1, "a")), "second");
    EXPECT_EQ(as_text(*storage.find(1, "b")), "");
}

TEST_F(StorageJournal, ARecordHasOneMeaningInFlash) {
    put(7, "key", "value");
    put(7, "key", "v");
    ASSERT_TRUE(storage.remove(7, "key").has_value());
    EXPECT_EQ(to_hex(Bytes{flash.memory}.subspan(storage::first_record_at, 48)),
              "07030500"
              "2aaef1d3"
              "6b657976616c7565"
              "07030100"
              "3770f370"
              "6b657976ffffffff"
              "0703ffff"
              "9820efbf"
              "6b6579ffffffffff");
}

TEST_F(StorageJournal, KeysHave0To23Bytes) {
    put(0, "", "empty");
    put(0, std::string(23, 'k'), "long");
    EXPECT_EQ(as_text(*storage.find(0, "")), "empty");
    EXPECT_EQ(as_text(*storage.find(0, std::string(23, 'k'))), "long");
    std::uint32_t const operations = flash.operations();
    EXPECT_EQ(put_error(std::string(24, 'k'), 1), (Error{Fault::RecordTooLarge, 0, 24, 23}));
    EXPECT_EQ(put_error(std::string(256, 'k'), 1), (Error{Fault::RecordTooLarge, 0, 256, 23}));
    EXPECT_FALSE(storage.find(0, std::string(256, 'k')).has_value());
    EXPECT_TRUE(storage.remove(0, std::string(279, 'k')).has_value());
    EXPECT_EQ(flash.operations(), operations);
}

TEST_F(StorageJournal, TheLargestRecordFillsAHalf) {
    std::size_t const largest = room_bytes - storage::record_header_bytes - 1;
    put(0, "k", std::string(largest, 'x'));
    put(0, "k", std::string(largest, 'y'));
    mount();
    EXPECT_EQ(contents(storage), (Model{{{0, "k"}, std::string(largest, 'y')}}));
    EXPECT_EQ(put_error("k", largest + 1),
              (Error{Fault::RecordTooLarge, 0, room_bytes + 1, room_bytes}));
    EXPECT_EQ(put_error("k", 0xffff).fault, Fault::RecordTooLarge);
    EXPECT_EQ(put_error("k", 0x1'0005).fault, Fault::RecordTooLarge);
    EXPECT_EQ(contents(storage), (Model{{{0, "k"}, std::string(largest, 'y')}}));
}

TEST_F(StorageJournal, AFullJournalRefusesAndKeepsAll) {
    Model model;
    for (char key = 'a'; key < 'a' + int(room_bytes / 16); ++key) {
        put(0, {key}, "1234567");
        model[{0, {key}}] = "1234567";
    }
    std::uint32_t const operations = flash.operations();
    EXPECT_EQ(put_error("z", 0), (Error{Fault::JournalFull, 0, room_bytes + 16, room_bytes}));
    EXPECT_EQ(put_error("a", 8).fault, Fault::JournalFull);
    EXPECT_EQ(flash.operations(), operations);
    EXPECT_EQ(contents(storage), model);
    put(0, "a", "7654321");  // Takes no more than it replaces.
    EXPECT_TRUE(storage.remove(0, "b").has_value());
    put(0, "z", "");
    model[{0, "a"}] = "7654321";
    model.erase({0, "b"});
    model[{0, "z"}] = "";
    mount();
    EXPECT_EQ(contents(storage), model);
}

TEST_F(StorageJournal, PuttingTheSameAgainWritesNothing) {
    put(1, "k", "value");
    std::uint32_t const operations = flash.operations();
    put(1, "k", "value");
    EXPECT_EQ(flash.operations(), operations);
    put(1, "k", "Value");
    put(1, "k", "value");
    EXPECT_GT(flash.operations(), operations);
}

TEST_F(StorageJournal, RemovingWhatIsNotThereWritesNothing) {
    put(1, "k", "");
    EXPECT_TRUE(storage.remove(1, "k").has_value());
    std::uint32_t const operations = flash.operations();
    EXPECT_TRUE(storage.remove(1, "k").has_value());
    EXPECT_TRUE(storage.remove(2, "k").has_value());
    EXPECT_EQ(flash.operations(), operations);
    EXPECT_FALSE(storage.find(1, "k").has_value());
    mount();
    EXPECT_FALSE(storage.find(1, "k").has_value());
    put(1, "k", "");
    EXPECT_TRUE(storage.find(1, "k").has_value());
}

TEST_F(StorageJournal, GoesThroughTheKeysInOrder) {
    for (std::string const key : {"b", "", "\xff", "a", "ab", "c"}) {
        put(1, key, "v" + key);
    }
    put(0, "aa", "other kind");
    put(1, "a", "again");
    ASSERT_TRUE(storage.remove(1, "b").has_value());
    std::vector<std::string> keys;
    for (auto record = storage.next(1); record; record = storage.next(1, record->key)) {
        keys.emplace_back(record->key);
    }
    EXPECT_EQ(keys, (std::vector<std::string>{"", "a", "ab", "c", "\xff"}));
    EXPECT_EQ(storage.next(1, "b")->key, "c");  // Behind a key that is gone.
    EXPECT_EQ(storage.next(1)->value.size(), 1u);
    EXPECT_FALSE(storage.next(2).has_value());
    EXPECT_FALSE(storage.next(1, "\xff").has_value());
}

TEST_F(StorageJournal, AValueMayComeFromTheJournalItself) {
    put(0, "from", "value in flash");
    for (unsigned i = 0; i < 50; ++i) {
        ASSERT_TRUE(storage.put(1, "to", *storage.find(0, "from")).has_value());
        put(1, "to", std::to_string(i));
    }
    ASSERT_TRUE(storage.put(1, "to", *storage.find(0, "from")).has_value());
    EXPECT_EQ(as_text(*storage.find(1, "to")), "value in flash");
}

// Otherwise whoever chooses a value could, with the help of a loss of power, forge another record.
TEST_F(StorageJournal, ARecordInsideAValueIsNone) {
    put(1, "real", "");
    put(3, "forged", "1234567890");
    std::string const forged{
        as_text(Bytes{flash.memory}.subspan(storage::first_record_at + 16, 24))};
    for (Tear const tear : all_tears) {
        SimulatedFlash fresh{sector_bytes, 2};
        ASSERT_TRUE(storage.mount(fresh.port(), layout).has_value());
        fresh.fail_at(fresh.operations() + 5, tear);
        (void)storage.put(2, "12345678", as_bytes(forged + forged));
        Storage again;
        ASSERT_TRUE(again.mount(fresh.port(), layout).has_value());
        EXPECT_FALSE(again.find(3, "forged").has_value());
    }
}

TEST_F(StorageJournal, EquallyManyErasuresForEachHalf) {
    constexpr std::uint32_t puts = 10'000;
    SimulatedFlash large{4096, 2};
    ASSERT_TRUE(storage.mount(large.port(), layout).has_value());
    for (std::uint32_t i = 0; i < puts; ++i) {
        std::array<std::byte, 8> bytes{};
        store(bytes.data(), i);
        ASSERT_TRUE(storage.put(1, "sequence", bytes).has_value());
    }
    std::uint32_t const records = (4096 - storage::first_record_at) / 24;
    RecordProperty("erasures", std::to_string(large.erasures(0) + large.erasures(1)));
    EXPECT_LE(large.erasures(0) - large.erasures(1) + 1, 2u);
    EXPECT_LE(large.erasures(0) + large.erasures(1), puts / records + 1);
    EXPECT_GE(large.erasures(0) + large.erasures(1), puts / (records + 1));
    EXPECT_EQ(large.broken_rule(), "");
}

TEST_F(StorageJournal, DoesWhatAMapDoes) {
    constexpr std::size_t changes = 4'000;
    for (std::uint32_t seed = 0; seed < 8; ++seed) {
        SimulatedFlash large{1024, 4, seed};
        Layout const two_sectors{2, 0};
        ASSERT_TRUE(storage.mount(large.port(), two_sectors).has_value());
        Model model;
        std::uint32_t full = 0;
        for (Change const& change : random_script(seed, changes, 20, 200)) {
            Result<void> const result = apply(storage, change);
            if (result.has_value()) {
                apply(model, change);
            } else {
                ASSERT_EQ(result.error().fault, Fault::JournalFull);
                ++full;
            }
            ASSERT_EQ(contents(storage), model) << "seed " << seed;
            if (change.value.size() % 16 == 0) {
                ASSERT_TRUE(storage.mount(large.port(), two_sectors).has_value());
                ASSERT_EQ(contents(storage), model) << "seed " << seed;
            }
        }
        EXPECT_LT(full, changes / 2);
        EXPECT_EQ(large.broken_rule(), "");
    }
}

}  // namespace
}  // namespace mbpf::test
