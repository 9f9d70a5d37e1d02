// SPDX-License-Identifier: MIT
// What a journal should hold, as a map, and scripts of changes to both.
#pragma once

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "mbpf/storage/storage.hpp"
#include "tests/support/simulated_flash.hpp"

namespace mbpf::test {

using Key = std::pair<std::uint8_t, std::string>;
using Model = std::map<Key, std::string>;

// Value and whether there is one.
struct Change {
    std::uint8_t kind;
    std::string key;
    std::string value;
    bool is_removal = false;
};

[[nodiscard]] Result<void> apply(storage::Storage& storage, Change const& change);
void apply(Model& model, Change const& change);

// All records of the kinds below `kinds`, as next() finds them. Fails the current test if find()
// says otherwise.
[[nodiscard]] Model contents(storage::Storage const& storage, unsigned kinds = 4);

// `count` changes with `keys` keys and values of up to `max_value_bytes`.
[[nodiscard]] std::vector<Change> random_script(std::uint32_t seed, std::size_t count,
                                                std::uint32_t keys, std::uint32_t max_value_bytes);

}  // namespace mbpf::test
