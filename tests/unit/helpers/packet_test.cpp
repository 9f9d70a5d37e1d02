// SPDX-License-Identifier: MIT
// A run with a packet: what it is given, helpers 0x40 to 0x43, and every lie about what it wrote.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/hex.hpp"
#include "tests/unit/helpers/support/caller.hpp"

namespace mbpf::test {
namespace {

using coap::Code;
using helpers::Packet;
using helpers::PacketAnswer;
using helpers::PacketContext;
using helpers::PacketShadow;
using machine::Trap;
using Verdict = PacketAnswer::Verdict;

enum Id : std::uint32_t { Start = 0x40, Finish = 0x41, AddFormat = 0x42, GetPdu = 0x43 };

constexpr std::uint64_t content = 69;
constexpr std::size_t buffer_bytes = 40;

class PacketHelper : public testing::Test {
protected:
    PacketHelper() {
        prepare("a1a2", "hi");
        caller_.environment.packet = &packet_;
        caller_.lend(packet_.context());
        caller_.lend(packet_.buffer());
        context_ = packet_.context().base;
    }
    void prepare(std::string const& token, std::string_view payload) {
        std::vector<std::byte> const bytes = from_hex(token);
        ASSERT_TRUE(packet_.prepare(Code::Post, bytes, as_bytes(payload)).has_value());
    }
    std::uint64_t call(Id id, std::uint64_t value = 0) {
        return caller_.result_of(id, {context_, value});
    }
    [[nodiscard]] WritableBytes buffer() { return WritableBytes{memory_}.subspan(40); }
    [[nodiscard]] PacketShadow shadow() const {
        return mbpf::load<PacketShadow>(Bytes{memory_}, helpers::packet_context_bytes);
    }
    // What the program made of its buffer, in hexadecimal, and says that it made.
    Verdict verdict_of(std::string const& hex) {
        std::vector<std::byte> const bytes = from_hex(hex);
        std::copy(bytes.begin(), bytes.end(), buffer().begin());
        return packet_.result(bytes.size()).verdict;
    }

