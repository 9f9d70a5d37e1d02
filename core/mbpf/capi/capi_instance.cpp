// SPDX-License-Identifier: MIT
// A verified program with memory, and its runs in the interpreter.
#include "mbpf/capi/objects.hpp"

namespace mbpf::capi {

extern "C" {

std::uint32_t mbpf_memory_bytes(mbpf_program_t const* program) {
    ProgramObject const& object = *as<ProgramObject>(program);
    return object.is_verified() ? machine::memory_bytes(object.view(), object.verified.plan()) : 0;
}

mbpf_fault_t mbpf_prepare(mbpf_instance_t* instance, mbpf_program_t const* program, void* memory,
                          std::size_t memory_size, mbpf_helpers_t const* helpers,
                          mbpf_error_t* error) {
    InstanceObject& object = *as<InstanceObject>(instance);
    ProgramObject const& verified = *as<ProgramObject>(program);
    object.program = nullptr;
    if (!verified.is_verified()) {
        return report(error, Error{Fault::EntryNotVerified});
    }
    new (&object.instance) machine::Instance{};
    Result<void> const prepared =
        object.instance.prepare(verified.view(), verified.verified.plan(),
                                writable_of(memory, memory_size), table_of(*helpers));
    object.program = prepared.has_value() ? &verified : nullptr;
    return report(error, prepared);
}

mbpf_fault_t mbpf_set_context(mbpf_instance_t* instance, void const* context, std::uint32_t bytes,
                              mbpf_access_t access, mbpf_error_t* error) {
    return report(error, as<InstanceObject>(instance)->instance.set_context(
                             region_of(context, bytes, access)));
}

mbpf_fault_t mbpf_lend(mbpf_instance_t* instance, void const* memory, std::uint32_t bytes,
                       mbpf_access_t access, mbpf_error_t* error) {
    return report(error,
                  as<InstanceObject>(instance)->instance.lend(region_of(memory, bytes, access)));
}

void mbpf_take_back(mbpf_instance_t* instance) {
    as<InstanceObject>(instance)->instance.take_back();
}

void mbpf_attach_own(mbpf_instance_t* instance, void* anything) {
    as<InstanceObject>(instance)->instance.set_environment(anything);
}

void mbpf_set_breather(mbpf_instance_t* instance, void (*breathe)(void* context), void* context) {
    as<InstanceObject>(instance)->instance.set_breather(breathe, context);
}

void mbpf_stop(mbpf_instance_t* instance) { as<InstanceObject>(instance)->instance.request_stop(); }

void mbpf_clear_stop(mbpf_instance_t* instance) {
    as<InstanceObject>(instance)->instance.clear_stop();
}

mbpf_fault_t mbpf_run(mbpf_instance_t* instance, std::uint32_t entry, std::uint32_t budget,
                      mbpf_outcome_t* outcome, mbpf_error_t* error) {
    InstanceObject& object = *as<InstanceObject>(instance);
    if (!object.is_prepared() || entry >= object.program->view().entries.size()) {
        return report(error, Error{Fault::EntryNotVerified, entry});
    }
    verifier::VerifiedProgram const& program = object.program->verified;
    Pc const start = program.program().entries.at(entry).pc;
    report(*outcome, object.instance.stop_requested()
                         ? stopped_at(start)
                         : interpreter::run(program, object.instance, start, Budget{budget}));
    return report(error, Error{});
}

}  // extern "C"

}  // namespace mbpf::capi
