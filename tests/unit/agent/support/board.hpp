// SPDX-License-Identifier: MIT
// A whole device without a network: flash that may lose power, a clock that tests turn, and a
// client that speaks CoAP with it.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "device/device.hpp"
#include "tests/support/assembler.hpp"
#include "tests/support/simulated_flash.hpp"
#include "tests/support/sodium_crypto.hpp"

namespace mbpf::test {

using container::HookKind;
using program::HookRecord;
using program::KeyRange;

// Operations of a command, and hooks, as tests ask for them.
inline constexpr std::uint32_t start_it = 1, stop_it = 2, remove_it = 3, set_policy = 5;
inline constexpr std::uint64_t second_us = 1'000'000;

inline HookRecord on_request() { return {HookKind::Request, 0, 0, 0}; }
inline HookRecord every_ms(std::uint32_t period) { return {HookKind::Period, 0, 0, period}; }

// What becomes an image.
struct Source {
    Code code;
    std::vector<HookRecord> hooks{};
    std::string path{};  // Of the hooks that have one.
    std::vector<KeyRange> keys{};
    std::vector<program::MapRecord> maps{};
    program::Rights rights{};
    std::uint32_t bss_bytes = 0;
};

[[nodiscard]] std::vector<std::byte> image_of(Source const& source);

struct Answer {
    coap::Code code{};
    std::vector<std::byte> payload;

    [[nodiscard]] std::string text() const;
    // Of [fault, where, found, allowed]; Fault::None if it is none.
    [[nodiscard]] std::int64_t number(std::size_t index) const;
    [[nodiscard]] Fault fault() const { return Fault(number(0)); }
};

class Board {
public:
    Board();

    // As after a reset: RAM is lost, flash stays.
    void boot();
    // Time passes, and everything that is due happens.
    void run_for(std::uint64_t time_us);

    [[nodiscard]] Answer request(coap::Method method, std::string const& path, Bytes payload = {},
                                 std::optional<std::uint32_t> block1 = {});
    [[nodiscard]] Answer get(std::string const& path) { return request(coap::Method::Get, path); }
    [[nodiscard]] Answer post(std::string const& path, Bytes payload = {}) {
        return request(coap::Method::Post, path, payload);
    }
    // In blocks of 256 bytes; the last answer, or the first that is no 2.31.
    [[nodiscard]] Answer upload(Bytes envelope);
    // One datagram, without waiting for the answer; the path has two segments.
    void post_only(std::string_view first, std::string_view second, Bytes payload = {});
    // A small one, in one block.
    void upload_only(Bytes envelope) { post_only("mbpf", "install", envelope); }

    struct Signed {
        std::string name;
        std::uint32_t sequence{};
        KeyPair* signer = nullptr;  // The administrator.
        bool has_payload = true;
        std::string uri{};  // Without a payload.
    };
    [[nodiscard]] std::vector<std::byte> envelope(Signed const& about, Bytes image);
    [[nodiscard]] Answer install(Signed const& about, Source const& source) {
        return upload(envelope(about, image_of(source)));
    }
    [[nodiscard]] Answer command(std::uint32_t operation, std::string const& name,
                                 std::uint32_t sequence, KeyPair* signer = nullptr,
                                 std::optional<std::vector<std::byte>> policy = {});

    // By the firmware itself.
    [[nodiscard]] bool stop_here(std::string const& name) {
        container::Runtime& runtime = device_->runtime();
        Attempt attempt;
        runtime.set_wanted(attempt, name, container::next_sequence(runtime.last_sequence(name)),
                           container::InstallRecord::Wanted::Stopped);
        return !attempt.has_failed();
    }

    [[nodiscard]] container::Container const* find(std::string const& name);
    [[nodiscard]] std::string log();
    [[nodiscard]] std::uint32_t free_slots() { return device_->runtime().free_slots(); }
    [[nodiscard]] static std::uint64_t elapsed_us();

    // What the policy has besides the administrator, until the next provision().
    [[nodiscard]] static container::SignerRecord everything(KeyPair const& pair);
    void provision(std::vector<container::SignerRecord> const& signers);

    // A server at 192.0.2.9:5683 that answers each GET with what this says of its Block2 option;
    // nothing: it is silent.
    struct Block {
        coap::Code code = coap::Code::Content;
        std::uint32_t option{};  // Of the answer.
        std::vector<std::byte> payload{};
    };
    std::function<std::optional<Block>(std::uint32_t option)> server;
    // One that has that file.
    [[nodiscard]] static std::optional<Block> block_of(Bytes file, std::uint32_t option);

    KeyPair administrator{1};
    SimulatedFlash flash{4096, 24};

private:
    [[nodiscard]] Answer exchange(Bytes datagram, std::uint16_t id);
    void serve();

    device::Parts parts_;
    std::unique_ptr<device::Device> device_;
    std::deque<std::vector<std::byte>> sent_;
    std::deque<std::vector<std::byte>> asked_;  // Of the server.
    alignas(8) std::array<std::byte, 16384> ram_{};
    std::uint16_t next_id_ = 1;
};

}  // namespace mbpf::test
