// SPDX-License-Identifier: MIT
// Bytes to a program, and a program to one that may run.
#include "mbpf/capi/objects.hpp"

namespace mbpf::capi {

namespace {

using State = ProgramObject::State;

mbpf_fault_t keep(mbpf_program_t* to, Result<program::Program> const& opened, mbpf_error_t* error) {
    ProgramObject& object = *as<ProgramObject>(to);
    object.state = State::Closed;
    if (!opened.has_value()) {
        return report(error, opened.error());
    }
    new (&object.program) program::Program{*opened};
    object.state = State::Open;
    return report(error, Error{});
}

verifier::Policy policy_of(mbpf_policy_t const& from) {
    verifier::Policy policy;
    for (std::uint32_t id = 0; id < MBPF_HELPER_IDS; ++id) {
        if ((from.granted[id / 32] >> (id % 32) & 1) != 0) {
            policy.granted.add(HelperId{id});
        }
    }
    policy.max_stack_bytes = from.max_stack_bytes;
    policy.max_call_depth = from.max_call_depth;
    policy.recursion = (from.flags & MBPF_ALLOW_RECURSION) != 0 ? verifier::Recursion::Allowed
                                                                : verifier::Recursion::Refused;
    return policy;
}

Result<void> check_dead_code(verifier::VerifiedProgram const& verified, mbpf_policy_t const& policy,
                             WritableBytes scratch) {
    return (policy.flags & MBPF_REFUSE_DEAD_CODE) != 0
               ? verifier::refuse_dead_code(verified, scratch)
               : Result<void>{};
}

}  // namespace

extern "C" {

mbpf_fault_t mbpf_open(mbpf_program_t* program, void const* bytes, std::size_t size,
                       mbpf_format_t format, mbpf_error_t* error) {
    Bytes const input = bytes_of(bytes, size);
    Result<program::Format> const found = format == MBPF_FORMAT_ANY
                                              ? program::detect(input)
                                              : Result<program::Format>{program::Format(format)};
    bool const is_known = found.has_value() && *found <= program::Format::Image;
    return keep(program,
                is_known ? program::open(input, *found)
                         : Result<program::Program>{Error{Fault::FormatUnknown}},
                error);
}

mbpf_fault_t mbpf_open_image(mbpf_program_t* program, void const* bytes, std::size_t size,
                             mbpf_error_t* error) {
    return keep(program, program::open_image(bytes_of(bytes, size)), error);
}

mbpf_fault_t mbpf_open_femto(mbpf_program_t* program, void const* bytes, std::size_t size,
                             mbpf_error_t* error) {
    return keep(program, program::open_femto(bytes_of(bytes, size)), error);
}

mbpf_fault_t mbpf_link(void const* object, std::size_t object_size, void* output, std::size_t room,
                       char const* entry, std::size_t* size, mbpf_error_t* error) {
    program::LinkOptions options;
    options.entry = text_of(entry);
    Result<std::size_t> const linked =
        program::link_elf(bytes_of(object, object_size), writable_of(output, room), options);
    *size = linked.has_value() ? *linked : 0;
    return report(error, linked.has_value() ? Error{} : linked.error());
}

mbpf_fault_t mbpf_resolve_calls(void* bytes, std::size_t size, mbpf_error_t* error) {
    Result<void> const resolved = program::resolve_calls(writable_of(bytes, size));
    return report(error, resolved.has_value() ? Error{} : resolved.error());
}

mbpf_format_t mbpf_program_format(mbpf_program_t const* program) {
    ProgramObject const& object = *as<ProgramObject>(program);
    return object.is_open() ? mbpf_format_t(object.view().format) : MBPF_FORMAT_ANY;
}

std::uint32_t mbpf_program_slots(mbpf_program_t const* program) {
    ProgramObject const& object = *as<ProgramObject>(program);
    return object.is_open() ? object.view().text.slots() : 0;
}

std::uint32_t mbpf_entry_count(mbpf_program_t const* program) {
    ProgramObject const& object = *as<ProgramObject>(program);
    return object.is_open() ? object.view().entries.size() : 0;
}

std::uint32_t mbpf_entry_find(mbpf_program_t const* program, char const* name) {
    std::string_view const wanted = text_of(name);
    std::uint32_t const count = mbpf_entry_count(program);
    std::uint32_t index = 0;
    while (index < count && as<ProgramObject>(program)->view().entries.at(index).name != wanted) {
        ++index;
    }
    return index;
}

std::size_t mbpf_entry_name(mbpf_program_t const* program, std::uint32_t entry, char* name,
                            std::size_t room) {
    bool const is_there = entry < mbpf_entry_count(program);
    return copy_text(
        is_there ? as<ProgramObject>(program)->view().entries.at(entry).name : std::string_view{},
        name, room);
}

mbpf_policy_t mbpf_policy_default(void) {
    mbpf_policy_t policy{};
    for (std::uint32_t& word : policy.granted) {
        word = ~0u;
    }
    verifier::Policy const standard;
    policy.max_stack_bytes = standard.max_stack_bytes;
    policy.max_call_depth = standard.max_call_depth;
    return policy;
}

std::size_t mbpf_verify_scratch_bytes(mbpf_program_t const* program, mbpf_policy_t const* policy) {
    return (policy->flags & MBPF_REFUSE_DEAD_CODE) != 0
               ? verifier::scratch_bytes(mbpf_program_slots(program))
               : 0;
}

mbpf_fault_t mbpf_verify(mbpf_program_t* program, mbpf_helpers_t const* helpers,
                         mbpf_policy_t const* policy, void* scratch, std::size_t scratch_size,
                         mbpf_error_t* error) {
    ProgramObject& object = *as<ProgramObject>(program);
    if (!object.is_open()) {
        return report(error, Error{Fault::FormatUnknown});
    }
    // Verified before, it is only open again if it is refused now.
    program::Program const view = object.view();
    new (&object.program) program::Program{view};
    object.state = State::Open;
    Result<verifier::VerifiedProgram> const verified =
        verifier::verify(view, table_of(*helpers), policy_of(*policy));
    Result<void> const checked =
        verified.has_value()
            ? check_dead_code(*verified, *policy, writable_of(scratch, scratch_size))
            : Result<void>{verified.error()};
    if (checked.has_value()) {
        new (&object.verified) verifier::VerifiedProgram{*verified};
        object.state = State::Verified;
    }
    return report(error, checked);
}

}  // extern "C"

}  // namespace mbpf::capi
