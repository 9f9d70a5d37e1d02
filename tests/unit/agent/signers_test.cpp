// SPDX-License-Identifier: MIT
// What signers can do to one another: with many runs, with paths, and when they are no longer in
// the policy.
#include <gtest/gtest.h>

#include "tests/unit/agent/support/board.hpp"

namespace mbpf::test {

namespace {

using container::State;

class Signers : public testing::Test {
protected:
    Signers() {
        board.provision({guest});
        board.boot();
    }
    [[nodiscard]] Answer install(std::string const& name, KeyPair* signer, Source source) {
        source.path = name;
        return board.install({name, 1, signer}, source);
    }
    // Without the guest, or with it.
    [[nodiscard]] Answer change_policy(std::uint32_t sequence, bool has_guest) {
        container::SignerRecord administrator = Board::everything(board.administrator);
        administrator.flags = container::SignerRecord::administrator;
        std::vector<std::byte> policy;
        for (container::SignerRecord const* const signer : {&administrator, &guest}) {
            Bytes const record = std::as_bytes(std::span{signer, 1});
            if (signer == &administrator || has_guest) {
                policy.insert(policy.end(), record.begin(), record.end());
            }
        }
        return board.command(set_policy, "", sequence, nullptr, policy);
    }
    [[nodiscard]] std::uint32_t runs(std::string const& name) {
        return board.find(name)->statistics.runs;
    }

    KeyPair one{2};
    container::SignerRecord guest = Board::everything(one);
    Board board;
    Source const answer{join({mov64(r0, 7), leave()}), {on_request()}};
    Source const beat{join({mov64(r0, 0), leave()}), {every_ms(100)}};
    Source const loop{join({ja(-1)}), {{HookKind::Boot, 0, 0, 0}}};
};

TEST_F(Signers, OneWithEndlessRunsLeavesRoomForOthers) {
    Source endless = loop;
    endless.rights.run_budget_instructions = ~0u;
    endless.rights.second_budget_instructions = 20'000;
    for (char const* const name : {"a", "b", "c", "d"}) {
        ASSERT_EQ(install(name, &one, endless).code, coap::Code::Changed);
    }
    ASSERT_EQ(install("beat", nullptr, beat).code, coap::Code::Changed);
    ASSERT_EQ(install("answer", &one, answer).code, coap::Code::Changed);
    board.run_for(second_us);
    EXPECT_GE(runs("beat"), 9u);
    // The guest has had its half.
    Answer const refused = board.post("/c/answer");
    EXPECT_EQ(refused.fault(), Fault::ContainerBusy);
    EXPECT_EQ(refused.number(2), config::max_activations);
}

TEST_F(Signers, AStopThatComesWithTheRequestEndsItsRun) {
    Source endless{join({ja(-1)}), {on_request()}};
    endless.rights.run_budget_instructions = ~0u;
    endless.rights.second_budget_instructions = 1'000'000;
    ASSERT_EQ(install("loop", nullptr, endless).code, coap::Code::Changed);
    board.post_only("c", "loop");
    EXPECT_EQ(board.command(stop_it, "loop", 2).code, coap::Code::Changed);
    EXPECT_EQ(board.find("loop")->state, State::Stopped);
}

TEST_F(Signers, WhoLeavesThePolicyRunsNoMoreAtOnceAndAgainWhenItIsBack) {
    ASSERT_EQ(install("beat", &one, beat).code, coap::Code::Changed);
    board.run_for(second_us);
    ASSERT_EQ(change_policy(2, false).code, coap::Code::Changed);
    std::uint32_t const before = runs("beat");
    board.run_for(second_us);
    EXPECT_EQ(runs("beat"), before);
    EXPECT_EQ(board.find("beat")->refusal, Fault::SignerUnknown);
    // A start says why not.
    EXPECT_EQ(board.command(start_it, "beat", 2).fault(), Fault::SignerUnknown);
    ASSERT_EQ(change_policy(3, true).code, coap::Code::Changed);
    board.run_for(second_us);
    EXPECT_GE(runs("beat"), 9u);
}

TEST_F(Signers, ARunOfWhoLeavesThePolicyEnds) {
    Source endless = loop;
    endless.rights.run_budget_instructions = ~0u;
    endless.rights.second_budget_instructions = 20'000;
    ASSERT_EQ(install("loop", &one, endless).code, coap::Code::Changed);
    board.run_for(second_us);
    ASSERT_TRUE(board.find("loop")->is_active);
    ASSERT_EQ(change_policy(2, false).code, coap::Code::Changed);
    board.run_for(second_us);
    EXPECT_FALSE(board.find("loop")->is_active);
    EXPECT_EQ(board.find("loop")->state, State::Refused);
}

TEST_F(Signers, APathIsTheFirstOnesAfterARestartToo) {
    Source door = answer;
    door.path = "door";
    ASSERT_EQ(board.install({"z", 1, &one}, door).code, coap::Code::Changed);
    ASSERT_EQ(change_policy(2, false).code, coap::Code::Changed);
    board.boot();  // Its path is free.
    ASSERT_EQ(board.install({"a", 1}, door).code, coap::Code::Changed);
    ASSERT_EQ(change_policy(3, true).code, coap::Code::Changed);
    for (int round = 0; round < 2; ++round) {
        EXPECT_EQ(board.find("a")->state, State::Ready);
        EXPECT_EQ(board.find("z")->state, State::Refused);
        EXPECT_EQ(board.find("z")->refusal, Fault::PathTaken);
        board.boot();
    }
}

TEST_F(Signers, ACommandComesInOneBlock) {
    ASSERT_EQ(install("answer", nullptr, answer).code, coap::Code::Changed);
    Answer const refused =
        board.request(coap::Method::Post, "/mbpf/command", std::vector<std::byte>(1), 3u << 4 | 2);
    EXPECT_EQ(refused.fault(), Fault::TransferBroken);
    EXPECT_EQ(refused.number(2), 192);
}

}  // namespace
}  // namespace mbpf::test
