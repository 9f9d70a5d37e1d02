// SPDX-License-Identifier: MIT
// What lies in an f12r_t, and the error numbers.
#pragma once

#include <new>

#include "include/f12r.h"
#include "mbpf/interpreter/interpreter.hpp"

namespace mbpf::femto {

// Of a container whose image was accepted.
struct Machine {
    verifier::VerifiedProgram verified;
    machine::Instance instance;
};
static_assert(sizeof(Machine) <= sizeof(f12r_t::machine) &&
              alignof(Machine) <= alignof(decltype(f12r_t::machine)));

[[nodiscard]] inline Machine& machine_of(f12r_t* container) {
    return *static_cast<Machine*>(static_cast<void*>(&container->machine));
}
[[nodiscard]] inline Machine const& machine_of(f12r_t const* container) {
    return *static_cast<Machine const*>(static_cast<void const*>(&container->machine));
}

// The error number of what is wrong with an image, or of how a run ended.
[[nodiscard]] int error_of(Fault fault);
[[nodiscard]] int error_of(machine::Trap trap);

// What f12r_execute_ctx() answers after a run.
[[nodiscard]] inline int finish(machine::Outcome const& outcome, std::int64_t* result) {
    *result = std::int64_t(outcome.result);
    return outcome.report.trap == machine::Trap::None ? FC_OK : error_of(outcome.report.trap);
}

}  // namespace mbpf::femto
