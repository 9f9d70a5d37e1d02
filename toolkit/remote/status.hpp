// SPDX-License-Identifier: MIT
// What a device tells of itself and its containers: SPEC.md, "Resources".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mbpf/suit/suit.hpp"
#include "toolkit/package/hook.hpp"

namespace mbpf::toolkit::remote {

struct DeviceInfo {
    std::string board;
    std::string version;
    std::uint64_t uptime_us{};
    suit::Identity identity;
    std::uint64_t memory_bytes{};
    std::uint64_t free_memory_bytes{};
    std::uint64_t code_bytes{};
    std::uint64_t free_code_bytes{};
    std::uint64_t slots{};
    std::uint64_t slot_bytes{};
    std::uint64_t free_slots{};
    std::vector<std::string> signers;  // Key ids.
    std::uint32_t policy_sequence{};
    std::uint32_t log_end{};
    std::uint64_t stack_bytes{};  // That a run has; 0: the device does not say.
    std::uint64_t used_stack_bytes{};
    struct RamPart {
        std::string name;
        std::uint64_t bytes{};
        std::uint64_t used_bytes{};
    };
    std::vector<RamPart> ram;  // All of it; empty: the device does not say.
};

struct FaultInfo {
    std::uint8_t trap{};
    std::uint32_t bytes{};
    std::uint32_t slot{};
    std::uint64_t address{};
    std::uint64_t run{};
    std::uint64_t time_us{};
    std::uint32_t entry{};
};

struct Container {
    std::string name;
    std::uint32_t sequence{};
    std::uint64_t state{};
    std::uint64_t engine{};
    std::uint64_t runs{};
    std::uint64_t faults{};
    std::uint64_t skipped{};
    std::uint64_t instructions{};
    std::uint64_t busy_us{};
    std::uint64_t latest_us{};
    std::uint64_t image_bytes{};
    std::uint64_t memory_bytes{};
    std::uint64_t code_bytes{};
    std::uint64_t memory_at{};
    std::uint64_t code_at{};
    std::uint64_t slot{};
    std::optional<std::uint64_t> previous_slot;
    std::optional<std::uint32_t> previous_bytes;  // Of the image before.
    std::string digest;                           // Hex.
    std::string previous_digest;                  // Empty: there is none.
    std::string signer;                           // Key id.
    std::uint64_t run_budget{};
    std::uint64_t second_budget{};
    std::vector<package::Hook> hooks;
    std::optional<FaultInfo> fault;
    std::optional<Fault> refusal;

    [[nodiscard]] std::string state_text() const;
    [[nodiscard]] std::string engine_text() const;
};

// Nothing if the bytes are not what SPEC.md says. Keys that it does not know are passed over.
[[nodiscard]] std::optional<DeviceInfo> decode_device(Bytes cbor);
[[nodiscard]] std::optional<std::vector<Container>> decode_containers(Bytes cbor);

struct LogPiece {
    std::uint32_t start{};
    std::string text;
};
[[nodiscard]] std::optional<LogPiece> decode_log(Bytes cbor);

// A map, or a piece of one.
struct MapContents {
    program::MapRecord record;
    std::vector<std::byte> memory;
};
// Nothing too if there can be no such map.
[[nodiscard]] std::optional<MapContents> decode_map(Bytes payload);

// Why a device refused: a fault, or (is_trap) a trap of a run.
struct Refusal {
    Error error;
    bool is_trap{};
};
[[nodiscard]] std::optional<Refusal> decode_refusal(Bytes cbor);

}  // namespace mbpf::toolkit::remote
