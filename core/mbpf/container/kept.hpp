// SPDX-License-Identifier: MIT
// Values of stores that outlive power: a record of the journal for each store, which holds all of
// them, so that they are of one moment (SPEC.md, "Storage"). Written with flash in mind:
// config.hpp.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "mbpf/container/config.hpp"
#include "mbpf/container/journal.hpp"
#include "mbpf/helpers/helpers.hpp"
#include "mbpf/storage/storage.hpp"

namespace mbpf::container {

// How often one store may be written.
class KeptWrites {
public:
    static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

    // When what has changed is to be written.
    [[nodiscard]] std::uint64_t due_us() const { return due_us_; }
    // Something has changed.
    void request(std::uint64_t now_us);
    // It is being written.
    void note(std::uint64_t now_us);

private:
    static constexpr std::uint64_t write_us = std::uint64_t{config::kept_write_every_ms} * 1000;
    static constexpr std::uint64_t saved_up_us = (config::kept_writes_at_once - 1) * write_us;

    std::uint64_t due_us_ = never;
    std::uint64_t full_us_ = 0;  // When as many writes as can be are saved up again.
};

// A store in the journal. Nobody but the signer of a container gets its values.
struct KeptPlace {
    storage::Storage& storage;
    std::string_view name;  // Of the container; empty: the global store.
    port::PublicKey signer;
};

// Puts the values back that were kept, as far as `rights` still want them kept (all for nullptr).
void restore(helpers::Store& store, KeptPlace const& place, helpers::KeyRights const* rights);
// Faults: those of Storage::put().
[[nodiscard]] Result<void> save(helpers::Store& store, KeptPlace const& place);

}  // namespace mbpf::container
