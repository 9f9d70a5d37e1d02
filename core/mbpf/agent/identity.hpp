// SPDX-License-Identifier: MIT
// What a device is, and whose messages it takes.
#pragma once

#include <array>
#include <string_view>

#include "mbpf/container/container.hpp"
#include "mbpf/suit/suit.hpp"

namespace mbpf::agent {

struct DeviceInfo {
    std::string_view board;
    std::string_view version;  // Of the firmware.
    suit::Identity identity;
};

// The keys of a policy, as signatures are verified with them.
class SignerKeys {
public:
    explicit SignerKeys(container::Policy const& policy) : signers_{policy.signers()} {
        for (std::size_t i = 0; i < signers_.size(); ++i) {
            keys_[i] = signers_[i].key;
        }
    }

    [[nodiscard]] suit::Keys keys() const { return suit::Keys{keys_}.first(signers_.size()); }
    [[nodiscard]] container::SignerRecord const& operator[](std::uint32_t index) const {
        return signers_[index];
    }

private:
    std::span<container::SignerRecord const> signers_;
    std::array<port::PublicKey, mbpf::config::max_signers> keys_{};
};

// A container is its signer's: others may not replace or command it, but administrators may, and
// everyone whose policy no longer knows that signer.
[[nodiscard]] inline bool may_touch(container::Container const* container,
                                    container::SignerRecord const& signer,
                                    container::Policy const& policy) {
    return container == nullptr || signer.is_administrator() ||
           container->record.signer == signer.key ||
           policy.find(container->record.signer) == nullptr;
}

}  // namespace mbpf::agent
