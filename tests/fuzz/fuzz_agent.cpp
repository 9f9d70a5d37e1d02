// SPDX-License-Identifier: MIT
// Any sequence of datagrams to a device whose signers' keys nobody knows. Invariants: whatever
// arrives, the flash is as before, nothing is installed, and the one container that was there runs
// in its period. The input is steps: one byte of what to do, two of a length, a datagram.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "mbpf/agent/agent.hpp"
#include "tests/support/simulated_flash.hpp"
#include "tests/support/sodium_crypto.hpp"
#include "toolkit/layout/append.hpp"
#include "toolkit/layout/layout.hpp"

namespace mbpf::fuzz {

namespace {

constexpr storage::Layout layout{1, 1};
constexpr std::uint32_t sectors = 8;
constexpr std::uint32_t period_ms = 50;

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

std::uint64_t time_us = 0;

// r0 = 0; exit; every 50 ms.
std::vector<std::byte> image() {
    constexpr std::uint64_t slots[]{0x00000000'000000b7, 0x00000000'00000095};
    std::vector<std::byte> text(sizeof slots);
    std::memcpy(text.data(), slots, sizeof slots);
    std::vector<std::byte> hooks;
    toolkit::layout::append(hooks, std::uint32_t{1});
    toolkit::layout::append(hooks,
                            program::HookRecord{container::HookKind::Period, 0, 0, period_ms});
    program::Program program;
    program.text = isa::Text{text};
    program.hooks = hooks;
    return std::get<toolkit::layout::File>(toolkit::layout::encode_image(program));
}

// What every session starts from.
std::vector<std::byte> make_flash() {
    test::SimulatedFlash flash{4096, sectors};
    storage::Storage storage;
    container::SignerRecord signer;
    signer.key[0] = std::byte{1};
    signer.hook_kinds = 0x3e;
    std::vector<std::byte> policy(4);
    toolkit::layout::append(policy, signer);
    std::vector<std::byte> const program = image();
    container::InstallRecord record;
    record.sequence = 5;
    record.wanted = container::InstallRecord::Wanted::Running;
    record.slot = 0;
    record.image_bytes = std::uint32_t(program.size());
    record.digest = test::sodium_crypto().sha256(program);
    record.signer = signer.key;
    std::vector<std::byte> install;
    toolkit::layout::append(install, record);
    require(storage.mount(flash.port(), layout).has_value());
    require(storage.put(container::policy_kind, {}, policy).has_value());
    require(storage.put(container::install_kind, "beat", install).has_value());
    storage::SlotWriter writer{storage, 0};
    require(writer.write(program).has_value() && writer.finish().has_value());
    return flash.memory;
}

class Session {
public:
    explicit Session(std::vector<std::byte> const& initial) {
        flash_.memory = initial;
        require(storage_.mount(flash_.port(), layout).has_value());
        runtime_.start();
    }

    void run(Bytes input) {
        constexpr std::size_t step_bytes = 3;
        constexpr int max_steps = 64;
        for (int i = 0; input.size() >= step_bytes && i < max_steps; ++i) {
            std::size_t const size =
                std::min<std::size_t>(load<std::uint16_t>(input, 1), input.size() - step_bytes);
            step(unsigned(input[0]), input.subspan(step_bytes, size));
            input = input.subspan(step_bytes + size);
        }
        std::uint32_t const before = runtime_.find("beat")->statistics.runs;
        advance(10 * period_ms);
        require(runtime_.find("beat")->statistics.runs >= before + 9);
    }

    [[nodiscard]] std::vector<std::byte> const& flash() const { return flash_.memory; }

private:
    void step(unsigned what, Bytes datagram) {
        if (what % 4 == 0) {
            advance(std::uint32_t(what));
            return;
        }
        std::vector<std::byte> const exact{datagram.begin(), datagram.end()};
        agent_.receive({.port = std::uint16_t(what % 4)}, exact);
        static_cast<void>(agent_.poll());
    }

    void advance(std::uint32_t ms) {
        for (std::uint32_t i = 0; i < ms; ++i) {
            time_us += 1000;
            static_cast<void>(runtime_.poll());
            static_cast<void>(agent_.poll());
        }
    }

    test::SimulatedFlash flash_{4096, sectors};
    storage::Storage storage_;
    alignas(8) std::array<std::byte, 4096> ram_{};
    container::Platform platform_{
        ram_, {}, helpers::standard_helpers(), nullptr, [] { return time_us; }};
    container::Runtime runtime_{storage_, platform_};
    agent::DeviceInfo info_{"fuzz", "1", {}};
    port::Crypto crypto_ = test::sodium_crypto();
    agent::Agent agent_{
        runtime_, info_, crypto_, {nullptr, [](void*, coap::Peer const&, Bytes) {}}, 1};
};

}  // namespace

}  // namespace mbpf::fuzz

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    static std::vector<std::byte> const initial = mbpf::fuzz::make_flash();
    auto const session = std::make_unique<mbpf::fuzz::Session>(initial);
    session->run({reinterpret_cast<std::byte const*>(data), size});
    mbpf::fuzz::require(session->flash() == initial);
    return 0;
}
