// SPDX-License-Identifier: MIT
// Power fails in every operation of a script, in every way; then again in what follows.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/storage/support/journal.hpp"

namespace mbpf::test {
namespace {

using storage::Layout;
using storage::Storage;

constexpr std::uint32_t sector_bytes = 256;
constexpr std::uint32_t seeds = 3;

struct Trial {
    Layout layout;
    std::uint32_t sectors;
    std::vector<Change> script;
};

std::vector<Trial> trials() {
    return {{{1, 0}, 2, random_script(1, 60, 3, 24)},
            {{1, 1}, 4, random_script(2, 60, 2, 60)},
            {{2, 0}, 4, random_script(3, 60, 4, 90)}};
}

// A journal that must equal one of the models that a cut leaves possible.
class Device {
public:
    Device(SimulatedFlash& flash, Layout layout) : flash_{flash}, layout_{layout} {}

    // Mounts and applies changes, from `next` on, until the end or until power fails. What was
    // reported as done is in `model`; the change that was interrupted may be.
    void run(std::vector<Change> const& script) {
        Storage storage;
        Result<void> const mounted = storage.mount(flash_.port(), layout_);
        if (!flash_.has_power()) {
            return;
        }
        ASSERT_TRUE(mounted.has_value()) << int(mounted.error().fault);
        settle(contents(storage));
        for (; next < script.size(); ++next) {
            Model after = model;
            apply(after, script[next]);
            Result<void> const result = apply(storage, script[next]);
            if (!flash_.has_power()) {
                interrupted = after;
                return;
            }
            if (result.has_value()) {
                model = after;
            } else {
                ASSERT_EQ(result.error().fault, Fault::JournalFull);
            }
            ASSERT_EQ(contents(storage), model);
        }
    }

    void expect_rules_kept() const { EXPECT_EQ(flash_.broken_rule(), ""); }

    Model model;
    Model interrupted;
    std::size_t next = 0;

private:
    void settle(Model const& found) {
        if (found == interrupted) {
            model = interrupted;
        }
        EXPECT_EQ(found, model);
        interrupted = model;
    }

