// SPDX-License-Identifier: MIT
// Policies as JSON, and what devices answer, whole and broken.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "toolkit/device/policy.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/remote/status.hpp"

namespace mbpf::test {
namespace {

namespace device = toolkit::device;
namespace remote = toolkit::remote;

port::PublicKey some_key(std::uint8_t fill) {
    port::PublicKey key;
    key.fill(std::byte{fill});
    return key;
}

std::string key_hex() { return toolkit::input::hex_text(some_key(7)); }

std::vector<std::byte> bytes(char const* hex) { return *toolkit::input::parse_hex(hex); }

TEST(Policy, OfAnAdministratorAllowsAll) {
    std::vector<std::byte> const encoded =
        device::encode_policy({device::administrator(some_key(1))});
    Result<container::Policy> const policy = container::Policy::read(encoded);
    ASSERT_TRUE(policy.has_value());
    container::SignerRecord const* const signer = policy->find(some_key(1));
    ASSERT_NE(signer, nullptr);
    EXPECT_TRUE(signer->is_administrator());
    EXPECT_EQ(signer->hook_kinds, 0x3e);
    EXPECT_TRUE(container::verifier_policy(*signer).granted.contains(HelperId{255}));
}

TEST(Policy, IsTheSameAfterAWayThroughJson) {
    std::string const text = R"({"signers": [
        {"key": ")" + key_hex() +
                             R"(", "administrator": true, "helpers": "all", "hooks": "all",
         "keys": "all"},
        {"key": ")" + toolkit::input::hex_text(some_key(8)) +
                             R"(", "helpers": ["printf", "0x12", "200"],
         "hooks": ["timer", "coap"], "keys": "0-9:rw,16:r", "instructions_per_run": 500,
         "instructions_per_second": 4294967295, "memory_bytes": 64}]})";
    std::vector<std::byte> const encoded = device::parse_policy(text, "policy.json");
    Result<container::Policy> const policy = container::Policy::read(encoded);
    ASSERT_TRUE(policy.has_value());
    container::SignerRecord const& second = policy->signers()[1];
    EXPECT_EQ(second.hook_kinds, 0b1100);
    EXPECT_EQ(second.helpers[0], 1u << 1 | 1u << 0x12);
    EXPECT_EQ(second.helpers[6], 1u << (200 - 192));
    EXPECT_EQ(std::uint32_t(second.memory_bytes), 64u);
    EXPECT_EQ(device::parse_policy(device::policy_json(*policy).dump(), "again"), encoded);
}

TEST(Policy, ThatMakesNoSenseIsRefused) {
    std::string const good = R"("key": ")" + key_hex() + R"(", "administrator": true)";
    auto const one = [](std::string const& signer) { return R"({"signers": [{)" + signer + "}]}"; };
    EXPECT_NO_THROW((void)device::parse_policy(one(good), "good"));
    for (std::string const& text : {std::string(),
                                    std::string("[]"),
                                    std::string("{}"),
                                    std::string(R"({"signers": []})"),
                                    std::string(R"({"signers": [1]})"),
                                    std::string(R"({"signers": {}})"),
                                    one(""),
                                    one(R"("key": ")" + key_hex() + "\""),
                                    one(R"("key": 7, "administrator": true)"),
                                    one(R"("key": "00", "administrator": true)"),
                                    one(good + R"(, "helper": "all")"),
                                    one(good + R"(, "helpers": ["nix"])"),
                                    one(good + R"(, "helpers": 1)"),
                                    one(good + R"(, "hooks": ["request"])"),
                                    one(good + R"(, "hooks": [1])"),
                                    one(good + R"(, "keys": "9-0:r")"),
                                    one(good + R"(, "keys": ["0:r"])"),
                                    one(good + R"(, "keys": "0:r,1:r,2:r,3:r,4:r")"),
                                    one(good + R"(, "memory_bytes": -1)"),
                                    one(good + R"(, "memory_bytes": 4294967296)"),
                                    one(good + R"(, "memory_bytes": 1.5)"),
                                    one(R"("key": ")" + key_hex() + R"(", "administrator": 1)"),
                                    R"({"more": 1, "signers": [{)" + good + "}]}"}) {
        EXPECT_THROW((void)device::parse_policy(text, "policy.json"), toolkit::Failure) << text;
    }
    std::string five;
    for (int i = 0; i < 5; ++i) {
        five += (i == 0 ? "{" : ",{") + good + "}";
    }
    EXPECT_THROW((void)device::parse_policy(R"({"signers": [)" + five + "]}", "five"),
                 toolkit::Failure);
}

TEST(Refusal, IsAFaultOrATrap) {
    std::optional<remote::Refusal> const fault = remote::decode_refusal(bytes("84186b000305"));
    ASSERT_TRUE(fault.has_value());
    EXPECT_FALSE(fault->is_trap);
    EXPECT_EQ(fault->error, (Error{Fault::SequenceNotNewer, 0, 3, 5}));
    std::optional<remote::Refusal> const trap = remote::decode_refusal(bytes("8421010900"));
    ASSERT_TRUE(trap.has_value());
    EXPECT_TRUE(trap->is_trap);
    EXPECT_EQ(unsigned(trap->error.fault), unsigned(machine::Trap::LoadOutside));
}

TEST(Refusal, IsNothingElse) {
    for (char const* const hex :
         {"", "84", "83186b0003", "8400000000", "841901000000", "8460000000", "84186b00030500",
          "84186b001b0000000100000000", "a0", "ff"}) {
        EXPECT_FALSE(remote::decode_refusal(bytes(hex)).has_value()) << hex;
    }
}

TEST(Answers, AreReadAndBrokenOnesAreNot) {
    std::vector<std::byte> const device = bytes("a3016468 6f7374 0f02 18631864");
    std::optional<remote::DeviceInfo> const info = remote::decode_device(device);
    ASSERT_TRUE(info.has_value());
    EXPECT_EQ(info->board, "host");
    EXPECT_EQ(info->policy_sequence, 2u);
    for (std::size_t size = 0; size < device.size(); ++size) {
        EXPECT_FALSE(remote::decode_device(Bytes{device}.first(size)).has_value()) << size;
    }
    std::vector<std::byte> const list = bytes(
        "81 a5 01 6166 02 07 11 f6 17 82 84 03 00 00 6178 84 02 01 00 1901f4 1818 87 02 01 09"
        "00 01 02 00");
    std::optional<std::vector<remote::Container>> const found = remote::decode_containers(list);
    ASSERT_TRUE(found.has_value());
    ASSERT_EQ(found->size(), 1u);
    EXPECT_EQ(found->at(0).hooks.at(0).path, "x");
    EXPECT_EQ(found->at(0).hooks.at(1).number, 500u);
    EXPECT_EQ(found->at(0).fault->slot, 9u);
    for (std::size_t size = 0; size < list.size(); ++size) {
        EXPECT_FALSE(remote::decode_containers(Bytes{list}.first(size)).has_value()) << size;
    }
    EXPECT_EQ(remote::decode_log(bytes("8205426869"))->text, "hi");
    EXPECT_FALSE(remote::decode_log(bytes("82051b0000000100000000")).has_value());
}

}  // namespace
}  // namespace mbpf::test
