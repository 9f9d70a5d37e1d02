// SPDX-License-Identifier: MIT
// What lies in the objects of the C interface, and how the core's types become C's.
#pragma once

#include <new>
#include <string_view>

#include "include/mbpf_program.h"
#include "mbpf/jit/jit.hpp"
#include "mbpf/maps/maps.hpp"

namespace mbpf::capi {

// Memory of C as the T that lies in it, and back.
template <class T>
[[nodiscard]] inline T* as(void* object) {
    return static_cast<T*>(object);
}
template <class T>
[[nodiscard]] inline T const* as(void const* object) {
    return static_cast<T const*>(object);
}
template <class T, class Memory>
inline constexpr bool fits_object = sizeof(T) <= sizeof(Memory) && alignof(T) <= alignof(Memory);

// In an mbpf_program_t. Zeroed memory is Closed.
struct ProgramObject {
    enum class State : std::uint8_t { Closed = 0, Open = 1, Verified = 2 };

    union {
        program::Program program;            // Open
        verifier::VerifiedProgram verified;  // Verified
    };
    State state;

    [[nodiscard]] bool is_open() const { return state != State::Closed; }
    [[nodiscard]] bool is_verified() const { return state == State::Verified; }
    // Of one that is open.
    [[nodiscard]] program::Program const& view() const {
        return is_verified() ? verified.program() : program;
    }
};
static_assert(fits_object<ProgramObject, mbpf_program_t>);

// In an mbpf_instance_t. Zeroed memory has no program: it is not prepared.
struct InstanceObject {
    machine::Instance instance;
    ProgramObject const* program;

    [[nodiscard]] bool is_prepared() const { return program != nullptr && program->is_verified(); }
};
static_assert(fits_object<InstanceObject, mbpf_instance_t>);
static_assert(sizeof(void*) != 4 || sizeof(mbpf_program_t) + sizeof(mbpf_instance_t) == 280,
              "README.md says so");

// In an mbpf_code_t.
struct CodeObject {
    jit::Code code;
    // What its instance had when it was compiled: code has these addresses in it.
    std::uintptr_t own_base;
    std::size_t own_bytes;
    std::uintptr_t rodata_base;

    explicit CodeObject(jit::Code const& made)
        : code{made},
          own_base{made.instance->own().base},
          own_bytes{made.instance->own().bytes},
          rodata_base{made.instance->rodata().base} {}

    // Whether it was made of the program of this prepared instance, where that lies now.
    [[nodiscard]] bool is_of(InstanceObject const& object) const {
        machine::Instance const& instance = object.instance;
        return code.instance == &instance &&
               code.text == object.program->view().text.bytes().data() &&
               own_base == instance.own().base && own_bytes == instance.own().bytes &&
               rodata_base == instance.rodata().base;
    }
};
static_assert(fits_object<CodeObject, mbpf_code_t>);

// The maps of a prepared instance, where they lie. Faults: EntryNotVerified if it is none, and
// those of MapSet::read().
[[nodiscard]] inline Result<maps::MapSet> maps_of(InstanceObject& object) {
    if (!object.is_prepared()) {
        return Error{Fault::EntryNotVerified};
    }
    program::Program const& program = object.program->view();
    Result<maps::MapSet> const read = maps::MapSet::read(program);
    if (!read.has_value()) {
        return read.error();
    }
    maps::MapSet maps = *read;
    maps.place(program, pointer_to(object.instance.data_address()));
    return maps;
}

[[nodiscard]] inline Bytes bytes_of(void const* memory, std::size_t size) {
    return {static_cast<std::byte const*>(memory), size};
}
[[nodiscard]] inline WritableBytes writable_of(void* memory, std::size_t size) {
    return {static_cast<std::byte*>(memory), size};
}
// Of a string that may be NULL.
[[nodiscard]] inline std::string_view text_of(char const* text) {
    std::size_t size = 0;
    while (text != nullptr && text[size] != '\0') {
        ++size;
    }
    return {text, size};
}
// Copies what fits with a NUL; returns the length of all of it.
inline std::size_t copy_text(std::string_view text, char* room, std::size_t bytes) {
    std::size_t const fitting = text.size() < bytes ? text.size() : bytes - 1;
    if (bytes != 0) {
        if (fitting != 0) {
            __builtin_memcpy(room, text.data(), fitting);
        }
        room[fitting] = '\0';
    }
    return text.size();
}

[[nodiscard]] inline machine::HelperTable table_of(mbpf_helpers_t const& helpers) {
    return {as<machine::Helper>(helpers.helpers), helpers.index_by_id};
}

// The range, with what the program may do with it.
[[nodiscard]] inline machine::Region region_of(void const* memory, std::uint32_t bytes,
                                               mbpf_access_t access) {
    return {address_of(memory), bytes, machine::Permission(std::uint8_t(access))};
}

// The end of every function that can fail.
mbpf_fault_t report(mbpf_error_t* to, Error const& error);
[[nodiscard]] inline mbpf_fault_t report(mbpf_error_t* to, Result<void> const& result) {
    return report(to, result.has_value() ? Error{} : result.error());
}

void report(mbpf_outcome_t& to, machine::Outcome const& outcome);

// A run that was stopped before its first instruction.
[[nodiscard]] inline machine::Outcome stopped_at(Pc entry) {
    return {{machine::Trap::Stopped, 0, entry, 0}, 0, 0};
}

}  // namespace mbpf::capi