    SimulatedFlash& flash_;
    Layout layout_;
};

std::uint32_t count_operations(Trial const& trial) {
    SimulatedFlash flash{sector_bytes, trial.sectors};
    Device device{flash, trial.layout};
    device.run(trial.script);
    device.expect_rules_kept();
    EXPECT_GT(flash.erasures(0), 1u);  // The script crosses compactions, both ways.
    EXPECT_GT(flash.erasures(trial.layout.journal_sectors), 1u);
    return flash.operations();
}

TEST(StoragePower, EveryCutLeavesTheOldStateOrTheNew) {
    for (Trial const& trial : trials()) {
        std::uint32_t const operations = count_operations(trial);
        for (std::uint32_t cut = 0; cut < operations; ++cut) {
            for (Tear const tear : all_tears) {
                for (std::uint32_t seed = 0; seed < seeds; ++seed) {
                    SimulatedFlash flash{sector_bytes, trial.sectors, seed};
                    Device device{flash, trial.layout};
                    flash.cut_power_at(cut, tear);
                    device.run(trial.script);
                    ASSERT_FALSE(flash.has_power());
                    flash.restore_power();
                    device.run(trial.script);
                    device.expect_rules_kept();
                    ASSERT_EQ(device.next, trial.script.size());
                    ASSERT_FALSE(HasFailure())
                        << "cut " << cut << " tear " << int(tear) << " seed " << seed;
                }
            }
        }
    }
}

TEST(StoragePower, ASecondCutSoonAfterTheFirstDoesNotHurtEither) {
    constexpr std::uint32_t reach = 40;  // Past the whole of the compaction that follows a cut.
    Trial const trial{{1, 0}, 2, random_script(4, 30, 2, 60)};
    std::uint32_t const operations = count_operations(trial);
    for (std::uint32_t cut = 0; cut < operations; ++cut) {
        for (Tear const tear : all_tears) {
            SimulatedFlash first{sector_bytes, trial.sectors, cut};
            Device before{first, trial.layout};
            first.cut_power_at(cut, tear);
            before.run(trial.script);
            first.restore_power();
            for (std::uint32_t again = 0; again < reach; ++again) {
                for (Tear const second : all_tears) {
                    SimulatedFlash flash{first};
                    Device device{flash, trial.layout};
                    device.model = before.model;
                    device.interrupted = before.interrupted;
                    device.next = before.next;
                    flash.cut_power_at(flash.operations() + again, second);
                    device.run(trial.script);
                    flash.restore_power();
                    device.run(trial.script);
                    device.expect_rules_kept();
                    ASSERT_EQ(device.next, trial.script.size());
                    ASSERT_FALSE(HasFailure()) << "cut " << cut << " tear " << int(tear) << ", "
                                               << again << " tear " << int(second);
                }
            }
        }
    }
}

TEST(StoragePower, AStoredCounterNeverGoesBack) {
    constexpr std::uint32_t rounds = 20'000;
    SimulatedFlash flash{sector_bytes, 2, 7};
    std::mt19937 random{8};
    std::uint32_t stored = 0;
    std::uint32_t attempted = 0;
    for (std::uint32_t round = 0; round < rounds; ++round) {
        Storage storage;
        // The first mounts format, in few places: power stays until that is done.
        if (stored != 0) {
            flash.cut_power_at(flash.operations() + std::uint32_t(random() % 40),
                               all_tears[random() % all_tears.size()]);
        }
        ASSERT_TRUE(storage.mount(flash.port(), {1, 0}).has_value());
        auto const found = storage.find(3, "count");
        std::uint32_t const value = found ? load<std::uint32_t>(*found, 0) : 0;
        ASSERT_TRUE(value == stored || value == attempted) << value << " of " << stored;
        stored = value;
        for (unsigned put = 0; put < 20 && flash.has_power(); ++put) {
            attempted = stored + 1;
            std::array<std::byte, 4> bytes;
            store(bytes.data(), attempted);
            stored += storage.put(3, "count", bytes).has_value() ? 1u : 0u;
        }
        flash.restore_power();
    }
    EXPECT_GT(stored, rounds);
    EXPECT_EQ(flash.broken_rule(), "");
}

// One place after another, and none is lost before that is written to which it belongs.
TEST(StoragePower, FormattingMayBeCutShortAsOftenAsThereArePlaces) {
    for (Tear const tear : all_tears) {
        SimulatedFlash flash{sector_bytes, 2, 3};
        for (unsigned time = 1; time < config::header_places; ++time) {
            flash.cut_power_at(flash.operations() + time % 3, tear);
            Storage storage;
            (void)storage.mount(flash.port(), {1, 0});
            flash.restore_power();
        }
        Storage storage;
        ASSERT_TRUE(storage.mount(flash.port(), {1, 0}).has_value());
        for (unsigned i = 0; i < 100; ++i) {
            ASSERT_TRUE(storage.put(0, "k", as_bytes(std::to_string(i))).has_value());
        }
        Storage again;
        ASSERT_TRUE(again.mount(flash.port(), {1, 0}).has_value());
        EXPECT_EQ(contents(again), (Model{{{0, "k"}, "99"}}));
        EXPECT_EQ(flash.broken_rule(), "");
    }
}

TEST(StoragePower, AnOperationThatFailsLosesNothing) {
    Trial const trial = trials().front();
    std::uint32_t const operations = count_operations(trial);
    for (std::uint32_t bad = 3; bad < operations; ++bad) {  // Those before are of the formatting.
        for (Tear const tear : all_tears) {
            SimulatedFlash flash{sector_bytes, trial.sectors, bad};
            flash.fail_at(bad, tear);
            Storage storage;
            ASSERT_TRUE(storage.mount(flash.port(), trial.layout).has_value());
            Model model;
            for (Change const& change : trial.script) {
                Result<void> const result = apply(storage, change);
                if (result.has_value()) {
                    apply(model, change);
                } else if (result.error().fault != Fault::JournalFull) {
                    ASSERT_EQ(result.error().fault, Fault::StorageFailed);
                    ASSERT_LT(result.error().where, flash.memory.size());
                }
                ASSERT_EQ(contents(storage), model) << bad << " tear " << int(tear);
                Storage again;  // What is in memory and what the next start finds are one.
                ASSERT_TRUE(again.mount(flash.port(), trial.layout).has_value());
                ASSERT_EQ(contents(again), model) << bad << " tear " << int(tear);
            }
            EXPECT_EQ(flash.broken_rule(), "");
        }
    }
}

TEST(StoragePower, FlashThatFailsForGoodCanBeRead) {
    SimulatedFlash flash{sector_bytes, 2};
    Storage storage;
    ASSERT_TRUE(storage.mount(flash.port(), {1, 0}).has_value());
    ASSERT_TRUE(storage.put(0, "k", as_bytes("old")).has_value());
    flash.fail_from(flash.operations());
    for (unsigned time = 0; time < 3; ++time) {
        EXPECT_EQ(storage.put(0, "k", as_bytes("new")).error().fault, Fault::StorageFailed);
        EXPECT_EQ(storage.remove(0, "k").error().fault, Fault::StorageFailed);
        EXPECT_EQ(contents(storage), (Model{{{0, "k"}, "old"}}));
    }
    flash.fail_from(~0u);
    EXPECT_TRUE(storage.put(0, "k", as_bytes("new")).has_value());
    EXPECT_EQ(contents(storage), (Model{{{0, "k"}, "new"}}));
    EXPECT_EQ(flash.broken_rule(), "");
}

// Behind the records of a half all must be erased, or its next mount would refuse it.
TEST(StoragePower, AnErasureCountsOnlyIfItCanBeSeen) {
    SimulatedFlash flash{sector_bytes, 3};
    port::Flash lying = flash.port();
    lying.erase = [](void*, std::uint32_t) { return true; };
    Storage storage;
    ASSERT_TRUE(storage.mount(lying, {1, 1}).has_value());
    std::ranges::fill(std::span{flash.memory}.subspan(2 * sector_bytes - 8), std::byte{0});
    Result<void> result;
    unsigned stored = 0;
    while (result.has_value() && stored < sector_bytes) {
        result = storage.put(0, "k", as_bytes(std::to_string(++stored)));
    }
    EXPECT_EQ(result.error(), (Error{Fault::StorageFailed, sector_bytes}));
    EXPECT_EQ(contents(storage), (Model{{{0, "k"}, std::to_string(stored - 1)}}));
    storage::SlotWriter writer{storage, 0};
    EXPECT_EQ(writer.write(as_bytes("x")).error(), (Error{Fault::StorageFailed, 2 * sector_bytes}));
}

}  // namespace
}  // namespace mbpf::test
