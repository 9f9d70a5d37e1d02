// SPDX-License-Identifier: MIT
// Arrays and hashes against a model, and with memory that the program has scribbled on.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

#include "mbpf/maps/maps.hpp"
#include "tests/support/print.hpp"

namespace mbpf::test {
namespace {

using maps::Kind;
using maps::Map;
using maps::Update;

// A map in memory of exactly its size.
class Table {
public:
    Table(Kind kind, std::uint16_t key_bytes, std::uint32_t value_bytes, std::uint32_t entries)
        : map_{{kind, 0, key_bytes, value_bytes, entries, 0}, {}},
          memory_(std::size_t(maps::memory_bytes(map_.record))) {
        map_.memory = memory_;
    }

    template <class Key>
    [[nodiscard]] std::byte* find(Key key) const {
        return maps::find_value(map_, bytes_of(key).data());
    }
    template <class Key, class Value>
    std::int32_t update(Key key, Value value, Update when = Update::Always) {
        return maps::update(map_, bytes_of(key).data(), bytes_of(value).data(), when);
    }
    template <class Key>
    std::int32_t remove(Key key) {
        return maps::remove(map_, bytes_of(key).data());
    }
    [[nodiscard]] Map const& map() const { return map_; }
    [[nodiscard]] std::vector<std::byte>& memory() { return memory_; }

private:
    template <class T>
    static std::array<std::byte, sizeof(T)> bytes_of(T value) {
        std::array<std::byte, sizeof(T)> bytes;
        store(bytes.data(), value);
        return bytes;
    }

