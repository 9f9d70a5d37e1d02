// SPDX-License-Identifier: MIT
// A Fault or a Trap of a certain program, as a Problem: with the instruction, the C line, and the
// numbers put into words.
#pragma once

#include <string>

#include "mbpf/machine/machine.hpp"
#include "runner/runner.hpp"
#include "toolkit/problem.hpp"

namespace mbpf::toolkit::explain {

// The program that a problem is about. Pointers may be null while there is nothing to point to.
struct Subject {
    std::string path;
    program::Program const* program{};
    source::SourceMap const* map{};
};

[[nodiscard]] Problem describe(Error const& error, Subject const& subject);

// What is known of a trap when the run is not at hand: it happened on a device.
[[nodiscard]] Problem describe_report(machine::TrapReport const& report, Subject const& subject);

// `request` and `reply` are those of the run that trapped.
[[nodiscard]] Problem describe_trap(runner::Request const& request, runner::Reply const& reply,
                                    Subject const& subject);

}  // namespace mbpf::toolkit::explain
