// SPDX-License-Identifier: MIT
// Mutations that keep slots whole: blind ones shift every instruction behind them, and what comes
// out is nearly always refused at its first slot.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>

#include "mbpf/isa/isa.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace mbpf::fuzz {

// The first slot holds parameters of the fuzzer, the others are the text.
inline std::size_t mutate_slots(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                unsigned seed) {
    std::minstd_rand random{seed};
    std::size_t const slots = size / slot_bytes;
    if (slots < 2 || random() % 4 == 0) {
        return LLVMFuzzerMutate(data, size, max_size);
    }
    std::uint8_t* const at = data + (1 + random() % (slots - 1)) * slot_bytes;
    std::uint8_t* const end = data + slots * slot_bytes;
    switch (random() % 7) {
        case 0:  // a known opcode
            at[0] = isa::opcodes[random() % isa::opcodes.size()].opcode;
            break;
        case 1:  // registers
            at[1] = std::uint8_t(random() % 11 | random() % 11 << 4);
            break;
        case 2:  // a short way to go
            at[2] = std::uint8_t(random() % 16 - 8);
            at[3] = at[2] < 128 ? 0 : 0xff;
            break;
        case 3: {  // a number at the edge
            constexpr std::array<std::uint32_t, 12> edges{
                0, 1, 8, 16, 32, 64, 0xe1, 0xf1, 0x7fff'ffff, 0x8000'0000, 0xffff'ffff, 200};
            std::uint32_t const value = edges[random() % edges.size()];
            std::memcpy(at + 4, &value, sizeof value);
            break;
        }
        case 4:  // one slot twice
            if (size + slot_bytes <= max_size) {
                std::memmove(at + slot_bytes, at, std::size_t(end - at));
                return slots * slot_bytes + slot_bytes;
            }
            break;
        case 5:  // one slot less
            std::memmove(at, at + slot_bytes, std::size_t(end - at) - slot_bytes);
            return slots * slot_bytes - slot_bytes;
        default: {  // no immediate, or no offset: what most instructions must not have
            bool const clears_imm = random() % 2 == 0;
            std::memset(at + (clears_imm ? 4 : 2), 0, clears_imm ? 4 : 2);
            break;
        }
    }
    return slots * slot_bytes;
}

}  // namespace mbpf::fuzz
