// SPDX-License-Identifier: MIT
// The ring buffer against a model, and with memory that the program has scribbled on.
#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <string>
#include <vector>

#include "mbpf/maps/maps.hpp"
#include "tests/support/print.hpp"

namespace mbpf::test {
namespace {

using maps::Ring;

class RingBuffer : public testing::Test {
protected:
    explicit RingBuffer(std::uint32_t bytes = 64)
        : memory_(maps::ring_header_bytes + bytes),
          ring_{{{maps::Kind::RingBuffer, 0, 0, 0, bytes, 0}, memory_}} {}

    bool put(std::string_view text) {
        std::byte* const record = ring_.reserve(std::uint32_t(text.size()));
        if (record == nullptr) {
            return false;
        }
        std::copy(text.begin(), text.end(), static_cast<char*>(static_cast<void*>(record)));
        return ring_.submit(record);
    }
    [[nodiscard]] std::vector<std::string> seen() const {
        std::vector<std::string> texts;
        std::uint32_t position = ring_.start();
        while (auto const record = ring_.next(position)) {
            texts.emplace_back(as_text(record->bytes));
            position = record->end;
        }
        return texts;
    }
    // The end of the first record.
    [[nodiscard]] std::uint32_t first_end() const { return ring_.next(ring_.start())->end; }

    std::vector<std::byte> memory_;
    Ring ring_;
};

using Texts = std::vector<std::string>;

TEST_F(RingBuffer, GivesRecordsInTheirOrderUntilTheyAreTaken) {
    EXPECT_EQ(seen(), Texts{});
    EXPECT_TRUE(put("one"));
    EXPECT_TRUE(put(""));
    EXPECT_TRUE(put("three"));
    EXPECT_EQ(seen(), (Texts{"one", "", "three"}));
    EXPECT_EQ(seen(), (Texts{"one", "", "three"}));
    ring_.take_until(first_end());
    EXPECT_EQ(seen(), (Texts{"", "three"}));
    ring_.take_until(ring_.end());
    EXPECT_EQ(seen(), Texts{});
    EXPECT_EQ(ring_.used(), 0u);
}

TEST_F(RingBuffer, TakesNothingForAPositionThatIsNotInIt) {
    ASSERT_TRUE(put("one"));
    ASSERT_TRUE(put("two"));
    ring_.take_until(ring_.start() - 8);
    ring_.take_until(ring_.end() + 8);
    ring_.take_until(first_end() - 1);
    EXPECT_EQ(seen(), (Texts{"one", "two"}));
    ring_.take_until(first_end() + 8);  // In the middle of the second.
    EXPECT_EQ(seen(), Texts{"two"});
}

TEST_F(RingBuffer, IsFullUntilRecordsAreTaken) {
    for (int i = 0; i < 4; ++i) {
        EXPECT_TRUE(put("12345678"));
    }
    EXPECT_FALSE(put(""));
    ring_.take_until(first_end());
    EXPECT_TRUE(put("x"));
    EXPECT_FALSE(put(""));
}

TEST_F(RingBuffer, KeepsRecordsWhole) {
    ASSERT_TRUE(put(std::string(24, 'a')));
    ASSERT_TRUE(put("b"));
    EXPECT_FALSE(put(std::string(16, 'c')));  // 16 bytes are left in front of the end.
    ring_.take_until(first_end());
    ASSERT_TRUE(put(std::string(16, 'c')));
    EXPECT_EQ(seen(), (Texts{"b", std::string(16, 'c')}));
    EXPECT_EQ(ring_.used(), 16u + 16u + 24u);
    ring_.take_until(ring_.end());
    EXPECT_EQ(ring_.used(), 0u);
}

TEST_F(RingBuffer, TakesARecordAsLargeAsItWheneverItIsEmpty) {
    for (std::size_t bytes = 0; bytes <= 56; ++bytes) {
        ASSERT_TRUE(put(std::string(bytes, 'x')));
        ring_.take_until(ring_.end());
        ASSERT_TRUE(put(std::string(56, 'y')));
        ASSERT_EQ(seen(), Texts{std::string(56, 'y')});
        ring_.take_until(ring_.end());
    }
    EXPECT_FALSE(put(std::string(57, 'z')));
    EXPECT_EQ(ring_.reserve(0xffff'ffff), nullptr);
}

TEST_F(RingBuffer, ShowsNoRecordBeforeItIsSubmitted) {
    std::byte* const first = ring_.reserve(1);
    std::byte* const second = ring_.reserve(1);
    ASSERT_TRUE(put("third"));
    ASSERT_TRUE(ring_.submit(second));
    EXPECT_EQ(seen(), Texts{});
    ring_.take_until(ring_.end());
    EXPECT_EQ(ring_.used(), 48u);
    ASSERT_TRUE(ring_.discard(first));
    EXPECT_EQ(seen(), (Texts{std::string(1, '\0'), "third"}));
    EXPECT_FALSE(ring_.submit(first));  // Once.
    EXPECT_FALSE(ring_.discard(second));
}

TEST_F(RingBuffer, SubmitsOnlyItsOwnRecords) {
    std::byte* const record = ring_.reserve(8);
    EXPECT_FALSE(ring_.submit(record + 1));
    EXPECT_FALSE(ring_.submit(record + 8));
    EXPECT_FALSE(ring_.submit(memory_.data()));
    EXPECT_FALSE(ring_.submit(memory_.data() + 8));
    EXPECT_FALSE(ring_.submit(memory_.data() + 8192));
    EXPECT_FALSE(ring_.submit(nullptr));
    EXPECT_TRUE(ring_.submit(record));
}

TEST_F(RingBuffer, DoesWhatAModelDoes) {
    std::minstd_rand random{1};
    std::deque<std::string> model;
    store(memory_.data(), std::uint64_t{0xffff'ff80'ffff'ff80});  // Positions wrap soon.
    for (int step = 0; step < 20'000; ++step) {
        if (random() % 3 != 0) {
            std::string const text(random() % 40, char('a' + step % 26));
            if (put(text)) {
                model.push_back(text);
            } else {
                ASSERT_FALSE(model.empty());  // An empty one has room for all of these.
            }
        } else if (!model.empty()) {
            ring_.take_until(first_end());
            model.pop_front();
        }
        ASSERT_EQ(seen(), Texts(model.begin(), model.end()));
        ASSERT_LE(ring_.used(), 64u);
    }
}

TEST_F(RingBuffer, StaysInItsMemoryWhateverIsThere) {
    std::minstd_rand random{2};
    for (int round = 0; round < 20'000; ++round) {
        for (std::byte& byte : memory_) {
            byte = std::byte(random() % 2 == 0 ? 0 : random());
        }
        if (round % 2 == 0) {  // Positions that make sense, records that do not.
            store(memory_.data(), std::uint32_t(random() % 9 * 8));
            store(memory_.data() + 4, std::uint32_t{0});
        }
        std::byte* const record = ring_.reserve(std::uint32_t(random() % 60));
        if (record != nullptr) {
            ASSERT_TRUE(ring_.submit(record));
        }
        ring_.take_until(std::uint32_t(random() % 100));
        for (std::string const& text : seen()) {
            ASSERT_LE(text.size(), 56u);
        }
    }
}

}  // namespace
}  // namespace mbpf::test
