// SPDX-License-Identifier: MIT
// The agent through the C interface: datagrams in, datagrams out.
#include <gtest/gtest.h>

#include <cstring>

#include "include/mbpf.h"
#include "tests/unit/agent/support/board.hpp"

namespace mbpf::test {

namespace {

std::uint64_t now = 0;
std::uint64_t now_us() { return ++now; }

void sha256(std::uint8_t const* message, std::size_t bytes, std::uint8_t* digest) {
    port::Digest const result =
        sodium_crypto().sha256({reinterpret_cast<std::byte const*>(message), bytes});
    std::memcpy(digest, result.data(), result.size());
}

int verify(std::uint8_t const* key, std::uint8_t const* message, std::size_t bytes,
           std::uint8_t const* signature) {
    port::PublicKey public_key;
    port::Signature signed_with;
    std::memcpy(public_key.data(), key, public_key.size());
    std::memcpy(signed_with.data(), signature, signed_with.size());
    return sodium_crypto().verify(public_key, {reinterpret_cast<std::byte const*>(message), bytes},
                                  signed_with)
               ? 1
               : 0;
}

class CDevice : public testing::Test {
protected:
    CDevice() : storage_(sector_bytes * 12, std::byte{0xff}) {
        config_.ram = ram_.data();
        config_.ram_bytes = ram_.size();
        config_.helpers = mbpf_standard_helpers();
        config_.now_us = &now_us;
        config_.flash.memory = storage_.data();
        config_.flash.bytes = storage_.size();
        config_.flash.sector_bytes = sector_bytes;
        config_.flash.context = storage_.data();
        config_.flash.erase = [](void* context, std::uint32_t offset) {
            std::memset(static_cast<std::byte*>(context) + offset, 0xff, sector_bytes);
            return 0;
        };
        config_.flash.program = [](void* context, std::uint32_t offset, void const* from,
                                   std::size_t bytes) {
            std::memcpy(static_cast<std::byte*>(context) + offset, from, bytes);
            return 0;
        };
        config_.flash.journal_sectors = 1;
        config_.flash.slot_sectors = 1;
        config_.crypto = {&sha256, &verify};
        config_.send = [](void* context, mbpf_peer_t const* to, void const* datagram,
                          std::size_t bytes) {
            auto& self = *static_cast<CDevice*>(context);
            EXPECT_EQ(to->port, self.peer_.port);
            auto const* const start = static_cast<std::byte const*>(datagram);
            self.sent_.assign(start, start + bytes);
        };
        config_.send_context = this;
        config_.board = "c";
        config_.version = "1";
        std::memcpy(config_.vendor, device::vendor_id.data(), sizeof config_.vendor);
        peer_.address[0] = 127;
        peer_.address_bytes = 4;
        peer_.port = 4711;
        EXPECT_EQ(mbpf_device_open(&*device_, &config_, nullptr), MBPF_FAULT_NONE);
        container::SignerRecord const record = Board::everything(board_.administrator);
        mbpf_signer_t signer;
        std::memcpy(&signer, &record, sizeof signer);
        EXPECT_EQ(mbpf_device_set_policy(&*device_, &signer, 1, nullptr), MBPF_FAULT_NONE);
    }

    std::vector<std::byte> request(coap::Method method, std::vector<std::string> const& path,
                                   Bytes payload) {
        std::vector<std::byte> room(1200);
        coap::Builder builder{room};
        std::array<std::byte, 2> const token{std::byte{1}, std::byte{2}};
        builder.start(coap::Type::Confirmable, coap::Code(method), id_++, token);
        for (std::string const& segment : path) {
            builder.option(coap::OptionNumber::UriPath, as_bytes(segment));
        }
        builder.payload(payload);
        return {builder.bytes().begin(), builder.bytes().end()};
    }

