// SPDX-License-Identifier: MIT
// Power fails at every operation of the flash while containers are changed: what the device starts
// with is the old or the new, whole, and what it has taken once it does not take again.
#include <gtest/gtest.h>

#include "tests/unit/agent/support/board.hpp"

namespace mbpf::test {

namespace {

struct Change {
    char const* name;
    std::function<void(Board&)> prepare;
    std::function<Answer(Board&)> change;
    std::string before;  // What the container answers; empty: there is none, or it is stopped.
    std::string after;
};

Answer install(Board& board, std::uint32_t number, KeyPair* signer = nullptr) {
    Source const answering{
        join({mov64(r0, std::int32_t(number)), leave()}), {on_request()}, "answer"};
    return board.install({"app", number, signer}, answering);
}

std::function<Answer(Board&)> installs(std::uint32_t number) {
    return [=](Board& board) { return install(board, number); };
}

std::function<Answer(Board&)> commands(std::uint32_t operation, std::uint32_t sequence) {
    return [=](Board& board) { return board.command(operation, "app", sequence); };
}

void prepare_one(Board& board) { ASSERT_EQ(install(board, 1).code, coap::Code::Changed); }

void prepare_stopped(Board& board) {
    prepare_one(board);
    ASSERT_EQ(board.command(stop_it, "app", 2).code, coap::Code::Changed);
}

KeyPair& other_signer() {
    static KeyPair pair{2};
    return pair;
}

void prepare_other(Board& board) {
    board.provision({Board::everything(other_signer())});
    board.boot();
    ASSERT_EQ(install(board, 1, &other_signer()).code, coap::Code::Changed);
}

// The policy that has the administrator alone: what others have signed runs no more.
Answer revoke(Board& board) {
    container::SignerRecord boss = Board::everything(board.administrator);
    boss.flags = container::SignerRecord::administrator;
    std::vector<std::byte> policy(sizeof boss);
    __builtin_memcpy(policy.data(), &boss, sizeof boss);
    return board.command(set_policy, "", 1, nullptr, policy);
}

std::vector<Change> all_changes() {
    return {{"install", [](Board&) {}, installs(1), "", "1"},
            {"update", prepare_one, installs(2), "1", "2"},
            {"remove", prepare_one, commands(remove_it, 2), "1", ""},
            {"stop", prepare_one, commands(stop_it, 2), "1", ""},
            {"policy", prepare_other, revoke, "1", ""},
            {"start", prepare_stopped, commands(start_it, 3), "", "1"}};
}

std::string answer_of(Board& board) {
    Answer const answer = board.post("/c/answer");
    return answer.code == coap::Code::Content ? answer.text() : "";
}

std::uint32_t operations_of(Change const& change) {
    Board board;
    change.prepare(board);
    EXPECT_EQ(answer_of(board), change.before);
    std::uint32_t const before = board.flash.operations();
    EXPECT_EQ(change.change(board).code, coap::Code::Changed);
    std::uint32_t const operations = board.flash.operations() - before;
    board.boot();  // A policy counts from then on.
    EXPECT_EQ(answer_of(board), change.after);
    return operations;
}

void cut(Change const& change, Tear tear, std::uint32_t at) {
    Board board;
    change.prepare(board);
    board.flash.cut_power_at(board.flash.operations() + at, tear);
    static_cast<void>(change.change(board));
    board.flash.restore_power();
    board.boot();
    std::string const answer = answer_of(board);
    ASSERT_TRUE(answer == change.before || answer == change.after) << answer;
    if (answer != "" || change.before != "") {  // One has been there.
        ASSERT_EQ(install(board, 1).fault(), Fault::SequenceNotNewer);
    }
    ASSERT_EQ(install(board, 9).code, coap::Code::Changed);
    ASSERT_EQ(answer_of(board), "9");
    ASSERT_EQ(board.flash.broken_rule(), "");
}

TEST(AgentPower, MayFailAtAnyWriteOfAChange) {
    for (Change const& change : all_changes()) {
        std::uint32_t const operations = operations_of(change);
        ASSERT_GT(operations, 0u) << change.name;
        for (Tear const tear : all_tears) {
            for (std::uint32_t at = 0; at < operations; ++at) {
                ASSERT_NO_FATAL_FAILURE(cut(change, tear, at)) << change.name << ", " << at;
            }
        }
    }
}

}  // namespace

}  // namespace mbpf::test
