// SPDX-License-Identifier: MIT
// What a device is, and whose messages it takes.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "mbpf/agent/config.hpp"
#include "mbpf/container/container.hpp"
#include "mbpf/suit/suit.hpp"

namespace mbpf::agent {

// What the RAM of a device is for.
struct RamPart {
    std::string_view name;
    std::uint32_t bytes{};
    std::uint32_t (*used_bytes)(){};  // At most, until now; nullptr: all of it.
};

struct DeviceInfo {
    std::string_view board;
    std::string_view version;  // Of the firmware.
    suit::Identity identity;
    std::span<RamPart const> ram{};  // Empty: it does not say.
};

// The keys of a policy, where they lie, as signatures are verified with them.
[[nodiscard]] inline suit::Keys keys_of(container::Policy const& policy) {
    std::span<container::SignerRecord const> const signers = policy.signers();
    static_assert(offsetof(container::SignerRecord, key) == 0);
    return {records<port::PublicKey>(std::as_bytes(signers)).data(), signers.size(),
            container::signer_record_bytes};
}

// A signed message about a container.
struct SignedMessage {
    std::string_view name;
    std::uint32_t sequence{};
    container::SignerRecord const* signer{};
    std::uint32_t operation{};  // 0: an installation.
};

// Whether the signer may send that now. A container is its signer's: others may not replace or
// command it, but administrators may. Numbers above config::last_common_sequence are the
// administrators', so that nobody else can use up those of a name. Faults: NotAllowed,
// SequenceNotNewer, SequenceReserved.
void check_message(Attempt& attempt, container::Runtime& runtime, SignedMessage const& message);

}  // namespace mbpf::agent
