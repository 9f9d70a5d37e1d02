// SPDX-License-Identifier: MIT
// How far below r10 a program reaches, so that a local call moves r10 by no more than needed.
//
// Compilers address the stack as [r10 - k], or copy r10 and add -k to the copy. Any other use of
// r10 hides how far it reaches: then a frame has the full config::max_frame_bytes. Too small a
// frame would make a program overwrite its own caller's variables, never leave its memory.
#pragma once

#include <cstdint>

#include "mbpf/isa/isa.hpp"
#include "mbpf/machine/machine.hpp"
#include "mbpf/verifier/field_rules.hpp"

namespace mbpf::verifier {

class FrameScan {
public:
    // Looks at the next instruction in slot order.
    void add(isa::Slot slot, isa::Shape shape, Fields fields);

    // Bytes below r10 that the instructions so far reach; more than a frame may have if one of
    // them reaches too far.
    [[nodiscard]] std::uint32_t bytes() const { return bytes_; }

private:
    static constexpr std::uint8_t none = 0xff;

    [[nodiscard]] bool is_frame_pointer(std::uint8_t reg) const {
        return reg == isa::frame_pointer || reg == copy_;
    }
    void reach(std::int32_t offset) {
        std::uint32_t const below = 0u - std::uint32_t(offset);
        bytes_ = offset < 0 && below > bytes_ ? below : bytes_;
    }
    void escape_unless(bool followed) {
        if (!followed) {
            reach(-std::int32_t(config::max_frame_bytes));
            copy_ = none;
        }
    }

    std::uint32_t bytes_ = 0;
    std::uint8_t copy_ = none;  // The register that equals r10 here. A second one is an escape.
};

}  // namespace mbpf::verifier