    alignas(8) std::array<std::byte, Packet::fixed_bytes + buffer_bytes> memory_{};
    Packet packet_{memory_};
    std::uint64_t context_ = 0;
    Caller caller_;
};

TEST_F(PacketHelper, TheProgramSeesTheRequest) {
    PacketContext const context = mbpf::load<PacketContext>(Bytes{memory_}, 0);
    EXPECT_EQ(context.shadow, context_ + helpers::packet_context_bytes);
    EXPECT_EQ(context.buffer, address_of(buffer().data()));
    EXPECT_EQ(context.buffer_bytes, buffer_bytes);
    EXPECT_EQ(to_hex(buffer().first(10)), "42020000a1a2ff686900");
    EXPECT_EQ(shadow().payload_bytes, 2);
    EXPECT_EQ(shadow().options_bytes, 0);
    EXPECT_EQ(call(GetPdu), address_of(buffer().data()) + 7);
}

TEST_F(PacketHelper, OnlyTheBufferMayBeWritten) {
    EXPECT_EQ(packet_.context().permission, machine::Permission::Read);
    EXPECT_EQ(packet_.context().bytes, Packet::fixed_bytes);
    EXPECT_EQ(packet_.buffer().permission, machine::Permission::ReadWrite);
    EXPECT_EQ(packet_.buffer().base, context_ + Packet::fixed_bytes);
    EXPECT_EQ(packet_.buffer().bytes, buffer_bytes);
}

TEST_F(PacketHelper, WhereAddressesAreLongTheShadowHasNone) {
    bool const are_long = sizeof(std::uintptr_t) > 4;
    EXPECT_EQ(shadow().header == 0, are_long);
    EXPECT_EQ(shadow().payload == 0, are_long);
    EXPECT_EQ(shadow().token == 0, are_long);
}

TEST_F(PacketHelper, WritesAResponseStepByStep) {
    EXPECT_EQ(call(Start, content), 0u);
    EXPECT_EQ(shadow().payload_bytes, buffer_bytes - 6);
    EXPECT_EQ(call(AddFormat, 50), 2u);
    EXPECT_EQ(shadow().options_bytes, 2);
    EXPECT_EQ(call(Finish, 1), 9u);
    EXPECT_EQ(shadow().payload_bytes, buffer_bytes - 9);
    EXPECT_EQ(shadow().options_bytes, 2);
    EXPECT_EQ(call(GetPdu), address_of(buffer().data()) + 9);
    EXPECT_EQ(to_hex(buffer().first(9)), "62450000a1a2c132ff");
    buffer()[9] = std::byte{'7'};
    PacketAnswer const answer = packet_.result(10);
    ASSERT_EQ(answer.verdict, Verdict::Good);
    EXPECT_EQ(answer.code, Code::Content);
    EXPECT_EQ(answer.format, coap::Format::Json);
    EXPECT_EQ(as_text(answer.payload), "7");
}

TEST_F(PacketHelper, AFormatOfZeroTakesOneByte) {
    EXPECT_EQ(call(Start, content), 0u);
    EXPECT_EQ(call(AddFormat, 0), 1u);
    EXPECT_EQ(call(Finish, 0), 7u);
    PacketAnswer const answer = packet_.result(7);
    ASSERT_EQ(answer.verdict, Verdict::Good);
    EXPECT_EQ(answer.format, coap::Format::Text);
    EXPECT_TRUE(answer.payload.empty());
}

TEST_F(PacketHelper, MayStartAgain) {
    EXPECT_EQ(call(Start, content), 0u);
    EXPECT_EQ(call(AddFormat, 60), 2u);
    EXPECT_EQ(call(Finish, 1), 9u);
    EXPECT_EQ(call(Start, 0x84), 0u);
    EXPECT_EQ(call(Finish, 0), 6u);
    PacketAnswer const answer = packet_.result(6);
    EXPECT_EQ(answer.verdict, Verdict::Good);
    EXPECT_EQ(answer.code, Code::NotFound);
    EXPECT_EQ(answer.format, coap::Format::None);
}

TEST_F(PacketHelper, IsNotMisledByWhatTheProgramWroteMeanwhile) {
    EXPECT_EQ(call(Start, content), 0u);
    std::ranges::fill(buffer(), std::byte{0xff});
    EXPECT_EQ(call(AddFormat, 50), 2u);
    EXPECT_EQ(call(Finish, 1), 9u);
    EXPECT_EQ(packet_.result(10).verdict, Verdict::Malformed);
    EXPECT_EQ(call(Start, content), 0u);
    EXPECT_EQ(to_hex(buffer().first(6)), "62450000a1a2");
}

TEST_F(PacketHelper, RefusesStepsOutOfOrder) {
    EXPECT_EQ(call(AddFormat, 0), minus_one);
    EXPECT_EQ(call(Finish, 1), minus_one);
    EXPECT_EQ(call(Start, content), 0u);
    EXPECT_EQ(call(AddFormat, 0), 1u);
    EXPECT_EQ(call(AddFormat, 0), minus_one);
    EXPECT_EQ(call(Finish, 1), 8u);
    EXPECT_EQ(call(Finish, 1), minus_one);
    EXPECT_EQ(call(AddFormat, 0), minus_one);
}

TEST_F(PacketHelper, RefusesValuesThatAreNone) {
    for (std::uint64_t const code : {0ull, 1ull, 2ull, 0x1full, 0x20ull, 0x60ull, 0xc0ull, 0xffull,
                                     0x145ull, 0xffff'ff45ull}) {
        EXPECT_EQ(call(Start, code), minus_one) << code;
    }
    EXPECT_EQ(call(Start, content), 0u);
    for (std::uint64_t const format : {0xffffull, 0x1'0000ull, 0xffff'ffffull}) {
        EXPECT_EQ(call(AddFormat, format), minus_one) << format;
    }
    for (std::uint64_t const flags : {2ull, 3ull, 0xffff'ffffull}) {
        EXPECT_EQ(call(Finish, flags), minus_one) << flags;
    }
    EXPECT_EQ(call(Finish, 1), 7u);
}

TEST_F(PacketHelper, RefusesWhatFindsNoRoom) {
    alignas(8) std::array<std::byte, Packet::fixed_bytes + 6> small{};
    Packet packet{small};
    ASSERT_TRUE(packet.prepare(Code::Get, from_hex("a1"), {}).has_value());
    EXPECT_EQ(packet.start(content), 0);
    EXPECT_EQ(packet.add_format(50), -1);
    EXPECT_EQ(packet.add_format(0), 1);
    EXPECT_EQ(packet.finish_options(1), -1);
    EXPECT_EQ(packet.finish_options(0), 6);
    EXPECT_EQ(packet.result(6).verdict, Verdict::Good);
    EXPECT_EQ(packet.result(7).verdict, Verdict::TooLong);
}

TEST_F(PacketHelper, ContextMustBeReadable) {
    EXPECT_EQ(caller_.trap_of(Start, {0, content}), Trap::HelperArgument);
    EXPECT_EQ(caller_.trap_of(AddFormat, {8, 0}), Trap::HelperArgument);
    EXPECT_EQ(caller_.trap_of(Finish, {context_ - 1, 0}), Trap::HelperArgument);
    std::uint64_t const end = packet_.buffer().base + buffer_bytes;
    EXPECT_EQ(caller_.trap_of(GetPdu, {end - 23}), Trap::HelperArgument);
    EXPECT_EQ(caller_.trap_of(GetPdu, {~std::uint64_t{0}}), Trap::HelperArgument);
}

TEST_F(PacketHelper, EndsARunWithoutAPacket) {
    for (Id const id : {Start, Finish, AddFormat, GetPdu}) {
        caller_.environment.packet = nullptr;
        caller_.has_environment = true;
        EXPECT_EQ(caller_.trap_of(id, {context_, content}), Trap::HelperFailed);
        caller_.has_environment = false;
        EXPECT_EQ(caller_.trap_of(id, {context_, content}), Trap::HelperFailed);
    }
}

TEST_F(PacketHelper, APacketThatWasNotPreparedDoesNothing) {
    Packet packet;
    caller_.environment.packet = &packet;
    EXPECT_EQ(call(Start, content), minus_one);
    EXPECT_EQ(call(AddFormat, 0), minus_one);
    EXPECT_EQ(call(Finish, 0), minus_one);
    EXPECT_EQ(packet.result(0).verdict, Verdict::Malformed);
    EXPECT_EQ(packet.result(1).verdict, Verdict::TooLong);
}

TEST(PacketMemory, MustHoldTheRequest) {
    std::vector<std::byte> const token = from_hex("0102030405060708");
    std::size_t const needed = Packet::fixed_bytes + 4 + 8 + 1 + 3;
    alignas(8) std::array<std::byte, 128> memory{};
    for (std::size_t bytes = 0; bytes <= needed; ++bytes) {
        Packet packet{WritableBytes{memory}.first(bytes)};
        Result<void> const done = packet.prepare(Code::Put, token, as_bytes("abc"));
        ASSERT_EQ(done.has_value(), bytes == needed);
        if (bytes < needed) {
            EXPECT_EQ(done.error(), (Error{Fault::MemoryTooSmall, 0, std::uint32_t(bytes),
                                           std::uint32_t(needed)}));
            EXPECT_EQ(packet.start(content), -1);
        }
    }
    Packet packet{WritableBytes{memory}.subspan(4)};
    EXPECT_EQ(packet.prepare(Code::Put, token, {}).error(),
              (Error{Fault::AddressNotAligned, 0, 4, 8}));
    Packet good{memory};
    EXPECT_EQ(good.prepare(Code::Put, from_hex("010203040506070809"), {}).error(),
              (Error{Fault::RecordTooLarge, 0, 9, 8}));
}

TEST(PacketMemory, KeepsNothingOfTheRequestBefore) {
    alignas(8) std::array<std::byte, 80> memory{};
    Packet packet{memory};
    ASSERT_TRUE(packet.prepare(Code::Post, from_hex("a1"), as_bytes("secret")).has_value());
    ASSERT_TRUE(packet.prepare(Code::Post, {}, {}).has_value());
    EXPECT_EQ(to_hex(Bytes{memory}.subspan(40, 16)), "40020000000000000000000000000000");
}

// All with the token a1a2 of the request, but where the token is the lie.
TEST_F(PacketHelper, IsBelievedNothing) {
    struct Row {
        char const* lie;
        char const* hex;
        Verdict verdict;
    };
    for (Row const& row : {
             Row{"nothing", "", Verdict::Malformed},
             Row{"half a header", "6245", Verdict::Malformed},
             Row{"a header without its token", "62450000", Verdict::Malformed},
             Row{"half a token", "62450000a1", Verdict::Malformed},
             Row{"version 0", "22450000a1a2", Verdict::Malformed},
             Row{"version 2", "a2450000a1a2", Verdict::Malformed},
             Row{"a token of 9 bytes", "69450000a1a2a3a4a5a6a7a8a9", Verdict::Malformed},
             Row{"a token of 15 bytes", "6f450000a1a2a3a4a5a6a7a8a9aaabacadaeaf",
                 Verdict::Malformed},
             Row{"the empty code", "60000000", Verdict::NotAResponse},
             Row{"the empty code, and more", "62000000a1a2", Verdict::Malformed},
             Row{"a request", "62020000a1a2", Verdict::NotAResponse},
             Row{"a code of class 1", "62200000a1a2", Verdict::Malformed},
             Row{"a code of class 3", "62600000a1a2", Verdict::Malformed},
             Row{"a code of class 7", "62e00000a1a2", Verdict::Malformed},
             Row{"no token", "60450000", Verdict::OtherToken},
             Row{"a shorter token", "61450000a1", Verdict::OtherToken},
             Row{"a longer token", "63450000a1a2a3", Verdict::OtherToken},
             Row{"another token", "62450000a1a3", Verdict::OtherToken},
             Row{"a payload marker, and no payload", "62450000a1a2ff", Verdict::Malformed},
             Row{"an option of delta 15", "62450000a1a2f0", Verdict::Malformed},
             Row{"an option of length 15", "62450000a1a2cf", Verdict::Malformed},
             Row{"an option longer than the rest", "62450000a1a2c232", Verdict::Malformed},
             Row{"a delta that ends early", "62450000a1a2d0", Verdict::Malformed},
             Row{"an option number above 65535", "62450000a1a2e0ffff", Verdict::Malformed},
             Row{"a format of 3 bytes", "62450000a1a2c3000032", Verdict::FormatMalformed},
             Row{"two formats", "62450000a1a2c132013c", Verdict::FormatMalformed},
             Row{"a critical option", "62450000a1a2b161", Verdict::OptionUnknown},
             Row{"a block", "62450000a1a2c132b106", Verdict::OptionUnknown},
         }) {
        EXPECT_EQ(verdict_of(row.hex), row.verdict) << row.lie;
    }
    for (std::uint64_t const bytes :
         {std::uint64_t{buffer_bytes + 1}, std::uint64_t{0xffff}, std::uint64_t{0xffff'ffff},
          std::uint64_t{1} << 32, (std::uint64_t{1} << 32) + 6, ~std::uint64_t{0}}) {
        EXPECT_EQ(packet_.result(bytes).verdict, Verdict::TooLong) << bytes;
    }
    prepare("a1a2", "hi");
    EXPECT_EQ(packet_.result(9).verdict, Verdict::NotAResponse) << "the request, as it was";
}

// A program may also write all of it by itself.
TEST_F(PacketHelper, IsBelievedWhatHolds) {
    EXPECT_EQ(verdict_of("62450000a1a2"), Verdict::Good);
    EXPECT_EQ(verdict_of("72450123a1a2"), Verdict::Good);          // Type and id are the server's.
    EXPECT_EQ(verdict_of("62450000a1a2e10001ff"), Verdict::Good);  // An elective option, 270.
    EXPECT_EQ(verdict_of("62a30000a1a2c132ff61"), Verdict::Good);
    EXPECT_EQ(verdict_of("62450000a1a2c20032"), Verdict::Good);
}

}  // namespace
}  // namespace mbpf::test
