// SPDX-License-Identifier: MIT
// Helper 0x44: the answer to a request.
#include <gtest/gtest.h>

#include "tests/unit/helpers/support/caller.hpp"

namespace mbpf::test {
namespace {

using machine::Permission;
using machine::Trap;

constexpr std::uint32_t id = 0x44;
constexpr std::uint64_t content = 69;

class ReplyHelper : public testing::Test {
protected:
    ReplyHelper() {
        reply_.room = room_;
        caller_.environment.reply = &reply_;
        address_ = caller_.lend(payload_, Permission::Read);
    }
    [[nodiscard]] std::string_view payload() const {
        return as_text(Bytes{room_}.first(reply_.bytes));
    }

    std::array<char, 9> payload_{'2', '2', '.', '3', ' ', 'C', 'x', 'y', 'z'};
    std::array<std::byte, 8> room_{};
    helpers::Reply reply_;
    std::uint64_t address_ = 0;
    Caller caller_;
};

TEST_F(ReplyHelper, SetsCodeFormatAndPayload) {
    EXPECT_EQ(caller_.result_of(id, {content, 50, address_, 6}), 0u);
    EXPECT_EQ(reply_.code, content);
    EXPECT_EQ(reply_.format, 50);
    EXPECT_EQ(payload(), "22.3 C");
}

TEST_F(ReplyHelper, TheLastAnswerCounts) {
    EXPECT_EQ(caller_.result_of(id, {content, 0, address_, 8}), 0u);
    EXPECT_EQ(caller_.result_of(id, {0x84, 0xffff, 0, 0}), 0u);
    EXPECT_EQ(reply_.code, 0x84);
    EXPECT_EQ(reply_.format, helpers::Reply::no_format);
    EXPECT_EQ(payload(), "");
}

TEST_F(ReplyHelper, RefusesWhatIsNoAnswer) {
    EXPECT_EQ(caller_.result_of(id, {content, 0, address_, 6}), 0u);
    struct Row {
        std::uint64_t code, format, bytes;
    };
    for (Row const row :
         {Row{0, 0, 1}, Row{1, 0, 1}, Row{0x1f, 0, 1}, Row{0x20, 0, 1}, Row{0x60, 0, 1},
          Row{0xc0, 0, 1}, Row{0xff, 0, 1}, Row{0x145, 0, 1}, Row{0xffff'ff45, 0, 1},
          Row{content, 0x1'0000, 1}, Row{content, 0xffff'ffff, 1}, Row{content, 0, 9}}) {
        EXPECT_EQ(caller_.result_of(id, {row.code, row.format, address_, row.bytes}), minus_one)
            << row.code << " " << row.format << " " << row.bytes;
    }
    EXPECT_EQ(reply_.code, content);
    EXPECT_EQ(payload(), "22.3 C");
}

TEST_F(ReplyHelper, RefusesWhenNobodyAsked) {
    caller_.environment.reply = nullptr;
    EXPECT_EQ(caller_.result_of(id, {content, 0, address_, 1}), minus_one);
}

TEST_F(ReplyHelper, ReadsOnlyWhatTheProgramMay) {
    EXPECT_EQ(caller_.trap_of(id, {content, 0, address_, 10}), Trap::HelperArgument);
    EXPECT_EQ(caller_.trap_of(id, {content, 0, address_ + 9, 1}), Trap::HelperArgument);
    EXPECT_EQ(caller_.trap_of(id, {content, 0, 0, 1}), Trap::HelperArgument);
    EXPECT_EQ(caller_.trap_of(id, {content, 0, address_, 0xffff'ffff}), Trap::HelperArgument);
    EXPECT_EQ(reply_.code, 0);
}

TEST_F(ReplyHelper, EndsARunWithoutAnEnvironment) {
    caller_.has_environment = false;
    EXPECT_EQ(caller_.trap_of(id, {content, 0, address_, 1}), Trap::HelperFailed);
}

}  // namespace
}  // namespace mbpf::test
