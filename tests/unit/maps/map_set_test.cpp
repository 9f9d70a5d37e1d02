// SPDX-License-Identifier: MIT
// Which declarations are maps, and where those lie.
#include <gtest/gtest.h>

#include <vector>

#include "mbpf/maps/maps.hpp"
#include "tests/support/print.hpp"

namespace mbpf::test {
namespace {

using maps::Kind;
using maps::MapSet;
using program::MapRecord;

class Maps : public testing::Test {
protected:
    // The fault of maps with that many bytes asked for; none if they are read.
    Result<MapSet> read(std::vector<MapRecord> const& records, std::uint32_t map_bytes) {
        records_ = records;
        program_.set_maps(records_);
        program_.rights.map_bytes = map_bytes;
        return MapSet::read(program_);
    }
    Error refusal(std::vector<MapRecord> const& records, std::uint32_t map_bytes) {
        Result<MapSet> const set = read(records, map_bytes);
        return set.has_value() ? Error{} : set.error();
    }
    static Error malformed(std::uint32_t where) {
        return {Fault::SectionMalformed, where, std::uint32_t(program::SectionKind::Maps)};
    }

    std::vector<MapRecord> records_;
    program::Program program_;
};

MapRecord const array{Kind::Array, 0, 4, 12, 3, 0};  // 3 * 16
MapRecord const hash{Kind::Hash, 0, 5, 8, 2, 0};     // 2 * (16 + 8)
MapRecord const ring{Kind::RingBuffer, 0, 0, 0, 32, 0};

MapRecord at(MapRecord record, std::uint32_t offset) {
    record.offset = offset;
    return record;
}

TEST_F(Maps, NoneIsGoodIfNothingIsAskedFor) {
    Result<MapSet> const set = read({}, 0);
    ASSERT_TRUE(set.has_value());
    EXPECT_EQ(set->size(), 0u);
    EXPECT_FALSE(set->find(0).has_value());
    EXPECT_EQ(refusal({}, 8), malformed(0));
}

TEST_F(Maps, LieBehindOneAnotherBehindBss) {
    alignas(8) std::array<std::byte, 200> memory{};
    program_.bss_bytes = 12;
    Result<MapSet> const got = read({array, at(hash, 48), at(ring, 96)}, 136);
    ASSERT_TRUE(got.has_value());
    MapSet set = *got;
    EXPECT_FALSE(set.find(0).has_value());  // Not placed yet.
    set.place(program_, memory.data());
    ASSERT_EQ(set.size(), 3u);
    EXPECT_EQ(set.find(0)->memory.data(), memory.data() + 16);
    EXPECT_EQ(set.find(0)->memory.size(), 48u);
    EXPECT_EQ(set.find(1)->memory.data(), memory.data() + 64);
    EXPECT_EQ(set.find(1)->memory.size(), 48u);
    EXPECT_EQ(set.find(2)->memory.data(), memory.data() + 112);
    EXPECT_EQ(set.find(2)->memory.size(), 40u);
    EXPECT_FALSE(set.find(3).has_value());
    EXPECT_FALSE(set.find(0xffff'ffff).has_value());
    EXPECT_EQ(program_.writable_bytes(), 16u + 136u);
}

TEST_F(Maps, AreRefusedInAnotherPlaceOrSum) {
    EXPECT_EQ(refusal({at(array, 8)}, 56), malformed(0));
    EXPECT_EQ(refusal({array, at(hash, 40)}, 88), malformed(16));
    EXPECT_EQ(refusal({array, hash}, 96), malformed(16));
    EXPECT_EQ(refusal({array}, 40), malformed(16));
    EXPECT_EQ(refusal({array}, 56), malformed(16));
    EXPECT_EQ(refusal({array}, 48), Error{});
}

TEST_F(Maps, HaveSizesOfTheirKind) {
    auto const bytes = [](Kind kind, std::uint16_t key, std::uint32_t value,
                          std::uint32_t entries) {
        return maps::memory_bytes({kind, 0, key, value, entries, 0});
    };
    constexpr std::uint32_t most = 0xffff'ffff;
    EXPECT_EQ(bytes(Kind::Array, 4, 1, 1), 8u);
    EXPECT_EQ(bytes(Kind::Array, 4, 9, 5), 80u);
    EXPECT_EQ(bytes(Kind::Array, 3, 1, 1), 0u);
    EXPECT_EQ(bytes(Kind::Array, 4, 0, 1), 0u);
    EXPECT_EQ(bytes(Kind::Array, 4, 1, 0), 0u);
    EXPECT_EQ(bytes(Kind::Array, 4, most, 1), 0u);
    EXPECT_EQ(bytes(Kind::Array, 4, 0xff'ffff, most), (std::uint64_t{0x100'0000} * most));
    EXPECT_EQ(bytes(Kind::Hash, 1, 1, 1), 16u);
    EXPECT_EQ(bytes(Kind::Hash, 4, 8, 1024), 16384u);
    EXPECT_EQ(bytes(Kind::Hash, 64, 1, 1), 72u + 8u);
    EXPECT_EQ(bytes(Kind::Hash, 0, 1, 1), 0u);
    EXPECT_EQ(bytes(Kind::Hash, 65, 1, 1), 0u);
    EXPECT_EQ(bytes(Kind::Hash, 4, 0, 1), 0u);
    EXPECT_EQ(bytes(Kind::Hash, 4, 1, 1025), 0u);
    EXPECT_EQ(bytes(Kind::RingBuffer, 0, 0, 16), 24u);
    EXPECT_EQ(bytes(Kind::RingBuffer, 0, 0, 1u << 31), (std::uint64_t{1} << 31) + 8);
    for (std::uint32_t const size : {0u, 8u, 15u, 17u, 24u, 48u, most}) {
        EXPECT_EQ(bytes(Kind::RingBuffer, 0, 0, size), 0u) << size;
    }
    EXPECT_EQ(bytes(Kind::RingBuffer, 4, 0, 16), 0u);
    EXPECT_EQ(bytes(Kind::RingBuffer, 0, 4, 16), 0u);
    for (int const kind : {0, 3, 5, 26, 28, 255}) {
        EXPECT_EQ(bytes(Kind(kind), 4, 8, 16), 0u) << kind;
    }
}

TEST_F(Maps, HaveNoOtherBytesInTheirRecords) {
    MapRecord record = array;
    record.zero = 1;
    EXPECT_EQ(refusal({record}, 48), malformed(0));
    EXPECT_EQ(refusal({array}, 48), Error{});
}

TEST_F(Maps, AreLimitedInNumber) {
    std::vector<MapRecord> records;
    for (std::uint32_t i = 0; i < config::max_maps; ++i) {
        records.push_back(at(array, 48 * i));
    }
    EXPECT_EQ(refusal(records, 48 * config::max_maps), Error{});
    records.push_back(at(array, 48 * config::max_maps));
    EXPECT_EQ(refusal(records, 48 * (config::max_maps + 1)), malformed(0));
}

}  // namespace
}  // namespace mbpf::test
