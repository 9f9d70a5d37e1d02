// SPDX-License-Identifier: MIT
#include "mbpf/program/refusal.hpp"

namespace mbpf::program {

void Refusable::note(Fault fault, std::size_t found, std::size_t allowed) {
    error_ = {fault, error_.where, std::uint32_t(found), std::uint32_t(allowed)};
}

void Refusable::note(Fault fault, std::size_t found) { note(fault, found, 0); }

bool Refusable::reaches(std::size_t bytes, std::size_t needed) {
    if (bytes >= needed) {
        return true;
    }
    come_to(bytes);
    return refuse(Fault::Truncated, bytes, needed);
}

bool Refusable::is_aligned(void const* memory, std::size_t alignment) {
    std::size_t const misaligned = address_of(memory) & (alignment - 1);
    return misaligned == 0 || refuse(Fault::AddressNotAligned, misaligned, alignment);
}

}  // namespace mbpf::program
