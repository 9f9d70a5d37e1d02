// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "mbpf/container/arena.hpp"

namespace mbpf::container {

namespace {

class ArenaTest : public testing::Test {
protected:
    alignas(8) std::array<std::byte, 1024> memory_{};
    Arena arena_{memory_};
};

TEST_F(ArenaTest, PiecesAreAlignedAndApart) {
    WritableBytes const first = arena_.take(5);
    WritableBytes const second = arena_.take(16);
    ASSERT_EQ(first.size(), 5u);
    EXPECT_EQ(first.data(), memory_.data());
    EXPECT_EQ(second.data(), memory_.data() + 8);
    EXPECT_EQ(arena_.free_bytes(), 1024u - 24u);
}

TEST_F(ArenaTest, WhatIsGivenBackIsTakenAgain) {
    WritableBytes const first = arena_.take(100);
    WritableBytes const second = arena_.take(100);
    arena_.give_back(first);
    EXPECT_EQ(arena_.take(104).data(), first.data());
    arena_.give_back(second);
    EXPECT_EQ(arena_.piece_of(arena_.take(50)).offset, 104u);
}

TEST_F(ArenaTest, ThereIsNothingWithoutAGap) {
    EXPECT_TRUE(arena_.take(1025).empty());
    WritableBytes const all = arena_.take(1024);
    ASSERT_EQ(all.size(), 1024u);
    EXPECT_TRUE(arena_.take(1).empty());
    EXPECT_TRUE(arena_.largest_gap().empty());
    arena_.give_back(all);
    EXPECT_EQ(arena_.largest_gap().size(), 1024u);
}

TEST_F(ArenaTest, NoMorePiecesThanContainers) {
    for (std::uint32_t i = 0; i < config::max_containers; ++i) {
        EXPECT_FALSE(arena_.take(8).empty());
    }
    EXPECT_TRUE(arena_.take(8).empty());
}

TEST_F(ArenaTest, TheStartOfAGapCanBeKept) {
    WritableBytes const first = arena_.take(64);
    WritableBytes const gap = arena_.largest_gap();
    WritableBytes const kept = arena_.keep(gap, 33);
    EXPECT_EQ(kept.data(), memory_.data() + 64);
    EXPECT_EQ(arena_.largest_gap().data(), memory_.data() + 104);
    arena_.give_back(first);
    EXPECT_EQ(arena_.take(64).data(), first.data());
}

// Against a plain list: no two pieces overlap, and what is free is what nobody has.
TEST(Arena, KeepsItsBooksOverManySteps) {
    alignas(8) static std::array<std::byte, 4096> memory;
    std::mt19937 random{3};
    Arena arena{memory};
    std::map<std::byte*, WritableBytes> pieces;
    for (int step = 0; step < 20'000; ++step) {
        if (random() % 2 == 0) {
            WritableBytes const piece = arena.take(random() % 700 + 1);
            if (!piece.empty()) {
                pieces[piece.data()] = piece;
            }
        } else if (!pieces.empty()) {
            auto const victim = std::next(pieces.begin(), long(random() % pieces.size()));
            arena.give_back(victim->second);
            pieces.erase(victim);
        }
        std::size_t used = 0;
        std::byte* end = memory.data();
        for (auto const& [start, piece] : pieces) {
            ASSERT_GE(start, end);
            end = start + align_up(piece.size(), 8);
            used += align_up(piece.size(), 8);
        }
        ASSERT_LE(end, memory.data() + memory.size());
        ASSERT_EQ(arena.free_bytes(), memory.size() - used);
    }
}

}  // namespace

}  // namespace mbpf::container
