// SPDX-License-Identifier: MIT
// Images that the device fetches itself: from a server that does as it should, and from others.
#include <gtest/gtest.h>

#include "tests/unit/agent/support/board.hpp"

namespace mbpf::test {

namespace {

std::string const uri = "coap://192.0.2.9/image";

// Answers with a number, and is some blocks long.
Source answering(std::int32_t number, std::size_t slots = 200) {
    return {join({repeat(slots, mov64(r0, number)), leave()}), {on_request()}, "answer"};
}

class AgentPull : public testing::Test {
protected:
    // The image that is described; what the server has is up to the test.
    Answer pull(std::uint32_t sequence, Source const& source, std::string const& from = uri,
                KeyPair* signer = nullptr) {
        std::vector<std::byte> const image = image_of(source);
        return board_.upload(board_.envelope({"app", sequence, signer, false, from}, image));
    }
    void serve(std::vector<std::byte> const& file) {
        board_.server = [this, file](std::uint32_t option) {
            ++asked_;
            return Board::block_of(file, option);
        };
    }
    // Whatever went wrong, the first container still runs and another can be installed.
    void expect_unchanged() {
        EXPECT_EQ(board_.post("/c/answer").text(), "1");
        EXPECT_EQ(board_.find("app")->record.sequence, 1u);
        std::uint32_t const free = board_.free_slots();
        EXPECT_EQ(board_.install({"app", 9}, answering(9)).code, coap::Code::Changed);
        EXPECT_EQ(board_.post("/c/answer").text(), "9");
        EXPECT_EQ(board_.free_slots() + 1, free);
    }
    void SetUp() override {
        ASSERT_EQ(board_.install({"app", 1}, answering(1)).code, coap::Code::Changed);
    }

