// SPDX-License-Identifier: MIT
// The hooks of an image, read in place (SPEC.md, "Image").
#pragma once

#include <cstdint>
#include <string_view>

#include "mbpf/base/base.hpp"
#include "mbpf/program/program.hpp"

namespace mbpf::container {

using HookKind = program::HookRecord::Kind;

[[nodiscard]] constexpr bool has_path(HookKind kind) {
    return kind == HookKind::Request || kind == HookKind::CoapPacket;
}

class Hooks {
public:
    Hooks() = default;

    // Fault::HookMalformed: an unknown kind, an entry that is not there, a path without end or with
    // characters that have no place in one, a period of 0, or too many hooks.
    [[nodiscard]] static Result<Hooks> read(program::Program const& program);

    [[nodiscard]] std::uint32_t size() const { return count_; }
    [[nodiscard]] program::HookRecord at(std::uint32_t index) const {
        return load<program::HookRecord>(
            section_, program::hooks_header_bytes + index * program::hook_record_bytes);
    }
    // Of a hook that has one, without a leading slash.
    [[nodiscard]] std::string_view path(program::HookRecord const& hook) const;

private:
    explicit Hooks(Bytes section, std::uint32_t count) : section_{section}, count_{count} {}
    [[nodiscard]] bool is_good(program::HookRecord const& hook, std::uint32_t entries) const;

    Bytes section_;
    std::uint32_t count_ = 0;
};

}  // namespace mbpf::container
