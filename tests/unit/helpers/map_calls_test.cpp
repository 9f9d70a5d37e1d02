// SPDX-License-Identifier: MIT
// Helpers 0x90 to 0x97: maps as programs call them.
#include <gtest/gtest.h>

#include "tests/unit/helpers/support/caller.hpp"

namespace mbpf::test {
namespace {

using machine::Permission;
using machine::Trap;
using maps::Kind;
using program::MapRecord;

constexpr std::uint32_t lookup = 0x90, update = 0x91, remove_ = 0x92;
constexpr std::uint32_t output = 0x93, reserve = 0x94, submit = 0x95, discard = 0x96, query = 0x97;
constexpr std::uint64_t hash = 0, ring = 1, none = 2;

constexpr std::uint64_t as_result(std::int32_t code) { return std::uint32_t(code); }

class MapHelper : public testing::Test {
protected:
    MapHelper() {
        program_.set_maps(records_);
        program_.rights.map_bytes = 2 * 24 + 8 + 32;
        Result<maps::MapSet> const set = maps::MapSet::read(program_);
        caller_.environment.maps = set.value();
        caller_.environment.maps.place(program_, memory_.data());
        caller_.lend(memory_);
        key_at_ = caller_.lend(key_, Permission::Read);
        value_at_ = caller_.lend(value_, Permission::Read);
    }

