// SPDX-License-Identifier: MIT
// Keys in files: NAME.pem holds the private one, for its owner only, NAME.pub the public one.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "toolkit/crypto/crypto.hpp"

namespace mbpf::toolkit::key {

inline constexpr char const* default_name = "default";

struct Entry {
    std::string name;
    std::filesystem::path file;  // Of the private key, or of the public one if there is no other.
    port::PublicKey key{};
    bool is_private{};
};

// A Failure if there is one of that name.
[[nodiscard]] Entry create(std::string const& name);

// By name. Files that hold no key are left out.
[[nodiscard]] std::vector<Entry> list();

// `name` is that of a key, or a file. A Failure if there is no such private key.
[[nodiscard]] crypto::PrivateKey load(std::string const& name);

// The public key of that name or in that file, or as 64 hex digits.
[[nodiscard]] port::PublicKey load_public(std::string const& name);

// What a key is called here; its id if it is not known.
[[nodiscard]] std::string name_of(port::PublicKey const& key);
[[nodiscard]] std::string name_of_id(std::string const& id);

}  // namespace mbpf::toolkit::key
