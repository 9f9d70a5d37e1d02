// SPDX-License-Identifier: MIT
// Containers as code of the core: apart, so that who does not compile does not link a compiler.
#include "mbpf/femto/machine.hpp"
#include "mbpf/jit/jit.hpp"

namespace mbpf::femto {

namespace {

// Every stretch between two taken branches is shorter than the text: what so many branches lead to
// is never stopped too early, and what goes on for ever is.
[[nodiscard]] Budget budget_of(isa::Text text) {
    constexpr std::uint32_t stretches = FEMTO_CONTAINER_BRANCHES_ALLOWED + 1;
    std::uint32_t const slots = text.slots();
    return {slots < 0xffff'ffff / stretches ? slots * stretches : 0xffff'ffff};
}

// What lies at the start of the caller's memory, the code behind it.
struct Compiled {
    jit::Code code;
    Budget budget;
};

int run_code(f12r_t* container, std::int64_t* result) {
    Machine& machine = machine_of(container);
    auto const& compiled = *static_cast<Compiled const*>(container->code);
    machine::Outcome const outcome =
        jit::run(compiled.code, machine.verified, machine.instance, 0, compiled.budget);
    return finish(outcome, result);
}

}  // namespace

extern "C" std::size_t f12r_compile(f12r_t* container, void* code, std::size_t code_size,
                                    void* workspace, std::size_t workspace_size) {
    constexpr std::size_t head = align_up(sizeof(Compiled), 8);
    container->engine = nullptr;
    if (!jit::is_native || code_size < head || f12r_verify_preflight(container) != FC_OK) {
        return 0;
    }
    Machine& machine = machine_of(container);
    std::byte* const memory = static_cast<std::byte*>(code);
    Result<jit::Code> const made =
        jit::compile(machine.verified, machine.instance, {memory + head, code_size - head},
                     {static_cast<std::byte*>(workspace), workspace_size});
    if (!made.has_value()) {
        return 0;
    }
    container->code = new (code) Compiled{*made, budget_of(machine.verified.text())};
    container->engine = &run_code;
    return align_up(head + made->memory.size(), 8);
}

}  // namespace mbpf::femto