    // The code of the answer, and its payload.
    Answer exchange(std::vector<std::byte> const& datagram) {
        std::array<std::byte, 1200> room;
        std::size_t const bytes = mbpf_device_exchange(&*device_, &peer_, datagram.data(),
                                                       datagram.size(), room.data(), room.size());
        coap::Message const message = coap::parse(Bytes{room}.first(bytes));
        return {message.code, {message.payload.begin(), message.payload.end()}};
    }

    static constexpr std::uint32_t sector_bytes = 1024;
    Board board_;  // For what it signs.
    std::vector<std::byte> storage_;
    alignas(8) std::array<std::byte, 4096> ram_{};
    mbpf_device_config_t config_{};
    mbpf_peer_t peer_{};
    std::unique_ptr<mbpf_device_t> device_ = std::make_unique<mbpf_device_t>();
    std::vector<std::byte> sent_;
    std::uint16_t id_ = 100;
};

Source const length{
    .code = join({mov64(r0, r2), leave()}),
    .hooks = {{HookRecord::Kind::Request, 0, 0, 0}},
    .path = "length",
};

TEST_F(CDevice, TakesASignedEnvelopeAndAnswersRequests) {
    std::vector<std::byte> const envelope = board_.envelope({"counter", 1}, image_of(length));
    EXPECT_EQ(exchange(request(coap::Method::Post, {"mbpf", "install"}, envelope)).code,
              coap::Code::Changed);
    mbpf_container_info_t info;
    ASSERT_EQ(mbpf_container_find(&*device_, "counter", &info), 1);
    EXPECT_EQ(info.sequence, 1u);
    Answer const answer =
        exchange(request(coap::Method::Post, {"c", "length"}, as_bytes("hello!")));
    EXPECT_EQ(answer.code, coap::Code::Content);
    EXPECT_EQ(answer.text(), "6");
    EXPECT_TRUE(sent_.empty());
}

TEST_F(CDevice, RefusesAReplayAndAForgery) {
    std::vector<std::byte> envelope = board_.envelope({"counter", 1}, image_of(length));
    EXPECT_EQ(exchange(request(coap::Method::Post, {"mbpf", "install"}, envelope)).code,
              coap::Code::Changed);
    EXPECT_EQ(exchange(request(coap::Method::Post, {"mbpf", "install"}, envelope)).fault(),
              Fault::SequenceNotNewer);
    KeyPair stranger{99};
    EXPECT_EQ(exchange(request(coap::Method::Post, {"mbpf", "install"},
                               board_.envelope({"counter", 2, &stranger}, image_of(length))))
                  .fault(),
              Fault::SignerUnknown);
}

TEST_F(CDevice, SendsWhatDoesNotFit) {
    std::vector<std::byte> const datagram = request(coap::Method::Get, {".well-known", "core"}, {});
    std::byte room;
    EXPECT_EQ(mbpf_device_exchange(&*device_, &peer_, datagram.data(), datagram.size(), &room, 1),
              0u);
    EXPECT_EQ(coap::parse(sent_).code, coap::Code::Content);
    sent_.clear();
    std::vector<std::byte> const again = request(coap::Method::Get, {".well-known", "core"}, {});
    mbpf_device_receive(&*device_, &peer_, again.data(), again.size());
    EXPECT_EQ(coap::parse(sent_).code, coap::Code::Content);
}

TEST_F(CDevice, TheFirmwareMayReplaceWhatTheNetworkInstalled) {
    EXPECT_EQ(exchange(request(coap::Method::Post, {"mbpf", "install"},
                               board_.envelope({"counter", 7}, image_of(length))))
                  .code,
              coap::Code::Changed);
    std::vector<std::byte> const image = image_of(length);
    port::PublicKey const key = board_.administrator.key();
    EXPECT_EQ(mbpf_install(&*device_, "counter", image.data(), image.size(),
                           reinterpret_cast<std::uint8_t const*>(key.data()), nullptr),
              MBPF_FAULT_NONE);
    mbpf_container_info_t info;
    ASSERT_EQ(mbpf_container_find(&*device_, "counter", &info), 1);
    EXPECT_EQ(info.sequence, 8u);
}

}  // namespace

}  // namespace mbpf::test