    std::array<MapRecord, 2> records_{MapRecord{Kind::Hash, 0, 4, 12, 2, 0},
                                      MapRecord{Kind::RingBuffer, 0, 0, 0, 32, 48}};
    program::Program program_;
    alignas(8) std::array<std::byte, 88> memory_{};
    std::uint32_t key_ = 7;
    std::array<std::uint32_t, 3> value_{1, 2, 3};
    std::uint64_t key_at_ = 0;
    std::uint64_t value_at_ = 0;
    Caller caller_;
};

TEST_F(MapHelper, FindsWhatWasPutWhereTheProgramCanReachIt) {
    EXPECT_EQ(caller_.result_of(lookup, {hash, key_at_}), 0u);
    EXPECT_EQ(caller_.result_of(update, {hash, key_at_, value_at_, 0}), 0u);
    std::uint64_t const found = caller_.result_of(lookup, {hash, key_at_});
    ASSERT_GE(found, address_of(memory_.data()));
    ASSERT_LE(found + 12, address_of(memory_.data() + 48));
    EXPECT_EQ(mbpf::load<std::uint32_t>(pointer_to(std::uintptr_t(found)) + 8), 3u);
    EXPECT_EQ(caller_.result_of(remove_, {hash, key_at_}), 0u);
    EXPECT_EQ(caller_.result_of(lookup, {hash, key_at_}), 0u);
    EXPECT_EQ(caller_.result_of(remove_, {hash, key_at_}), as_result(maps::no_entry));
}

TEST_F(MapHelper, KnowsTheFlagsOfLinux) {
    EXPECT_EQ(caller_.result_of(update, {hash, key_at_, value_at_, 2}), as_result(maps::no_entry));
    EXPECT_EQ(caller_.result_of(update, {hash, key_at_, value_at_, 1}), 0u);
    EXPECT_EQ(caller_.result_of(update, {hash, key_at_, value_at_, 1}),
              as_result(maps::already_there));
    EXPECT_EQ(caller_.result_of(update, {hash, key_at_, value_at_, 3}), as_result(maps::invalid));
    EXPECT_EQ(caller_.result_of(update, {hash, key_at_, value_at_, 1ull << 32}),
              as_result(maps::invalid));
}

TEST_F(MapHelper, ReadsNoKeyOrValueThatTheProgramCannotRead) {
    EXPECT_EQ(caller_.trap_of(lookup, {hash, key_at_ + 1}), Trap::HelperFailed);
    EXPECT_EQ(caller_.trap_of(lookup, {hash, 0}), Trap::HelperArgument);
    EXPECT_EQ(caller_.trap_of(update, {hash, key_at_ + 1, value_at_, 0}), Trap::HelperFailed);
    EXPECT_EQ(caller_.trap_of(update, {hash, key_at_, value_at_ + 4, 0}), Trap::HelperFailed);
    EXPECT_EQ(caller_.trap_of(update, {hash, key_at_, value_at_ + 12, 0}), Trap::HelperArgument);
    EXPECT_EQ(caller_.trap_of(remove_, {hash, key_at_ + 1}), Trap::HelperFailed);
    EXPECT_EQ(caller_.trap_of(output, {ring, value_at_, 13, 0}), Trap::HelperArgument);
    EXPECT_EQ(memory_, (std::array<std::byte, 88>{}));
}

TEST_F(MapHelper, EndsTheRunForAHandleThatIsNone) {
    for (std::uint64_t const handle : {none, std::uint64_t{0xffff'ffff}}) {
        EXPECT_EQ(caller_.trap_of(lookup, {handle, key_at_}), Trap::HelperFailed);
        EXPECT_EQ(caller_.trap_of(update, {handle, key_at_, value_at_, 0}), Trap::HelperFailed);
        EXPECT_EQ(caller_.trap_of(remove_, {handle, key_at_}), Trap::HelperFailed);
        EXPECT_EQ(caller_.trap_of(output, {handle, value_at_, 4, 0}), Trap::HelperFailed);
        EXPECT_EQ(caller_.trap_of(reserve, {handle, 4, 0}), Trap::HelperFailed);
        EXPECT_EQ(caller_.trap_of(query, {handle, 0}), Trap::HelperFailed);
    }
    caller_.has_environment = false;
    EXPECT_EQ(caller_.trap_of(lookup, {hash, key_at_}), Trap::HelperFailed);
    EXPECT_EQ(caller_.trap_of(submit, {key_at_, 0}), Trap::HelperFailed);
    EXPECT_EQ(caller_.trap_of(submit, {address_of(memory_.data()), 0}), Trap::HelperFailed);
}

TEST_F(MapHelper, DoesNothingWithAnotherKindOfMap) {
    EXPECT_EQ(caller_.result_of(lookup, {ring, key_at_}), 0u);
    EXPECT_EQ(caller_.result_of(update, {ring, key_at_, value_at_, 0}), as_result(maps::invalid));
    EXPECT_EQ(caller_.result_of(remove_, {ring, key_at_}), as_result(maps::invalid));
    EXPECT_EQ(caller_.result_of(output, {hash, value_at_, 4, 0}), as_result(maps::invalid));
    EXPECT_EQ(caller_.result_of(reserve, {hash, 4, 0}), 0u);
    EXPECT_EQ(caller_.result_of(query, {hash, 1}), 0u);
    EXPECT_EQ(memory_, (std::array<std::byte, 88>{}));
}

TEST_F(MapHelper, PutsRecordsIntoARing) {
    EXPECT_EQ(caller_.result_of(output, {ring, value_at_, 12, 0}), 0u);
    EXPECT_EQ(caller_.result_of(output, {ring, value_at_, 12, 0}), as_result(maps::try_again));
    EXPECT_EQ(caller_.result_of(output, {ring, value_at_, 4, 8}), as_result(maps::invalid));
    EXPECT_EQ(caller_.result_of(reserve, {ring, 1, 0}), 0u);
    EXPECT_EQ(caller_.result_of(query, {ring, 0}), 24u);
    EXPECT_EQ(caller_.result_of(query, {ring, 1}), 32u);
    EXPECT_EQ(caller_.result_of(query, {ring, 2}), 0u);
    EXPECT_EQ(caller_.result_of(query, {ring, 3}), 24u);
    EXPECT_EQ(caller_.result_of(query, {ring, 4}), 0u);
    maps::Ring taken{*caller_.environment.maps.find(1)};
    EXPECT_EQ(mbpf::load<std::uint32_t>(taken.next(0)->bytes, 8), 3u);
    taken.take_until(24);
    EXPECT_EQ(caller_.result_of(reserve, {ring, 1ull << 32, 0}), 0u);
    EXPECT_EQ(caller_.result_of(reserve, {ring, 8, 1}), 0u);
    std::uint64_t const record = caller_.result_of(reserve, {ring, 8, 0});
    ASSERT_NE(record, 0u);
    EXPECT_FALSE(taken.next(taken.start()).has_value());
    static_cast<void>(caller_.result_of(submit, {record, 0}));
    EXPECT_EQ(taken.next(taken.start())->bytes.size(), 8u);
    EXPECT_EQ(caller_.trap_of(submit, {record, 0}), Trap::HelperFailed);  // Once.
    EXPECT_EQ(caller_.trap_of(discard, {record, 0}), Trap::HelperFailed);
    EXPECT_EQ(caller_.trap_of(submit, {address_of(memory_.data()), 0}), Trap::HelperFailed);
    EXPECT_EQ(caller_.trap_of(submit, {key_at_, 0}), Trap::HelperFailed);
}

}  // namespace
}  // namespace mbpf::test
