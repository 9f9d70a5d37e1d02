// SPDX-License-Identifier: MIT
// Uploads that end when something newer has come.
#include <gtest/gtest.h>

#include "tests/unit/agent/support/board.hpp"

namespace mbpf::test {

namespace {

constexpr std::size_t block_bytes = 256;
constexpr std::uint32_t size_of_block = 4;
constexpr std::uint32_t more = 8;

class Overtaken : public testing::Test {
protected:
    Overtaken() {
        board.provision({Board::everything(one)});
        board.boot();
        EXPECT_EQ(install(1).code, coap::Code::Changed);
        late = board.envelope({"app", 5, &one}, image_of(source));
        last_at = (late.size() - 1) / block_bytes * block_bytes;
        EXPECT_GT(last_at, 0u);
    }
    [[nodiscard]] Answer install(std::uint32_t sequence) {
        return board.install({"app", sequence, &one}, source);
    }
    [[nodiscard]] Answer send(std::size_t at, std::uint32_t flags) {
        std::size_t const bytes = std::min(block_bytes, late.size() - at);
        return board.request(coap::Method::Post, "/mbpf/install", Bytes{late}.subspan(at, bytes),
                             std::uint32_t(at / block_bytes) << 4 | flags | size_of_block);
    }
    // All blocks but the last.
    void begin() {
        for (std::size_t at = 0; at < last_at; at += block_bytes) {
            ASSERT_EQ(send(at, more).code, coap::Code::Continue);
        }
    }
    [[nodiscard]] Answer finish() { return send(last_at, 0); }
    [[nodiscard]] std::uint32_t sequence() { return board.find("app")->record.sequence; }

    KeyPair one{2};
    Board board;
    Source const source{join({mov64(r0, 7), leave()}), {on_request()}, "answer"};
    std::vector<std::byte> late;
    std::size_t last_at = 0;
};

TEST_F(Overtaken, ByNothingItIsInstalled) {
    begin();
    EXPECT_EQ(finish().code, coap::Code::Changed);
    EXPECT_EQ(sequence(), 5u);
}

TEST_F(Overtaken, ByACommandOfAHigherNumberItIsRefused) {
    begin();
    ASSERT_EQ(board.command(stop_it, "app", 6, &one).code, coap::Code::Changed);
    Answer const refused = finish();
    EXPECT_EQ(refused.fault(), Fault::SequenceNotNewer);
    EXPECT_EQ(refused.number(3), 7);
    EXPECT_EQ(sequence(), 6u);
    EXPECT_EQ(board.find("app")->state, container::State::Stopped);
    board.boot();
    EXPECT_EQ(sequence(), 6u);
    EXPECT_EQ(install(7).code, coap::Code::Changed);
}

TEST_F(Overtaken, ByARemovalItDoesNotComeBack) {
    begin();
    ASSERT_EQ(board.command(remove_it, "app", 5, &one).code, coap::Code::Changed);
    EXPECT_EQ(finish().fault(), Fault::SequenceNotNewer);
    EXPECT_EQ(board.find("app"), nullptr);
}

TEST_F(Overtaken, ByAPolicyWithoutItsSignerItIsRefused) {
    container::SignerRecord boss = Board::everything(board.administrator);
    boss.flags = container::SignerRecord::administrator;
    std::vector<std::byte> policy(sizeof boss);
    __builtin_memcpy(policy.data(), &boss, sizeof boss);
    begin();
    ASSERT_EQ(board.command(set_policy, "", 1, nullptr, policy).code, coap::Code::Changed);
    EXPECT_EQ(finish().fault(), Fault::SignerUnknown);
    EXPECT_EQ(sequence(), 1u);
}

}  // namespace

}  // namespace mbpf::test
