// SPDX-License-Identifier: MIT
// Maps as programs call them: the functions and results of Linux (bpf-helpers(7)), with handles
// that are numbers of maps. A handle that names none, and a pointer to less than the map's key or
// value, end the run.
#pragma once

#include <cstdint>

#include "mbpf/machine/machine.hpp"

namespace mbpf::helpers {

// Address of the value in the program's own memory, or 0.
[[nodiscard]] std::uint64_t map_lookup(machine::Instance& instance, std::uint32_t handle,
                                       std::byte const* key);
// `flags`: maps::Update. 0, or negative: see maps::update().
[[nodiscard]] std::int32_t map_update(machine::Instance& instance, std::uint32_t handle,
                                      std::byte const* key, std::byte const* value,
                                      std::uint64_t flags);
[[nodiscard]] std::int32_t map_delete(machine::Instance& instance, std::uint32_t handle,
                                      std::byte const* key);

// 0; maps::try_again if there is no room, maps::invalid if it is no ring buffer or for unknown
// flags.
[[nodiscard]] std::int32_t ring_output(machine::Instance& instance, std::uint32_t handle,
                                       std::byte const* from, std::uint32_t bytes,
                                       std::uint64_t flags);
// Address of the record, or 0.
[[nodiscard]] std::uint64_t ring_reserve(machine::Instance& instance, std::uint32_t handle,
                                         std::uint64_t bytes, std::uint64_t flags);
// Of what ring_reserve() gave; anything else ends the run.
void ring_submit(machine::Instance& instance, std::uint64_t record, std::uint64_t flags);
void ring_discard(machine::Instance& instance, std::uint64_t record, std::uint64_t flags);
// 0: bytes that are there; 1: bytes of the ring; 2, 3: positions of the first record and
// behind the last. 0 for other questions.
[[nodiscard]] std::uint64_t ring_query(machine::Instance& instance, std::uint32_t handle,
                                       std::uint64_t question);

}  // namespace mbpf::helpers
