// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "tests/unit/agent/support/board.hpp"

namespace mbpf::test {

namespace {

HookRecord on_boot() { return {HookKind::Boot, 0, 0, 0}; }

// Answers with a number.
Source answering(std::int32_t number) {
    return {join({mov64(r0, number), leave()}), {on_request()}, "answer"};
}

Source looping() { return {join({mov64(r0, 0), ja(-1), leave()}), {on_request()}, "loop"}; }

// Dereferences address 0.
Source faulting() {
    return {join({mov64(r1, 0), load(isa::Size::Word, r0, r1, 0), leave()}), {every_ms(10)}};
}

TEST(Agent, InstallsWhatIsSignedAndRunsItOnRequest) {
    Board board;
    EXPECT_EQ(board.install({"first", 1}, answering(42)).code, coap::Code::Changed);
    Answer const answer = board.post("/c/answer");
    EXPECT_EQ(answer.code, coap::Code::Content);
    EXPECT_EQ(answer.text(), "42");
    EXPECT_EQ(board.get("/mbpf").text(), "first #1 ready interpreter, 1 runs, 0 faults\n");
}

TEST(Agent, AProgramGetsThePayloadAsItsContext) {
    Board board;
    Source const sum{join({load(isa::Size::Byte, r0, r1, 0), load(isa::Size::Byte, r3, r1, 1),
                           add64(r0, r3), leave()}),
                     {on_request()},
                     "sum"};
    ASSERT_EQ(board.install({"sum", 1}, sum).code, coap::Code::Changed);
    EXPECT_EQ(board.post("/c/sum", as_bytes("\x05\x06")).text(), "11");
    Answer const short_one = board.post("/c/sum", as_bytes("\x05"));
    EXPECT_EQ(short_one.code, coap::Code::InternalError);
    EXPECT_EQ(short_one.number(0), -std::int64_t(machine::Trap::LoadOutside));
}

TEST(Agent, ARunTakesNoMoreThanOneBlockHolds) {
    Board board;
    ASSERT_EQ(board.install({"first", 1}, answering(42)).code, coap::Code::Changed);
    std::vector<std::byte> const bytes(257);
    Bytes const all{bytes};
    EXPECT_EQ(board.post("/c/answer", all.first(256)).text(), "42");
    constexpr std::uint32_t blocks_of_64 = 2, more = 8, second = 1 << 4;
    for (Answer const& refused :
         {board.post("/c/answer", all),
          board.request(coap::Method::Post, "/c/answer", all.first(64), blocks_of_64 | more),
          board.request(coap::Method::Post, "/c/answer", all.first(9), blocks_of_64 | second)}) {
        EXPECT_EQ(refused.code, coap::Code::EntityTooLarge);
        EXPECT_EQ(refused.fault(), Fault::ImageTooLarge);
        EXPECT_EQ(refused.number(3), 256);
    }
    EXPECT_EQ(board.get("/mbpf").text(), "first #1 ready interpreter, 1 runs, 0 faults\n");
}

// The way of Femto-Containers: code, end of options, and the length of it all as the result.
TEST(Agent, AProgramMayAnswerWithAPacket) {
    Board board;
    Source const packet{
        join({mov64(r6, r1), mov64(r2, 69), call_helper(0x40), mov64(r1, r6), mov64(r2, 0),
              call_helper(0x42), mov64(r1, r6), mov64(r2, 1), call_helper(0x41), mov64(r7, r0),
              mov64(r1, r6), call_helper(0x43), store(isa::Size::Byte, r0, 0, 'h'),
              store(isa::Size::Byte, r0, 1, 'i'), mov64(r0, r7), add64(r0, 2), leave()}),
        {{HookKind::CoapPacket, 0, 0, 0}},
        "packet"};
    ASSERT_EQ(board.install({"packet", 1}, packet).code, coap::Code::Changed);
    Answer const answer = board.post("/c/packet", as_bytes("request"));
    EXPECT_EQ(answer.code, coap::Code::Content);
    EXPECT_EQ(answer.text(), "hi");
    Source const lying{join({mov64(r0, 5000), leave()}), {{HookKind::CoapPacket, 0, 0, 0}}, "lie"};
    ASSERT_EQ(board.install({"lie", 1}, lying).code, coap::Code::Changed);
    EXPECT_EQ(board.post("/c/lie").code, coap::Code::InternalError);
}

TEST(Agent, ReplacesARunningProgramByANewerOneOnly) {
    Board board;
    ASSERT_EQ(board.install({"app", 5}, answering(1)).code, coap::Code::Changed);
    ASSERT_EQ(board.install({"app", 6}, answering(2)).code, coap::Code::Changed);
    EXPECT_EQ(board.post("/c/answer").text(), "2");
    for (std::uint32_t const old : {1u, 5u, 6u}) {
        Answer const refused = board.install({"app", old}, answering(3));
        EXPECT_EQ(refused.code, coap::Code::Conflict);
        EXPECT_EQ(refused.fault(), Fault::SequenceNotNewer);
        EXPECT_EQ(refused.number(3), 7);
    }
    EXPECT_EQ(board.post("/c/answer").text(), "2");
}

TEST(Agent, TakesNothingBehindTheLastNumber) {
    Board board;
    constexpr std::uint32_t last = 0xffff'ffff;
    ASSERT_EQ(board.install({"app", last}, answering(1)).code, coap::Code::Changed);
    for (std::uint32_t const number : {0u, 1u, last}) {
        EXPECT_EQ(board.install({"app", number}, answering(2)).fault(), Fault::SequenceNotNewer);
        EXPECT_EQ(board.command(stop_it, "app", number).fault(), Fault::SequenceNotNewer);
    }
    EXPECT_EQ(board.post("/c/answer").text(), "1");
    ASSERT_TRUE(board.stop_here("app"));
    EXPECT_EQ(board.install({"app", 1}, answering(2)).fault(), Fault::SequenceNotNewer);
}

TEST(Agent, TheHigherHalfOfNumbersIsTheAdministrators) {
    KeyPair one{2};
    Board board;
    board.provision({Board::everything(one)});
    board.boot();
    constexpr std::uint32_t last = agent::config::last_common_sequence;
    ASSERT_EQ(board.install({"app", 1, &one}, answering(1)).code, coap::Code::Changed);
    Answer const refused = board.install({"app", last + 1, &one}, answering(1));
    EXPECT_EQ(refused.code, coap::Code::Forbidden);
    EXPECT_EQ(refused.fault(), Fault::SequenceReserved);
    EXPECT_EQ(refused.number(3), last);
    EXPECT_EQ(board.command(stop_it, "app", 0xffff'ffff, &one).fault(), Fault::SequenceReserved);
    ASSERT_EQ(board.command(stop_it, "app", last, &one).code, coap::Code::Changed);
    EXPECT_EQ(board.command(remove_it, "app", last + 1, &one).fault(), Fault::SequenceReserved);
    EXPECT_EQ(board.command(remove_it, "app", last + 1).code, coap::Code::Changed);
    EXPECT_EQ(board.install({"app", last + 2}, answering(2)).code, coap::Code::Changed);
}

TEST(Agent, APathBelongsToOneContainer) {
    Board board;
    ASSERT_EQ(board.install({"one", 1}, answering(1)).code, coap::Code::Changed);
    Answer const refused = board.install({"two", 1}, answering(2));
    EXPECT_EQ(refused.code, coap::Code::Conflict);
    EXPECT_EQ(refused.fault(), Fault::PathTaken);
    EXPECT_EQ(board.find("two"), nullptr);
    EXPECT_EQ(board.install({"one", 2}, answering(3)).code, coap::Code::Changed);
    EXPECT_EQ(board.post("/c/answer").text(), "3");
    ASSERT_EQ(board.command(remove_it, "one", 3).code, coap::Code::Changed);
    EXPECT_EQ(board.install({"two", 2}, answering(4)).code, coap::Code::Changed);
    EXPECT_EQ(board.post("/c/answer").text(), "4");
}

// More names than the journal holds: each is installed and removed, and none comes back.
TEST(Agent, ForgetsNamesOfRemovedContainersButNotTheirMessages) {
    Board board;
    std::vector<std::byte> const image = image_of(answering(1));
    std::vector<std::vector<std::byte>> accepted;
    std::uint32_t sequence = 1;
    for (std::uint32_t i = 0; i < 60; ++i) {
        std::string const name = "container-number-" + std::to_string(i);
        accepted.push_back(board.envelope({name, sequence}, image));
        Answer answer = board.upload(accepted.back());
        if (answer.fault() == Fault::SequenceNotNewer) {
            sequence = std::uint32_t(answer.number(3));
            accepted.back() = board.envelope({name, sequence}, image);
            answer = board.upload(accepted.back());
        }
        ASSERT_EQ(answer.code, coap::Code::Changed) << name;
        ASSERT_EQ(board.command(remove_it, name, sequence + 1).code, coap::Code::Changed) << name;
    }
    EXPECT_GT(sequence, 1u);  // Some were forgotten.
    for (bool const is_rebooted : {false, true}) {
        for (std::vector<std::byte> const& message : accepted) {
            ASSERT_EQ(board.upload(message).fault(), Fault::SequenceNotNewer) << is_rebooted;
        }
        board.boot();
    }
}

TEST(Agent, RefusesSignaturesOfStrangersAndChangedMessages) {
    Board board;
    KeyPair stranger{9};
    EXPECT_EQ(board.install({"app", 1, &stranger}, answering(1)).fault(), Fault::SignerUnknown);
    std::vector<std::byte> message = board.envelope({"app", 1}, image_of(answering(1)));
    message.back() ^= std::byte{1};
    EXPECT_EQ(board.upload(message).fault(), Fault::DigestMismatch);
    message.back() ^= std::byte{1};
    message[100] ^= std::byte{1};
    EXPECT_NE(board.upload(message).code, coap::Code::Changed);
    EXPECT_EQ(board.find("app"), nullptr);
    EXPECT_EQ(board.command(remove_it, "app", 1, &stranger).code, coap::Code::Unauthorized);
}

TEST(Agent, NothingIsWrittenBeforeTheHeadIsVerified) {
    Board board;
    KeyPair stranger{9};
    std::uint32_t const before = board.flash.operations();
    std::vector<std::byte> const image(4096, std::byte{0x5a});
    EXPECT_EQ(board.upload(board.envelope({"app", 1, &stranger}, image)).fault(),
              Fault::SignerUnknown);
    EXPECT_EQ(board.flash.operations(), before);
}

TEST(Agent, GivesASignerNoMoreThanThePolicySays) {
    KeyPair limited{2};
    container::SignerRecord record = Board::everything(limited);
    record.hook_kinds = 1u << unsigned(HookKind::Request);
    record.helpers[1] = 0;  // 0x20 to 0x3f
    record.keys[0] = {10, 19, 1};
    record.run_instructions = 1000;
    record.second_instructions = 5000;
    record.memory_bytes = 256;
    Board board;
    board.provision({record});
    board.boot();
    auto const refusal = [&](Source const& source) {
        return board.install({"app", 1, &limited}, source).fault();
    };
    Source source = answering(1);
    source.hooks = {on_boot()};
    EXPECT_EQ(refusal(source), Fault::HookNotGranted);
    source = answering(1);
    source.code = join({call_helper(0x20), leave()});
    EXPECT_EQ(refusal(source), Fault::HelperNotGranted);
    source = answering(1);
    for (KeyRange const& range : {KeyRange{9, 12, 1}, KeyRange{10, 20, 1}, KeyRange{10, 12, 2}}) {
        source.keys = {range};
        EXPECT_EQ(refusal(source), Fault::KeysNotGranted);
    }
    source = answering(1);
    source.rights.run_budget_instructions = 1001;
    EXPECT_EQ(refusal(source), Fault::BudgetNotGranted);
    source.rights.run_budget_instructions = 1000;
    source.rights.second_budget_instructions = 5001;
    EXPECT_EQ(refusal(source), Fault::BudgetNotGranted);
    source = answering(1);
    source.bss_bytes = 512;
    EXPECT_EQ(refusal(source), Fault::MemoryNotGranted);
    source = answering(1);
    source.keys = {{10, 19, 1}};
    EXPECT_EQ(board.install({"app", 1, &limited}, source).code, coap::Code::Changed);
    EXPECT_EQ(board.find("app")->granted.run_instructions, 1000u);
}

TEST(Agent, ASignerCannotTouchWhatIsAnothers) {
    KeyPair one{2};
    KeyPair other{3};
    Board board;
    board.provision({Board::everything(one), Board::everything(other)});
    board.boot();
    ASSERT_EQ(board.install({"app", 1, &one}, answering(1)).code, coap::Code::Changed);
    EXPECT_EQ(board.install({"app", 2, &other}, answering(2)).fault(), Fault::NotAllowed);
    EXPECT_EQ(board.command(remove_it, "app", 2, &other).fault(), Fault::NotAllowed);
    EXPECT_EQ(board.command(stop_it, "app", 2).code, coap::Code::Changed);  // The administrator
}

TEST(Agent, AnAdministratorChangesThePolicyAndARevokedSignerRunsNoMore) {
    KeyPair one{2};
    Board board;
    board.provision({Board::everything(one)});
    board.boot();
    ASSERT_EQ(board.install({"app", 1, &one}, answering(1)).code, coap::Code::Changed);
    container::SignerRecord boss = Board::everything(board.administrator);
    boss.flags = container::SignerRecord::administrator;
    std::vector<std::byte> policy(sizeof boss);
    __builtin_memcpy(policy.data(), &boss, sizeof boss);
    EXPECT_EQ(board.command(set_policy, "", 1, &one, policy).fault(), Fault::NotAllowed);
    EXPECT_EQ(board.command(set_policy, "", 1, nullptr, {{std::byte{1}}}).fault(),
              Fault::PolicyMalformed);
    EXPECT_EQ(board.command(set_policy, "", 1, nullptr, policy).code, coap::Code::Changed);
    EXPECT_EQ(board.command(set_policy, "", 1, nullptr, policy).fault(), Fault::SequenceNotNewer);
    EXPECT_EQ(board.install({"app", 2, &one}, answering(2)).fault(), Fault::SignerUnknown);
    board.boot();
    EXPECT_EQ(board.find("app")->state, container::State::Refused);
    EXPECT_EQ(board.find("app")->refusal, Fault::SignerUnknown);
}

TEST(Agent, AFaultIsContainedAndPausesLongerEachTime) {
    Board board;
    ASSERT_EQ(board.install({"bad", 1}, faulting()).code, coap::Code::Changed);
    ASSERT_EQ(board.install({"good", 1}, answering(7)).code, coap::Code::Changed);
    board.run_for(50'000);
    ASSERT_EQ(board.find("bad")->statistics.faults, 1u);
    EXPECT_EQ(board.find("bad")->state, container::State::Paused);
    EXPECT_EQ(board.find("bad")->fault.report.trap, machine::Trap::LoadOutside);
    EXPECT_EQ(board.find("bad")->fault.report.pc, Pc{1});
    EXPECT_EQ(board.post("/c/answer").text(), "7");
    board.run_for(120'000);
    EXPECT_EQ(board.find("bad")->statistics.faults, 2u);
    board.run_for(120'000'000);
    EXPECT_EQ(board.find("bad")->state, container::State::Failed);
    EXPECT_EQ(board.find("bad")->statistics.faults, config::max_faults_in_a_row);
    EXPECT_EQ(board.command(start_it, "bad", 2).code, coap::Code::Changed);
    board.run_for(50'000);
    EXPECT_EQ(board.find("bad")->statistics.faults, config::max_faults_in_a_row + 1);
}

TEST(Agent, AnEndlessLoopEndsByItsBudgetWhileOthersRun) {
    Board board;
    ASSERT_EQ(board.install({"loop", 1}, looping()).code, coap::Code::Changed);
    Source beat{join({mov64(r0, 0), leave()}), {every_ms(10)}};
    ASSERT_EQ(board.install({"beat", 1}, beat).code, coap::Code::Changed);
    Answer const answer = board.post("/c/loop");
    EXPECT_EQ(answer.code, coap::Code::InternalError);
    EXPECT_EQ(answer.number(0), -std::int64_t(machine::Trap::OutOfBudget));
    board.run_for(100'000);
    EXPECT_GE(board.find("beat")->statistics.runs, 9u);
    EXPECT_LT(board.find("beat")->statistics.latest_us, 3000u);
}

TEST(Agent, ALoopIsStoppedAndReplacedByCommand) {
    Board board;
    Source forever = looping();
    forever.hooks = {on_boot()};
    forever.rights.run_budget_instructions = 0xffff'ffff;
    forever.rights.second_budget_instructions = 0xffff'ffff;
    ASSERT_EQ(board.install({"loop", 1}, forever).code, coap::Code::Changed);
    board.run_for(10'000);
    ASSERT_TRUE(board.find("loop")->is_active);
    EXPECT_EQ(board.install({"loop", 2}, answering(3)).code, coap::Code::Changed);
    EXPECT_EQ(board.post("/c/answer").text(), "3");
    ASSERT_EQ(board.install({"loop", 3}, forever).code, coap::Code::Changed);
    board.run_for(10'000);
    EXPECT_EQ(board.command(stop_it, "loop", 4).code, coap::Code::Changed);
    EXPECT_FALSE(board.find("loop")->is_active);
    EXPECT_EQ(board.find("loop")->statistics.faults, 0u);
    board.run_for(10'000);
    EXPECT_EQ(board.command(remove_it, "loop", 5).code, coap::Code::Changed);
    EXPECT_EQ(board.find("loop"), nullptr);
    EXPECT_EQ(board.install({"loop", 5}, answering(1)).fault(), Fault::SequenceNotNewer);
}

TEST(Agent, WhoHasUsedUpItsSecondWaitsForTheNext) {
    Board board;
    Source forever = looping();
    forever.hooks = {on_boot()};
    forever.rights.run_budget_instructions = 100'000'000;
    forever.rights.second_budget_instructions = 100'000;
    ASSERT_EQ(board.install({"loop", 1}, forever).code, coap::Code::Changed);
    board.run_for(3'000'000);
    EXPECT_TRUE(board.find("loop")->is_active);
    EXPECT_LE(board.find("loop")->second.instructions, 100'000u + 8192u);
}

TEST(Agent, ARebootKeepsContainersStatesAndNumbers) {
    Board board;
    ASSERT_EQ(board.install({"one", 3}, answering(1)).code, coap::Code::Changed);
    Source second = answering(2);
    second.path = "second";
    ASSERT_EQ(board.install({"two", 4}, second).code, coap::Code::Changed);
    ASSERT_EQ(board.command(stop_it, "two", 5).code, coap::Code::Changed);
    Source third = answering(3);
    third.path = "third";
    ASSERT_EQ(board.install({"three", 9}, third).code, coap::Code::Changed);
    ASSERT_EQ(board.command(remove_it, "three", 10).code, coap::Code::Changed);
    board.boot();
    EXPECT_EQ(board.post("/c/answer").text(), "1");
    EXPECT_EQ(board.post("/c/second").fault(), Fault::ContainerStopped);
    EXPECT_EQ(board.find("three"), nullptr);
    EXPECT_EQ(board.install({"three", 10}, third).fault(), Fault::SequenceNotNewer);
    EXPECT_EQ(board.command(start_it, "two", 6).code, coap::Code::Changed);
    EXPECT_EQ(board.post("/c/second").text(), "2");
}

TEST(Agent, GoesBackToTheImageBeforeByASignedStep) {
    Board board;
    ASSERT_EQ(board.install({"app", 1}, answering(1)).code, coap::Code::Changed);
    ASSERT_EQ(board.install({"app", 2}, answering(2)).code, coap::Code::Changed);
    auto const back = [&](std::uint32_t sequence, std::int32_t number) {
        return board.upload(
            board.envelope({"app", sequence, nullptr, false}, image_of(answering(number))));
    };
    EXPECT_EQ(back(2, 1).fault(), Fault::SequenceNotNewer);
    EXPECT_EQ(back(3, 9).fault(), Fault::DigestMismatch);
    EXPECT_EQ(back(3, 1).code, coap::Code::Changed);
    EXPECT_EQ(board.post("/c/answer").text(), "1");
}

TEST(Agent, ABrokenUploadChangesNothing) {
    Board board;
    ASSERT_EQ(board.install({"app", 1}, answering(1)).code, coap::Code::Changed);
    Source large = answering(2);
    large.code = join({repeat(100, mov64(r0, 2)), leave()});
    std::vector<std::byte> const message = board.envelope({"app", 2}, image_of(large));
    ASSERT_GT(message.size(), 1000u);
    Bytes const all{message};
    EXPECT_EQ(
        board.request(coap::Method::Post, "/mbpf/install", all.first(256), 0 << 4 | 8 | 4).code,
        coap::Code::Continue);
    Answer const jump =
        board.request(coap::Method::Post, "/mbpf/install", all.subspan(512, 256), 2 << 4 | 8 | 4);
    EXPECT_EQ(jump.code, coap::Code::EntityIncomplete);
    EXPECT_EQ(jump.number(3), 256);
    EXPECT_EQ(board.post("/c/answer").text(), "1");
    EXPECT_EQ(board.upload(message).code, coap::Code::Changed);
}

TEST(Agent, AVerifierRefusalReachesTheClient) {
    Board board;
    Source bad = answering(1);
    bad.code = join({mov64(r0, 0), ja(5), leave()});
    Answer const refused = board.install({"app", 1}, bad);
    EXPECT_EQ(refused.code, coap::Code::BadRequest);
    EXPECT_EQ(refused.fault(), Fault::JumpOutOfRange);
    EXPECT_EQ(refused.number(1), 1);
    EXPECT_EQ(board.find("app"), nullptr);
}

TEST(Agent, WhatContainersPrintIsInTheLog) {
    Board board;
    Source printing{join({mov64(r1, 77), call_helper(0x03), mov64(r0, 0), leave()}),
                    {every_ms(100)}};
    ASSERT_EQ(board.install({"talk", 1}, printing).code, coap::Code::Changed);
    board.run_for(350'000);
    EXPECT_EQ(board.log(), "talk: 77\ntalk: 77\ntalk: 77\n");
    Answer const log = board.get("/mbpf/log?from=9");
    EXPECT_EQ(log.number(0), 9);
    EXPECT_EQ(log.payload.size(), 3u + 18u - 0u);
    EXPECT_EQ(board.get("/mbpf/log?from=4294967305").number(0), 0);  // 2^32 + 9 is not 9.
}

TEST(Agent, KeepsToItsLimitOfContainers) {
    Board board;
    for (std::uint32_t i = 0; i < config::max_containers; ++i) {
        Source source = answering(std::int32_t(i));
        source.path = "p" + std::to_string(i);
        ASSERT_EQ(board.install({"c" + std::to_string(i), 1}, source).code, coap::Code::Changed);
    }
    EXPECT_EQ(board.install({"more", 1}, answering(1)).fault(), Fault::TooManyContainers);
    EXPECT_EQ(board.post("/c/p5").text(), "5");
}

// Datagrams overtake each other, and clients send a block again whose answer they have missed.
TEST(Agent, ABlockThatComesAgainDoesNoHarmAndOneThatIsMissingDoes) {
    Board board;
    std::vector<std::byte> const envelope = board.envelope({"app", 1}, image_of(answering(7)));
    constexpr std::size_t block_bytes = 16;
    auto const send = [&](std::size_t index) {
        std::size_t const at = index * block_bytes;
        std::size_t const bytes = std::min(block_bytes, envelope.size() - at);
        std::uint32_t const more = at + bytes < envelope.size() ? 8 : 0;
        return board.request(coap::Method::Post, "/mbpf/install",
                             Bytes{envelope}.subspan(at, bytes), std::uint32_t(index) << 4 | more);
    };
    std::size_t const last = (envelope.size() - 1) / block_bytes;
    ASSERT_GT(last, 8u);
    for (std::size_t index = 0; index < last; ++index) {
        ASSERT_EQ(send(index).code, coap::Code::Continue) << index;
        if (index >= 2) {  // The first would start anew.
            ASSERT_EQ(send(index - 1).code, coap::Code::Continue) << index;
        }
        if (index + 2 <= last) {
            ASSERT_EQ(send(index + 2).fault(), Fault::TransferBroken) << index;
        }
    }
    EXPECT_EQ(send(last).code, coap::Code::Changed);
    EXPECT_EQ(board.post("/c/answer").text(), "7");
    EXPECT_EQ(send(1).fault(), Fault::TransferBroken);
}

TEST(Agent, UnknownThingsAreNotFound) {
    Board board;
    EXPECT_EQ(board.get("/mbpf/nonsense").code, coap::Code::NotFound);
    EXPECT_EQ(board.get("/nonsense").code, coap::Code::NotFound);
    EXPECT_EQ(board.post("/c/none").fault(), Fault::HookUnknown);
    EXPECT_EQ(board.post("/mbpf/ps").code, coap::Code::MethodNotAllowed);
    EXPECT_EQ(board.command(start_it, "none", 1).fault(), Fault::ContainerUnknown);
    EXPECT_EQ(board.command(4, "none", 1).fault(), Fault::CommandUnknown);
}

}  // namespace

}  // namespace mbpf::test
