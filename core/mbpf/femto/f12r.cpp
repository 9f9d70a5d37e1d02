// SPDX-License-Identifier: MIT
// Containers of Femto-Containers on this engine.
#include "mbpf/femto/machine.hpp"

namespace mbpf::femto {

namespace {

using machine::Access;
using machine::Instance;

// One helper for all ids: which function is meant is asked when it is called. The machine has
// checked none of its arguments.
std::uint64_t call_external(Instance& instance, std::uint64_t const* args) {
    f12r_call_t const function = f12r_get_external_call(instance.called().number);
    if (function == nullptr) {  // It was there when the program was verified.
        instance.fail_helper();
        return 0;
    }
    std::uint64_t registers[isa::register_count]{};
    __builtin_memcpy(registers + 1, args, config::max_helper_args * sizeof *args);
    return function(static_cast<f12r_t*>(instance.environment()), registers);
}

constexpr machine::Helper external{.call = &call_external, .gate = machine::Helper::Gate::Fallible};

constexpr auto index_by_id = [] {
    std::array<std::uint8_t, config::max_helper_id + 1> all{};
    all.fill(1);
    return all;
}();

constexpr machine::HelperTable externals{&external,
                                         config::is_smallest ? nullptr : index_by_id.data()};

// Whether there is a function for each number that the program calls.
[[nodiscard]] bool has_functions(isa::Text text) {
    bool all = true;
    for (std::uint32_t slot = 0; slot < text.slots(); ++slot) {
        isa::Slot const call = text[Pc{slot}];
        bool const is_external =
            call.opcode() == std::uint8_t(isa::Opcode::Call) && call.src() == 0;
        all = all && !(is_external && f12r_get_external_call(call.high) == nullptr);
    }
    return all;
}

// All of the stack is the program's, not only what the verifier saw it use. (One that has functions
// gets what they need.) Its end is 16-aligned where that leaves as much as the program is known to
// use.
[[nodiscard]] Result<void> prepare(Instance& instance, verifier::VerifiedProgram const& verified,
                                   WritableBytes memory) {
    constexpr std::uintptr_t most = 0xfff0;
    machine::StackPlan plan = verified.plan();
    std::uintptr_t const start = address_of(memory.data());
    std::uintptr_t const data = verified.program().writable_bytes();
    std::uintptr_t const end = start + (memory.size() > data ? memory.size() - data : 0);
    std::uint32_t const used = plan.saved_bytes() + plan.stack_bytes();
    bool const is_enough =
        !config::is_smallest && align_down(end, machine::stack_alignment) >= start + used;
    std::uint32_t const alignment =
        is_enough ? machine::stack_alignment : machine::memory_alignment;
    std::uintptr_t const left = align_down(end, alignment) - start;
    if (plan.depth == 1 && left > used) {
        plan.frame_bytes = std::uint16_t(left < most ? left : most);
    }
    return instance.prepare(verified.program(), plan, memory, externals, alignment);
}

[[nodiscard]] int set_up(f12r_t* container) {
    auto const* const image =
        static_cast<std::byte const*>(static_cast<void const*>(container->application));
    Result<program::Program> const opened =
        program::open_femto({image, container->application_len});
    if (!opened.has_value()) {
        return error_of(opened.error().fault);
    }
    verifier::Policy policy;
    policy.granted = machine::HelperSet::all();
    Result<verifier::VerifiedProgram> const verified = verifier::verify(*opened, externals, policy);
    if (!verified.has_value()) {
        return error_of(verified.error().fault);
    }
    if (!has_functions(verified->text())) {
        return FC_ILLEGAL_CALL;
    }
    Machine& machine = *new (&container->machine) Machine{*verified, {}};
    auto* const stack = static_cast<std::byte*>(static_cast<void*>(container->stack));
    Result<void> const prepared =
        prepare(machine.instance, *verified, {stack, container->stack_size});
    machine.instance.set_environment(container);
    return error_of(prepared.has_value() ? Fault::None : prepared.error().fault);
}

// A region, if it can be one of the machine's.
[[nodiscard]] bool lend(Instance& instance, f12r_mem_region_t const& region) {
    std::uint8_t const access = region.flag & (FC_MEM_REGION_READ | FC_MEM_REGION_WRITE);
    return access == 0 || (region.len <= 0xffff'ffff &&
                           instance.lend_next({address_of(region.start), std::uint32_t(region.len),
                                               machine::Permission(access)}) == Fault::None);
}

// Anew for each run: the caller may have changed what is linked. The context comes first.
[[nodiscard]] bool lend_all(f12r_t const* container, Instance& instance) {
    std::uint32_t left = 1 + F12R_MAX_REGIONS;
    instance.start_over();
    for (f12r_mem_region_t const* region = &container->arg_region; region != nullptr;
         region = region->next) {
        if (left-- == 0 || !lend(instance, *region)) {
            return false;
        }
    }
    return true;
}

[[nodiscard]] int interpret(f12r_t* container, std::int64_t* result) {
    Machine& machine = machine_of(container);
    machine::Outcome const outcome = interpreter::run(machine.verified, machine.instance, Pc{0},
                                                      Branches{FEMTO_CONTAINER_BRANCHES_ALLOWED});
    container->branches_remaining = FEMTO_CONTAINER_BRANCHES_ALLOWED - outcome.instructions;
    return finish(outcome, result);
}

[[nodiscard]] bool is_ready(f12r_t const* container) {
    return container->status == FC_OK && (container->flags & FC_FLAG_SETUP_DONE) != 0;
}

[[nodiscard]] int allowed(f12r_t const* container, void* address, std::size_t size, Access access) {
    bool const is_there = is_ready(container) && size <= 0xffff'ffff;
    return is_there && machine_of(container).instance.regions().find(
                           address_of(address), std::uint32_t(size), access) != nullptr
               ? 0
               : -1;
}

[[nodiscard]] program::Program const* program_of(f12r_t const* container) {
    return is_ready(container) ? &machine_of(container).verified.program() : nullptr;
}

[[nodiscard]] void* start_of(Bytes bytes) { return pointer_to(address_of(bytes.data())); }

}  // namespace

extern "C" {

[[gnu::weak]] f12r_call_t f12r_get_external_call(std::uint32_t /*number*/) { return nullptr; }

void f12r_init(void) {}

void f12r_setup(f12r_t* container) {
    container->flags = std::uint16_t(container->flags & ~FC_FLAG_PREFLIGHT_DONE);
    container->arg_region.next = nullptr;
    container->engine = nullptr;
    container->branches_remaining = FEMTO_CONTAINER_BRANCHES_ALLOWED;
    container->status = std::int16_t(set_up(container));
    container->flags = std::uint16_t(container->flags | FC_FLAG_SETUP_DONE |
                                     (container->status == FC_OK ? FC_FLAG_PREFLIGHT_DONE : 0));
}

int f12r_verify_preflight(f12r_t* container) {
    if ((container->flags & FC_FLAG_SETUP_DONE) == 0) {
        f12r_setup(container);
    }
    return container->status;
}

int f12r_execute(f12r_t* container, void* ctx, std::size_t /*ctx_size*/, std::int64_t* result) {
    return f12r_execute_ctx(container, ctx, 0, result);
}

int f12r_execute_ctx(f12r_t* container, void* ctx, std::size_t ctx_size, std::int64_t* result) {
    if (!is_ready(container)) {
        if (int const status = f12r_verify_preflight(container); status != FC_OK) {
            return status;
        }
    }
    container->arg_region.start = static_cast<std::uint8_t const*>(ctx);
    container->arg_region.len = ctx_size;
    container->arg_region.flag = FC_MEM_REGION_READ | FC_MEM_REGION_WRITE;
    if (!lend_all(container, machine_of(container).instance)) {
        return FC_ILLEGAL_MEM;
    }
    return container->engine != nullptr ? container->engine(container, result)
                                        : interpret(container, result);
}

void f12r_add_region(f12r_t* container, f12r_mem_region_t* region, void* start, std::size_t len,
                     std::uint8_t flags) {
    region->start = static_cast<std::uint8_t const*>(start);
    region->len = len;
    region->flag = flags;
    for (f12r_mem_region_t const* other = container->arg_region.next; other != nullptr;
         other = other->next) {
        if (other == region) {
            return;
        }
    }
    region->next = container->arg_region.next;
    container->arg_region.next = region;
}

int f12r_store_allowed(f12r_t const* container, void* addr, std::size_t size) {
    return allowed(container, addr, size, Access::Write);
}

int f12r_load_allowed(f12r_t const* container, void* addr, std::size_t size) {
    return allowed(container, addr, size, Access::Read);
}

void const* f12r_header(f12r_t const* container) {
    return program_of(container) != nullptr ? container->application : nullptr;
}

void* f12r_rodata(f12r_t const* container) {
    program::Program const* const program = program_of(container);
    return program != nullptr ? start_of(program->rodata) : nullptr;
}

void* f12r_data(f12r_t const* container) {
    return program_of(container) != nullptr
               ? pointer_to(machine_of(container).instance.data_address())
               : nullptr;
}

void* f12r_text(f12r_t const* container) {
    program::Program const* const program = program_of(container);
    return program != nullptr ? start_of(program->text.bytes()) : nullptr;
}

std::size_t f12r_text_len(f12r_t const* container) {
    program::Program const* const program = program_of(container);
    return program != nullptr ? program->text.bytes().size() : 0;
}

}  // extern "C"

}  // namespace mbpf::femto
