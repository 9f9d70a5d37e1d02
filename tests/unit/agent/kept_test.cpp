// SPDX-License-Identifier: MIT
// What containers keep of their values, how often flash is written for it, and what a power cut
// leaves; how they are restarted after faults; and their maps, looked at from outside.
#include <gtest/gtest.h>

#include "tests/unit/agent/support/board.hpp"

namespace mbpf::test {

namespace {

constexpr std::uint32_t store_local = 0x10, store_global = 0x11;
constexpr std::uint32_t fetch_local = 0x12, fetch_global = 0x13;

constexpr std::uint32_t own = KeyRange::own | KeyRange::kept;
constexpr std::uint32_t shared = KeyRange::read | KeyRange::write | KeyRange::kept;

// r0 = fetch(key)
Code fetch(std::uint32_t helper, std::int32_t key) {
    return join({mov64(r1, key), mov64(r2, r10), add64(r2, -8), call_helper(std::int32_t(helper)),
                 load(isa::Size::Word, r0, r10, -8)});
}

// Adds one to key 5 and answers with the sum.
Source counting(std::uint32_t fetch_helper, std::uint32_t store_helper,
                std::vector<KeyRange> keys) {
    Source source{
        join({fetch(fetch_helper, 5), add64(r0, 1), mov64(r6, r0), mov64(r1, 5), mov64(r2, r6),
              call_helper(std::int32_t(store_helper)), mov64(r0, r6), leave()}),
        {on_request()},
        "count"};
    source.keys = std::move(keys);
    return source;
}
Source counting_own(std::vector<KeyRange> keys = {{0, 9, own}}) {
    return counting(fetch_local, store_local, std::move(keys));
}
Source counting_global(std::vector<KeyRange> keys = {{0, 9, shared}}) {
    return counting(fetch_global, store_global, std::move(keys));
}

TEST(Kept, OnlyWhatAnImageAsksForOutlivesPower) {
    for (Source const& source :
         {counting_own(), counting_own({{6, 9, own}}), counting_own({}), counting_global(),
          counting_global({{0, 9, KeyRange::read | KeyRange::write}}),
          counting_own({{0, 9, shared}})}) {
        bool const is_kept =
            !source.keys.empty() && source.keys[0].first == 0 &&
            (source.keys[0].access == own) == (source.code.slots[3].imm() == 0x12) &&
            (source.keys[0].access & KeyRange::kept) != 0;
        Board board;
        ASSERT_EQ(board.install({"app", 1}, source).code, coap::Code::Changed);
        EXPECT_EQ(board.post("/c/count").text(), "1");
        EXPECT_EQ(board.post("/c/count").text(), "2");
        board.run_for(2 * second_us);
        board.boot();
        EXPECT_EQ(board.post("/c/count").text(), is_kept ? "3" : "1");
    }
}

TEST(Kept, ChangesThatComeTogetherAreWrittenOnce) {
    Board board;
    ASSERT_EQ(board.install({"app", 1}, counting_own()).code, coap::Code::Changed);
    std::uint32_t const before = board.flash.writes();
    for (int i = 0; i < 10; ++i) {
        static_cast<void>(board.post("/c/count"));
    }
    EXPECT_EQ(board.flash.writes(), before);
    board.run_for(2 * second_us);
    std::uint32_t const units = board.flash.writes() - before;
    EXPECT_GT(units, 0u);
    EXPECT_LE(units, 4u);  // Header, name, owner and one entry: 27 bytes.
    board.run_for(3600 * second_us);
    EXPECT_EQ(board.flash.writes() - before, units);
}

TEST(Kept, AProgramCannotWearTheFlashOut) {
    Board board;
    Source busy = counting_own();
    busy.hooks = {every_ms(500)};
    busy.path = "";
    ASSERT_EQ(board.install({"busy", 1}, busy).code, coap::Code::Changed);
    std::uint32_t const before = board.flash.writes();
    constexpr std::uint32_t units_of_a_record = 4;
    auto const records = [&] { return (board.flash.writes() - before) / units_of_a_record; };
    board.run_for(60 * second_us);
    EXPECT_EQ(records(), config::kept_writes_at_once);
    constexpr std::uint32_t hours = 4;
    board.run_for(hours * 3600 * second_us);
    constexpr std::uint32_t later = hours * 3'600'000 / config::kept_write_every_ms;
    EXPECT_GE(records(), config::kept_writes_at_once + later - 1);
    EXPECT_LE(records(), config::kept_writes_at_once + later + 1);
    board.boot();
    EXPECT_GT(board.find("busy")->environment.local.get(5), 1000u);
}

TEST(Kept, ASignerNeedsTheRightToKeepKeys) {
    Board board;
    KeyPair pair{2};
    container::SignerRecord signer = Board::everything(pair);
    auto const fault_with = [&](std::uint32_t access, Source const& source,
                                std::uint32_t sequence) {
        signer.keys[0] = {0, 9, access};
        board.provision({signer});
        board.boot();
        return board.install({"app", sequence, &pair}, source).fault();
    };
    EXPECT_EQ(fault_with(3, counting_own(), 1), Fault::KeysNotGranted);
    EXPECT_EQ(fault_with(shared, counting_own(), 1), Fault::KeysNotGranted);
    EXPECT_EQ(fault_with(KeyRange::own, counting_own(), 1), Fault::KeysNotGranted);
    EXPECT_EQ(fault_with(own, counting_own(), 1), Fault::None);
    EXPECT_EQ(fault_with(3, counting_global(), 2), Fault::KeysNotGranted);
    EXPECT_EQ(fault_with(own, counting_global(), 2), Fault::KeysNotGranted);
    EXPECT_EQ(fault_with(shared, counting_global(), 2), Fault::None);
    EXPECT_EQ(fault_with(0xffff, counting_global({{0, 9, 16 | shared}}), 3), Fault::KeysNotGranted);
}

TEST(Kept, ValuesGoOnWithAnUpdateAndAreGoneWithTheirContainer) {
    Board board;
    ASSERT_EQ(board.install({"app", 1}, counting_own()).code, coap::Code::Changed);
    EXPECT_EQ(board.post("/c/count").text(), "1");  // Not written yet.
    ASSERT_EQ(board.install({"app", 2}, counting_own()).code, coap::Code::Changed);
    EXPECT_EQ(board.post("/c/count").text(), "2");
    ASSERT_EQ(board.command(remove_it, "app", 3).code, coap::Code::Changed);
    ASSERT_EQ(board.install({"app", 4}, counting_own()).code, coap::Code::Changed);
    EXPECT_EQ(board.post("/c/count").text(), "1");
}

TEST(Kept, AnotherSignerDoesNotGetThem) {
    Board board;
    KeyPair other{2};
    board.provision({Board::everything(other)});
    board.boot();
    ASSERT_EQ(board.install({"app", 1, &other}, counting_own()).code, coap::Code::Changed);
    EXPECT_EQ(board.post("/c/count").text(), "1");
    board.run_for(2 * second_us);
    ASSERT_EQ(board.install({"app", 2}, counting_own()).code, coap::Code::Changed);
    EXPECT_EQ(board.post("/c/count").text(), "1");
}

// Power fails at every operation of a write: the value is the old one or the new one, the container
// is there, and its number does not go back.
TEST(Kept, PowerMayFailAtAnyWriteOfAValue) {
    for (bool const is_full : {false, true}) {  // Full: the write compacts the journal.
        auto const prepare = [is_full](Board& board) {
            ASSERT_EQ(board.install({"app", 7}, counting_own()).code, coap::Code::Changed);
            for (int i = 0; i < 3; ++i) {
                static_cast<void>(board.post("/c/count"));
            }
            board.run_for(2 * second_us);
            storage::Storage storage;
            ASSERT_TRUE(storage.mount(board.flash.port(), device::flash_layout).has_value());
            std::array<std::byte, 64> filler{};
            for (int i = 0; is_full && i < 200; ++i) {
                std::uint32_t const erasures = board.flash.erasures(0) + board.flash.erasures(1);
                filler[0] = std::byte(i);
                // As many as fit without a compaction.
                SimulatedFlash trial{board.flash};
                storage::Storage other;
                ASSERT_TRUE(other.mount(trial.port(), device::flash_layout).has_value());
                ASSERT_TRUE(other.put(200, {}, filler).has_value());
                if (trial.erasures(0) + trial.erasures(1) != erasures) {
                    break;
                }
                ASSERT_TRUE(storage.put(200, {}, filler).has_value());
            }
            board.boot();
            ASSERT_EQ(board.post("/c/count").text(), "4");
        };
        std::uint32_t operations = 0;
        {
            Board board;
            prepare(board);
            std::uint32_t const before = board.flash.operations();
            board.run_for(2 * second_us);
            operations = board.flash.operations() - before;
        }
        ASSERT_GE(operations, is_full ? 20u : 4u);
        for (Tear const tear : all_tears) {
            for (std::uint32_t at = 0; at < operations; ++at) {
                Board board;
                prepare(board);
                board.flash.cut_power_at(board.flash.operations() + at, tear);
                board.run_for(2 * second_us);
                board.flash.restore_power();
                board.boot();
                ASSERT_NE(board.find("app"), nullptr) << at;
                std::uint32_t const value = board.find("app")->environment.local.get(5);
                ASSERT_TRUE(value == 3 || value == 4) << value << " at " << at;
                ASSERT_EQ(board.install({"app", 7}, counting_own()).fault(),
                          Fault::SequenceNotNewer);
                ASSERT_EQ(board.post("/c/count").text(), std::to_string(value + 1));
                board.run_for(2 * second_us);
                board.boot();
                ASSERT_EQ(board.find("app")->environment.local.get(5), value + 1);
                ASSERT_EQ(board.flash.broken_rule(), "");
            }
        }
    }
}

// Dereferences address 0.
Source faulting(program::RestartWish wish) {
    Source source{join({mov64(r1, 0), load(isa::Size::Word, r0, r1, 0), leave()}), {every_ms(10)}};
    source.rights.restart = wish;
    return source;
}

TEST(Restart, NeverMeansThatOneFaultIsTheLast) {
    Board board;
    ASSERT_EQ(board.install({"bad", 1}, faulting(program::RestartWish::Never)).code,
              coap::Code::Changed);
    board.run_for(60 * second_us);
    EXPECT_EQ(board.find("bad")->statistics.faults, 1u);
    EXPECT_EQ(board.find("bad")->state, container::State::Failed);
    EXPECT_EQ(board.command(1, "bad", 2).code, coap::Code::Changed);
    board.run_for(second_us);
    EXPECT_EQ(board.find("bad")->statistics.faults, 2u);
}

TEST(Restart, AlwaysMeansAPauseHoweverOften) {
    Board board;
    ASSERT_EQ(board.install({"bad", 1}, faulting(program::RestartWish::Always)).code,
              coap::Code::Changed);
    board.run_for(900 * second_us);
    std::uint32_t const faults = board.find("bad")->statistics.faults;
    EXPECT_GT(faults, config::max_faults_in_a_row + 5);
    EXPECT_EQ(board.find("bad")->state, container::State::Paused);
    board.run_for(10 * 60 * second_us);  // The pause grows no more.
    EXPECT_GE(board.find("bad")->statistics.faults, faults + 9);
    EXPECT_LE(board.find("bad")->statistics.faults, faults + 11);
}

// Puts the number that it counts into a ring buffer: map 0, of 32 bytes.
Source ringing() {
    using program::MapRecord;
    Source source{join({isa::make_slot(0x18, 1, isa::map_by_index, 0, 0), isa::Slot{},
                        store(isa::Size::Word, r10, -4, 0x1234), mov64(r2, r10), add64(r2, -4),
                        mov64(r3, 4), mov64(r4, 0), call_helper(0x93), leave()}),
                  {on_request()},
                  "ring"};
    source.maps = {MapRecord{MapRecord::Kind::RingBuffer, 0, 0, 0, 32, 0},
                   MapRecord{MapRecord::Kind::Array, 0, 4, 600, 1, 40}};
    source.rights.map_bytes = 640;
    return source;
}

TEST(MapsOfContainers, AreReadOverTheNetworkAndRecordsTakenOut) {
    Board board;
    ASSERT_EQ(board.install({"app", 1}, ringing()).code, coap::Code::Changed);
    EXPECT_GE(board.find("app")->memory.bytes, 640u);
    auto const ring = [&](std::string const& query) {
        Answer const answer = board.get("/mbpf/map/app" + query);
        EXPECT_EQ(answer.payload.size(), 16u + 40u);
        return answer.payload;
    };
    auto const end_of = [](std::vector<std::byte> const& map) {
        return mbpf::load<std::uint32_t>(map.data() + 16);
    };
    auto const start_of = [](std::vector<std::byte> const& map) {
        return mbpf::load<std::uint32_t>(map.data() + 20);
    };
    EXPECT_EQ(board.post("/c/ring").text(), "0");
    EXPECT_EQ(board.post("/c/ring").text(), "0");
    EXPECT_EQ(board.post("/c/ring").text(), std::to_string(std::uint32_t(maps::try_again)));
    std::vector<std::byte> const full = ring("?n=0");
    EXPECT_EQ(full[0], std::byte{27});
    EXPECT_EQ(start_of(full), 0u);
    EXPECT_EQ(end_of(full), 32u);
    EXPECT_EQ(mbpf::load<std::uint32_t>(full.data() + 16 + 8 + 8), 0x1234u);
    EXPECT_EQ(start_of(ring("?from=16")), 16u);
    EXPECT_EQ(start_of(ring("?from=16")), 16u);  // Again, as after a lost answer.
    EXPECT_EQ(board.post("/c/ring").text(), "0");
    EXPECT_EQ(start_of(ring("?from=4096")), 16u);
    EXPECT_EQ(board.get("/mbpf/map/app?n=1").payload.size(), 16u + 496u);
    board.boot();
    EXPECT_EQ(end_of(ring("")), 0u);
}

TEST(MapsOfContainers, OfOthersAreNotThere) {
    Board board;
    ASSERT_EQ(board.install({"app", 1}, ringing()).code, coap::Code::Changed);
    ASSERT_EQ(board.install({"none", 1}, counting_own()).code, coap::Code::Changed);
    EXPECT_EQ(board.get("/mbpf/map/other").fault(), Fault::ContainerUnknown);
    EXPECT_EQ(board.get("/mbpf/map/app?n=2").fault(), Fault::MapUnknown);
    EXPECT_EQ(board.get("/mbpf/map/none").fault(), Fault::MapUnknown);
    EXPECT_EQ(board.get("/mbpf/map/none").code, coap::Code::NotFound);
    EXPECT_EQ(board.get("/mbpf/map").fault(), Fault::ContainerUnknown);
    EXPECT_EQ(board.get("/mbpf/map/app/0").code, coap::Code::NotFound);
    EXPECT_EQ(board.get("/mbpf/ps/app").code, coap::Code::NotFound);
    EXPECT_EQ(board.post("/mbpf/map/app").code, coap::Code::MethodNotAllowed);
}

TEST(MapsOfContainers, CountAsMemory) {
    Board board;
    KeyPair pair{2};
    container::SignerRecord signer = Board::everything(pair);
    signer.memory_bytes = 640;  // The stack comes on top.
    board.provision({signer});
    board.boot();
    EXPECT_EQ(board.install({"app", 1, &pair}, ringing()).fault(), Fault::MemoryNotGranted);
    Source wrong = ringing();
    wrong.rights.map_bytes = 648;
    EXPECT_EQ(board.install({"app", 1}, wrong).fault(), Fault::SectionMalformed);
}

}  // namespace

}  // namespace mbpf::test
