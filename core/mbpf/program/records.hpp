// SPDX-License-Identifier: MIT
// The records of the file formats, as they lie in a file (SPEC.md, "Formats"). Internal to the
// program layer and the encoders of the toolkit. Packed, because they lie at any address.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mbpf::program {

struct [[gnu::packed]] FemtoRecord {
    std::uint16_t name_offset{};  // In rodata.
    std::uint16_t flags{};
    std::uint16_t text_offset{};  // Bytes.
};
inline constexpr std::size_t femto_record_bytes = 6;
static_assert(sizeof(FemtoRecord) == femto_record_bytes);

struct [[gnu::packed]] ImageRecord {
    std::uint16_t slot{};
    std::uint16_t name_offset{};  // In the section; the first is also where the records end.
};
inline constexpr std::size_t image_record_bytes = 4;
static_assert(sizeof(ImageRecord) == image_record_bytes);

struct [[gnu::packed]] RightsRecord {
    std::uint32_t run_budget_instructions{};
    std::uint32_t second_budget_instructions{};
    std::uint32_t map_bytes{};
    std::uint16_t helper_count{};
    std::uint8_t engine{};   // EngineWish
    std::uint8_t restart{};  // RestartWish
    // helper_count ids follow, u16 each, ascending.
};
inline constexpr std::size_t rights_record_bytes = 16;
static_assert(sizeof(RightsRecord) == rights_record_bytes);

struct [[gnu::packed]] CallRecord {
    std::uint32_t call_offset{};      // Bytes in text.
    std::uint32_t function_offset{};  // Bytes in text.
};
inline constexpr std::size_t call_record_bytes = 8;
static_assert(sizeof(CallRecord) == call_record_bytes);

}  // namespace mbpf::program
