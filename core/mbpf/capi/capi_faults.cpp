// SPDX-License-Identifier: MIT
// Faults and traps: the numbers of C are those of the core, and have names.
#include "mbpf/capi/objects.hpp"

namespace mbpf::capi {

namespace {

struct Name {
    std::uint8_t number{};
    char const* text{};
};

template <Fault core, std::uint32_t number>
consteval Name name_of(char const* text) {
    static_assert(std::uint32_t(core) == number, "fault.hpp and mbpf_fault.h differ");
    return {std::uint8_t(number), text};
}

#define MBPF_FAULT_ROW(number, constant, name) name_of<Fault::name, number>(#name),
constexpr Name fault_names[] = {MBPF_FAULTS(MBPF_FAULT_ROW)};
#undef MBPF_FAULT_ROW

constexpr char const* trap_names[] = {"None",         "OutOfBudget", "LoadOutside",
                                      "StoreOutside", "CallTooDeep", "HelperArgument",
                                      "HelperFailed", "Stopped",     "Illegal"};
static_assert(std::size(trap_names) == std::size_t(machine::Trap::Illegal) + 1);
static_assert(MBPF_TRAP_ILLEGAL == int(machine::Trap::Illegal));

constexpr char const* unknown = "?";

}  // namespace

mbpf_fault_t report(mbpf_error_t* to, Error const& error) {
    if (to != nullptr) {
        *to = {std::uint32_t(error.fault), error.where, error.found, error.allowed};
    }
    return mbpf_fault_t(error.fault);
}

void report(mbpf_outcome_t& to, machine::Outcome const& outcome) {
    to.result = outcome.result;
    to.address = outcome.report.address;
    to.pc = outcome.report.pc.slot;
    to.instructions = outcome.instructions;
    to.trap = std::uint8_t(outcome.report.trap);
    to.bytes = outcome.report.bytes;
}

extern "C" {

char const* mbpf_fault_name(std::uint32_t fault) {
    for (Name const& name : fault_names) {
        if (name.number == fault) {
            return name.text;
        }
    }
    return unknown;
}

char const* mbpf_trap_name(std::uint32_t trap) {
    return trap < std::size(trap_names) ? trap_names[trap] : unknown;
}

}  // extern "C"

}  // namespace mbpf::capi
