// SPDX-License-Identifier: MIT
// Programs as code of the core.
#include "mbpf/capi/objects.hpp"

namespace mbpf::capi {

namespace {

// Whether there is something to compile, with memory that it can be done in.
[[nodiscard]] Result<void> check(InstanceObject const& object, void const* code,
                                 void const* workspace) {
    if (!object.is_prepared()) {
        return Error{Fault::EntryNotVerified};
    }
    std::uintptr_t const beyond = (address_of(code) | address_of(workspace)) % 8;
    if (beyond != 0) {
        return Error{Fault::AddressNotAligned, 0, std::uint32_t(beyond), 8};
    }
    return {};
}

}  // namespace

extern "C" {

int mbpf_can_run_code(void) { return jit::is_native ? 1 : 0; }

std::size_t mbpf_workspace_bytes(mbpf_program_t const* program) {
    return jit::scratch_bytes(mbpf_program_slots(program));
}

mbpf_fault_t mbpf_code_bytes(mbpf_instance_t* instance, void* workspace, std::size_t workspace_size,
                             std::size_t* bytes, mbpf_error_t* error) {
    InstanceObject& object = *as<InstanceObject>(instance);
    *bytes = 0;
    if (Result<void> const checked = check(object, nullptr, workspace); !checked.has_value()) {
        return report(error, checked);
    }
    // Compiles into nothing. What it complains about then is the code if it found none of it, and
    // the workspace otherwise: that always has some.
    Result<jit::Code> const code = jit::compile(object.program->verified, object.instance, {},
                                                writable_of(workspace, workspace_size));
    bool const is_for_code = !code.has_value() && code.error().fault == Fault::MemoryTooSmall &&
                             code.error().found == 0 && workspace_size != 0;
    *bytes = is_for_code ? code.error().allowed : 0;
    return report(error, is_for_code ? Error{} : code.error());
}

mbpf_fault_t mbpf_compile(mbpf_code_t* code, mbpf_instance_t* instance,
                          mbpf_code_memory_t const* memory, void* workspace,
                          std::size_t workspace_size, std::size_t* used, mbpf_error_t* error) {
    InstanceObject& object = *as<InstanceObject>(instance);
    __builtin_memset(code, 0, sizeof *code);
    if (used != nullptr) {
        *used = 0;
    }
    if (Result<void> const checked = check(object, memory->memory, workspace);
        !checked.has_value()) {
        return report(error, checked);
    }
    if (memory->open != nullptr) {
        memory->open(memory->context);
    }
    Result<jit::Code> const made = jit::compile(object.program->verified, object.instance,
                                                writable_of(memory->memory, memory->bytes),
                                                writable_of(workspace, workspace_size));
    std::size_t const size = made.has_value() ? made->memory.size() : 0;
    if (memory->seal != nullptr) {
        memory->seal(memory->context, memory->memory, size);
    }
    if (!made.has_value()) {
        return report(error, made.error());
    }
    new (static_cast<void*>(code)) CodeObject{*made};
    if (used != nullptr) {
        *used = align_up(size, 8);
    }
    return report(error, Error{});
}

mbpf_fault_t mbpf_run_code(mbpf_code_t const* code, mbpf_instance_t* instance, std::uint32_t entry,
                           std::uint32_t budget, mbpf_outcome_t* outcome, mbpf_error_t* error) {
    InstanceObject& object = *as<InstanceObject>(instance);
    CodeObject const& compiled = *as<CodeObject>(code);
    if (!jit::is_native) {
        return report(error, Error{Fault::EngineUnavailable});
    }
    if (!object.is_prepared() || !compiled.is_of(object) ||
        entry >= object.program->view().entries.size()) {
        return report(error, Error{Fault::EntryNotVerified, entry});
    }
    verifier::VerifiedProgram const& program = object.program->verified;
    report(*outcome,
           object.instance.stop_requested()
               ? stopped_at(program.program().entries.at(entry).pc)
               : jit::run(compiled.code, program, object.instance, entry, Budget{budget}));
    return report(error, Error{});
}

}  // extern "C"

}  // namespace mbpf::capi
