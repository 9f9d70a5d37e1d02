// SPDX-License-Identifier: MIT
// The policy of a device (SPEC.md, "Policy") as JSON that people edit.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mbpf/container/container.hpp"

namespace mbpf::toolkit::device {

// All rights, and an administrator's.
[[nodiscard]] container::SignerRecord administrator(port::PublicKey const& key);

// {"signers": [{"key": ..., "helpers": ..., ...}]}
[[nodiscard]] nlohmann::ordered_json policy_json(container::Policy const& policy);

// As a device takes it. Keys are names of keys here, files or hex. A Failure that names `path` if
// the text makes no sense, or knows no administrator.
[[nodiscard]] std::vector<std::byte> parse_policy(std::string_view text, std::string const& path);

[[nodiscard]] std::vector<std::byte> encode_policy(
    std::vector<container::SignerRecord> const& signers);

}  // namespace mbpf::toolkit::device