    Board board_;
    std::uint32_t asked_ = 0;
};

TEST_F(AgentPull, InstallsWhatItFetches) {
    serve(image_of(answering(2)));
    EXPECT_EQ(pull(2, answering(2)).code, coap::Code::Changed);
    EXPECT_EQ(board_.post("/c/answer").text(), "2");
    EXPECT_EQ(asked_, (image_of(answering(2)).size() + 511) / 512);
    board_.boot();
    EXPECT_EQ(board_.post("/c/answer").text(), "2");
    EXPECT_EQ(pull(2, answering(2)).fault(), Fault::SequenceNotNewer);
}

TEST_F(AgentPull, SurvivesLossAndShorterBlocks) {
    std::vector<std::byte> const file = image_of(answering(2));
    board_.server = [&](std::uint32_t option) -> std::optional<Board::Block> {
        ++asked_;
        if (asked_ % 3 == 1) {
            return {};
        }
        return Board::block_of(file, (option & 7) > 2 ? 2 : option);
    };
    EXPECT_EQ(pull(2, answering(2)).code, coap::Code::Changed);
    EXPECT_EQ(board_.post("/c/answer").text(), "2");
}

TEST_F(AgentPull, RefusesAnotherImage) {
    serve(image_of(answering(3)));
    EXPECT_EQ(pull(2, answering(2)).fault(), Fault::DigestMismatch);
    expect_unchanged();
}

TEST_F(AgentPull, RefusesAnImageOfAnotherSize) {
    std::vector<std::byte> const image = image_of(answering(2));
    std::uint32_t const bytes = std::uint32_t(image.size());
    for (std::size_t const size : {image.size() - 1, image.size() + 1, image.size() + 4096}) {
        std::vector<std::byte> file = image;
        file.resize(size);
        serve(file);
        Answer const answer = pull(2, answering(2));
        EXPECT_EQ(answer.fault(), Fault::DigestMismatch) << size;
        EXPECT_EQ(answer.number(3), bytes);
        EXPECT_NE(answer.number(2), bytes);
    }
    serve({});
    EXPECT_EQ(pull(2, answering(2)).number(2), 0);
    expect_unchanged();
}

TEST_F(AgentPull, SaysWhatTheServerAnswers) {
    board_.server = [](std::uint32_t) { return Board::Block{coap::Code::NotFound, 0, {}}; };
    Answer const answer = pull(2, answering(2));
    EXPECT_EQ(answer.fault(), Fault::FetchFailed);
    EXPECT_EQ(answer.number(2), std::int64_t(coap::Code::NotFound));
    board_.server = [](std::uint32_t option) {
        return Board::Block{coap::Code::Content, option | 8, std::vector<std::byte>(3)};
    };
    EXPECT_EQ(pull(2, answering(2)).number(2), std::int64_t(agent::Pull::Reason::Malformed));
    expect_unchanged();
}

TEST_F(AgentPull, GivesUpOnASilentServer) {
    std::uint64_t const before = board_.elapsed_us();
    Answer const answer = pull(2, answering(2));
    EXPECT_EQ(answer.fault(), Fault::FetchFailed);
    EXPECT_EQ(answer.number(2), std::int64_t(agent::Pull::Reason::Silent));
    EXPECT_EQ(answer.number(3), 0);
    EXPECT_LE(board_.elapsed_us() - before, 94 * second_us);
    expect_unchanged();
}

TEST_F(AgentPull, GivesUpOnASlowServer) {
    std::vector<std::byte> const file = image_of(answering(2, 900));
    std::uint64_t last = board_.elapsed_us();
    board_.server = [&](std::uint32_t option) -> std::optional<Board::Block> {
        if (board_.elapsed_us() - last < 5 * second_us) {
            return {};
        }
        last = board_.elapsed_us();
        return Board::block_of(file, option & ~7u);  // 16 bytes every few seconds.
    };
    std::uint64_t const before = board_.elapsed_us();
    Answer const answer = pull(2, answering(2, 900));
    EXPECT_EQ(answer.fault(), Fault::FetchFailed);
    EXPECT_EQ(answer.number(2), std::int64_t(agent::Pull::Reason::Slow));
    EXPECT_GT(answer.number(3), 0);
    EXPECT_LE(board_.elapsed_us() - before, 201 * second_us);
    expect_unchanged();
}

TEST_F(AgentPull, OthersGoOnMeanwhile) {
    std::vector<std::byte> const image = image_of(answering(2));
    board_.upload_only(board_.envelope({"app", 2, nullptr, false, uri}, image));
    board_.run_for(second_us);
    EXPECT_EQ(board_.post("/c/answer").text(), "1");
    EXPECT_EQ(board_.get("/mbpf").code, coap::Code::Content);
    EXPECT_EQ(board_.install({"other", 1}, answering(5)).fault(), Fault::ContainerBusy);
    EXPECT_EQ(pull(3, answering(2)).fault(), Fault::ContainerBusy);
    EXPECT_EQ(board_.command(stop_it, "app", 2).code, coap::Code::Changed);
    EXPECT_EQ(board_.post("/c/answer").fault(), Fault::ContainerStopped);
    // The command was newer than what is being fetched.
    serve(image);
    board_.run_for(20 * second_us);
    EXPECT_GT(asked_, 0u);
    EXPECT_EQ(board_.find("app")->record.sequence, 2u);
    EXPECT_EQ(board_.post("/c/answer").fault(), Fault::ContainerStopped);
    EXPECT_EQ(pull(3, answering(2)).code, coap::Code::Changed);
    EXPECT_EQ(board_.post("/c/answer").text(), "2");
}

TEST_F(AgentPull, ReplacesAContainerThatRuns) {
    Source forever{join({mov64(r0, 0), ja(-1), leave()}), {{HookKind::Boot, 0, 0, 0}}};
    forever.rights.run_budget_instructions = 0xffff'ffff;
    forever.rights.second_budget_instructions = 0xffff'ffff;
    ASSERT_EQ(board_.install({"app", 2}, forever).code, coap::Code::Changed);
    board_.run_for(10'000);
    ASSERT_TRUE(board_.find("app")->is_active);
    serve(image_of(answering(3)));
    EXPECT_EQ(pull(3, answering(3)).code, coap::Code::Changed);
    EXPECT_EQ(board_.post("/c/answer").text(), "3");
}

TEST_F(AgentPull, FetchesFromIPv4AddressesOnly) {
    for (char const* const from : {"coap://host/image", "http://192.0.2.9/image", "image",
                                   "coap://[::1]/image", "coaps://192.0.2.9/image"}) {
        EXPECT_EQ(pull(2, answering(2), from).fault(), Fault::UriUnsupported) << from;
    }
    EXPECT_EQ(asked_, 0u);
    expect_unchanged();
}

TEST_F(AgentPull, AsksNobodyBeforeTheSignatureIsVerified) {
    KeyPair stranger{3};
    serve(image_of(answering(2)));
    EXPECT_EQ(pull(2, answering(2), uri, &stranger).fault(), Fault::SignerUnknown);
    Answer const large = pull(2, answering(2, 1200));  // Larger than a slot.
    EXPECT_EQ(large.fault(), Fault::ImageTooLarge);
    EXPECT_EQ(asked_, 0u);
    expect_unchanged();
}

TEST_F(AgentPull, APolicyWithoutTheSignerIsObeyedAtTheEnd) {
    KeyPair guest{4};
    board_.provision({Board::everything(guest)});
    board_.boot();
    ASSERT_EQ(board_.command(remove_it, "app", 2).code, coap::Code::Changed);
    std::vector<std::byte> const image = image_of(answering(2));
    board_.upload_only(board_.envelope({"app", 3, &guest, false, uri}, image));
    board_.provision({});
    board_.boot();
    serve(image);
    board_.run_for(20 * second_us);
    EXPECT_EQ(board_.find("app"), nullptr);
}

// Power fails at every operation of a pull: the container is the old one or the new one.
TEST(AgentPullPower, MayFailAtAnyWrite) {
    std::vector<std::byte> const image = image_of(answering(2, 20));
    auto const serving = [&image](std::uint32_t option) { return Board::block_of(image, option); };
    std::uint32_t operations = 0;
    for (int at = -1; at < int(operations); ++at) {
        Board board;
        ASSERT_EQ(board.install({"app", 1}, answering(1, 20)).code, coap::Code::Changed);
        board.server = serving;
        std::uint32_t const before = board.flash.operations();
        if (at >= 0) {
            board.flash.cut_power_at(before + std::uint32_t(at), Tear::RandomUnit);
        }
        static_cast<void>(board.upload(board.envelope({"app", 2, nullptr, false, uri}, image)));
        operations = at < 0 ? board.flash.operations() - before : operations;
        board.flash.restore_power();
        board.boot();
        std::string const answer = board.post("/c/answer").text();
        ASSERT_TRUE(answer == "1" || answer == "2") << at;
        ASSERT_EQ(board.install({"app", 3}, answering(3, 20)).code, coap::Code::Changed) << at;
        ASSERT_EQ(board.flash.broken_rule(), "");
    }
    EXPECT_GT(operations, 10u);
}

}  // namespace

}  // namespace mbpf::test