    Map map_;
    std::vector<std::byte> memory_;
};

TEST(Array, HoldsAValueForEveryIndex) {
    Table table{Kind::Array, 4, 8, 3};
    for (std::uint32_t i = 0; i < 3; ++i) {
        ASSERT_NE(table.find(i), nullptr);
        EXPECT_EQ(load<std::uint64_t>(table.find(i)), 0u);
        EXPECT_EQ(table.update(i, std::uint64_t{i} + 7), 0);
    }
    EXPECT_EQ(load<std::uint64_t>(table.find(2u)), 9u);
    EXPECT_EQ(table.find(3u), nullptr);
    EXPECT_EQ(table.find(0xffff'ffffu), nullptr);
    EXPECT_EQ(table.update(3u, std::uint64_t{1}), maps::too_big);
    EXPECT_EQ(table.update(0u, std::uint64_t{1}, Update::OnlyNew), maps::already_there);
    EXPECT_EQ(table.update(0u, std::uint64_t{1}, Update::OnlyExisting), 0);
    EXPECT_EQ(table.remove(0u), maps::invalid);
    EXPECT_EQ(load<std::uint64_t>(table.find(0u)), 1u);
}

TEST(Array, KeepsValuesAtMultiplesOf8) {
    Table table{Kind::Array, 4, 1, 4};
    for (std::uint32_t i = 0; i < 4; ++i) {
        EXPECT_EQ(table.find(i), table.memory().data() + 8 * i);
    }
}

TEST(Hash, TakesAsManyKeysAsItHasEntries) {
    Table table{Kind::Hash, 4, 4, 3};
    EXPECT_EQ(table.find(1u), nullptr);
    EXPECT_EQ(table.update(1u, 10u, Update::OnlyExisting), maps::no_entry);
    EXPECT_EQ(table.update(1u, 10u, Update::OnlyNew), 0);
    EXPECT_EQ(table.update(1u, 11u, Update::OnlyNew), maps::already_there);
    EXPECT_EQ(load<std::uint32_t>(table.find(1u)), 10u);
    EXPECT_EQ(table.update(1u, 12u, Update::OnlyExisting), 0);
    EXPECT_EQ(table.update(2u, 20u), 0);
    EXPECT_EQ(table.update(3u, 30u), 0);
    EXPECT_EQ(table.update(4u, 40u), maps::too_big);
    EXPECT_EQ(table.update(1u, 13u), 0);
    EXPECT_EQ(table.remove(2u), 0);
    EXPECT_EQ(table.remove(2u), maps::no_entry);
    EXPECT_EQ(table.find(2u), nullptr);
    EXPECT_EQ(table.update(4u, 40u), 0);
    EXPECT_EQ(load<std::uint32_t>(table.find(1u)), 13u);
    EXPECT_EQ(load<std::uint32_t>(table.find(3u)), 30u);
    EXPECT_EQ(load<std::uint32_t>(table.find(4u)), 40u);
}

TEST(Hash, DoesWhatAModelDoes) {
    std::minstd_rand random{1};
    for (std::uint32_t const entries : {1u, 2u, 7u, 64u}) {
        Table table{Kind::Hash, 2, 4, entries};
        std::map<std::uint16_t, std::uint32_t> model;
        std::map<std::uint16_t, std::byte*> places;
        for (int step = 0; step < 20'000; ++step) {
            std::uint16_t const key = std::uint16_t(random() % (2 * entries + 1));
            std::uint32_t const value = std::uint32_t(random());
            bool const is_there = model.contains(key);
            switch (random() % 4) {
                case 0:
                    ASSERT_EQ(table.remove(key), is_there ? 0 : maps::no_entry);
                    model.erase(key);
                    places.erase(key);
                    break;
                case 1: {
                    Update const when = Update(random() % 3);
                    bool const may =
                        when == Update::Always || (when == Update::OnlyExisting) == is_there;
                    bool const fits_in = is_there || model.size() < entries;
                    std::int32_t const wanted = !may && is_there ? maps::already_there
                                                : !may           ? maps::no_entry
                                                : fits_in        ? 0
                                                                 : maps::too_big;
                    ASSERT_EQ(table.update(key, value, when), wanted);
                    if (wanted == 0) {
                        model[key] = value;
                        places.try_emplace(key, table.find(key));
                    }
                    break;
                }
                default: {
                    std::byte* const found = table.find(key);
                    ASSERT_EQ(found != nullptr, is_there);
                    if (is_there) {
                        ASSERT_EQ(load<std::uint32_t>(found), model[key]);
                        ASSERT_EQ(found, places[key]);  // It does not move.
                    }
                }
            }
        }
        std::map<std::uint16_t, std::uint32_t> seen;
        for (std::uint32_t i = 0; i < entries; ++i) {
            if (std::byte const* const key = maps::key_at(table.map(), i)) {
                seen[load<std::uint16_t>(key)] = load<std::uint32_t>(key - 4 + 8);
            }
        }
        EXPECT_EQ(seen, model);
    }
}

TEST(Hash, IsEmptyAgainWhenAllIsDeleted) {
    Table table{Kind::Hash, 4, 8, 16};
    std::vector<std::byte> const empty = table.memory();
    for (std::uint32_t i = 0; i < 16; ++i) {
        ASSERT_EQ(table.update(i, std::uint64_t{0}), 0);
    }
    for (std::uint32_t i = 0; i < 15; ++i) {
        ASSERT_EQ(table.remove(i), 0);
    }
    ASSERT_EQ(table.update(3u, std::uint64_t{0}), 0);
    ASSERT_EQ(table.remove(3u), 0);
    for (std::uint32_t i = 16; i < 1000; ++i) {
        ASSERT_EQ(table.update(i, std::uint64_t{0}), 0);
        ASSERT_EQ(table.remove(i), 0);
    }
    EXPECT_NE(table.find(15u), nullptr);
}

TEST(Hash, ComparesWholeKeys) {
    Table table{Kind::Hash, 64, 1, 4};
    std::array<std::uint8_t, 64> key{};
    EXPECT_EQ(table.update(key, std::uint8_t{1}), 0);
    key[63] = 1;
    EXPECT_EQ(table.find(key), nullptr);
    EXPECT_EQ(table.update(key, std::uint8_t{2}), 0);
    key[63] = 0;
    EXPECT_EQ(load<std::uint8_t>(table.find(key)), 1u);
}

TEST(Hash, StaysInItsMemoryWhateverIsThere) {
    std::minstd_rand random{2};
    for (int round = 0; round < 300; ++round) {
        Table table{Kind::Hash, 3, 5, 1 + std::uint32_t(random() % 9)};
        for (std::byte& byte : table.memory()) {
            byte = std::byte(random() % 3 == 0 ? 0 : random());
        }
        for (int step = 0; step < 50; ++step) {
            std::array<std::uint8_t, 3> const key{std::uint8_t(random() % 4), 0, 0};
            std::array<std::uint8_t, 5> const value{};
            static_cast<void>(table.update(key, value, Update(random() % 3)));
            static_cast<void>(table.remove(key));
            std::byte const* const found = table.find(key);
            bool const is_inside =
                found == nullptr ||
                fits(std::size_t(found - table.memory().data()), 5, table.memory().size());
            ASSERT_TRUE(is_inside);
        }
    }
}

}  // namespace
}  // namespace mbpf::test
