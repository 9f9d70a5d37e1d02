// SPDX-License-Identifier: MIT
// How far below r10 a program reaches, so that a local call moves r10 by no more than needed, and a
// program has no more stack than it uses.
//
// Compilers address the stack as [r10 - k], or lower a copy of r10 by a constant, through which
// they load and store or which they pass to a helper. That is followed, up to the next jump. A copy
// that is used in any other way may point anywhere in the frame: then it has
// config::max_frame_bytes. (Too small a frame would let a program overwrite its own caller's
// variables, or trap; it could not leave its memory.)
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/isa/isa.hpp"
#include "mbpf/machine/machine.hpp"
#include "mbpf/verifier/field_rules.hpp"

namespace mbpf::verifier {

class FrameScan {
public:
    // Looks at the next instruction in slot order.
    void add(isa::Slot const& slot, isa::Shape shape, Fields fields);

    // Bytes below r10 that the instructions so far reach; more than a frame may have if one of
    // them reaches too far.
    [[nodiscard]] std::uint32_t bytes() const { return 0u - std::uint32_t(lowest_); }

private:
    static constexpr std::uint32_t only_itself = 1u << isa::frame_pointer;

    [[nodiscard]] bool is_copy(std::uint32_t reg) const { return (copies_ >> reg & 1) != 0; }
    void reach(std::int32_t distance) { lowest_ = distance < lowest_ ? distance : lowest_; }
    void escape() { reach(-std::int32_t(config::max_frame_bytes)); }

    std::int32_t lowest_ = 0;
    std::uint32_t copies_ = only_itself;  // Registers that are copies of r10, as bits.
    // From r10 down to what each of them points to.
    std::array<std::int32_t, isa::register_count> distance_{};
};

}  // namespace mbpf::verifier
