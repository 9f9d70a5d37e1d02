// SPDX-License-Identifier: MIT
// What the containers of a device are like, and runs of them that the firmware asks for.
#include "mbpf/capi/device_object.hpp"

namespace mbpf::capi {

using container::Activation;
using container::Container;

namespace {

constexpr char const* state_names[] = {"ready", "stopped", "pausing", "failed", "refused"};
static_assert(std::size(state_names) == std::size_t(container::State::Refused) + 1);
static_assert(MBPF_STATE_REFUSED == int(container::State::Refused));
static_assert(MBPF_HOOK_EVENT == int(container::HookKind::Event));
static_assert(MBPF_NO_FORMAT == std::uint16_t(coap::Format::None));

// Of helpers. (No fusion of accelerate() starts with a call: their opcodes are as they were.)
void note_calls(isa::Text text, std::uint32_t* helpers) {
    for (Pc pc{}; pc.slot < text.slots(); ++pc.slot) {
        isa::Slot const slot = text[pc];
        if (slot.opcode() == std::uint8_t(isa::Opcode::Call) && slot.src() == 0) {
            helpers[slot.high / 32 % (MBPF_HELPER_IDS / 32)] |= 1u << slot.high % 32;
        }
    }
}

void describe(Container const& container, mbpf_container_info_t& info) {
    info = {};
    static_cast<void>(copy_text(container.name.text(), info.name, sizeof info.name));
    info.state = std::uint8_t(container.state);
    info.is_compiled = container.engine == container::Engine::Jit ? 1 : 0;
    info.is_running = container.is_active ? 1 : 0;
    info.refusal = std::uint8_t(container.refusal);
    info.hooks = std::uint8_t(container.granted.hooks.size());
    info.slot = container.record.slot;
    info.sequence = container.record.sequence;
    info.image_bytes = container.record.image_bytes;
    info.memory_bytes = container.memory.bytes;
    info.code_bytes = container.code_memory.bytes;
    info.run_instructions = container.granted.run_instructions;
    info.second_instructions = container.granted.second_instructions;
    __builtin_memcpy(info.digest, container.record.digest.data(), sizeof info.digest);
    __builtin_memcpy(info.signer, container.record.signer.data(), sizeof info.signer);
    info.runs = container.statistics.runs;
    info.faults = container.statistics.faults;
    info.skipped = container.statistics.skipped;
    info.latest_us = container.statistics.latest_us;
    info.instructions = container.statistics.instructions;
    info.busy_us = container.statistics.busy_us;
    if (container.verified.has_value()) {
        note_calls(container.verified->text(), info.helpers);
    }
    machine::TrapReport const& trap = container.fault.report;
    info.fault = {trap.address,          container.fault.time_us, trap.pc.slot, container.fault.run,
                  container.fault.entry, std::uint8_t(trap.trap), trap.bytes};
}

void note_end(void* owner, Activation const& /*activation*/, machine::Outcome const& outcome) {
    auto& ended = *static_cast<std::optional<machine::Outcome>*>(owner);
    ended = outcome;
}

// Of programs on an event hook.
void note_result(void* owner, Activation const& /*activation*/, machine::Outcome const& outcome) {
    auto& result = *static_cast<mbpf_hook_result_t*>(owner);
    if (outcome.report.trap == machine::Trap::None) {
        result.result = outcome.result;
    } else {
        ++result.trapped;
    }
}

}  // namespace

Result<machine::Outcome> DeviceObject::run(Activation const& wanted) {
    std::optional<machine::Outcome> ended;
    Activation activation = wanted;
    activation.on_end = &note_end;
    activation.owner = &ended;
    Attempt attempt;
    runtime.activate(attempt, activation);
    if (attempt.has_failed()) {
        return attempt.error();
    }
    while (!ended) {
        static_cast<void>(runtime.poll());
    }
    return *ended;
}

extern "C" {

char const* mbpf_state_name(std::uint32_t state) {
    return state < std::size(state_names) ? state_names[state] : "?";
}

int mbpf_container_at(mbpf_device_t const* device, std::uint32_t index,
                      mbpf_container_info_t* info) {
    auto const& containers = object_of(device).runtime.containers();
    if (index >= containers.size() || !containers[index].is_there()) {
        return 0;
    }
    describe(containers[index], *info);
    return 1;
}

int mbpf_container_find(mbpf_device_t const* device, char const* name,
                        mbpf_container_info_t* info) {
    Container const* const container = object_of(device).runtime.find(text_of(name));
    if (container != nullptr) {
        describe(*container, *info);
    }
    return container != nullptr ? 1 : 0;
}

int mbpf_hook_at(mbpf_device_t const* device, char const* name, std::uint32_t hook,
                 mbpf_hook_info_t* info) {
    Container const* const container = object_of(device).runtime.find(text_of(name));
    if (container == nullptr || hook >= container->granted.hooks.size()) {
        return 0;
    }
    program::HookRecord const record = container->granted.hooks.at(hook);
    *info = {std::uint8_t(record.kind), record.order, record.entry, record.argument, {}};
    if (container::has_path(record.kind)) {
        static_cast<void>(
            copy_text(container->granted.hooks.path(record), info->path, sizeof info->path));
    }
    return 1;
}

std::uint32_t mbpf_hook_run(mbpf_device_t* device, std::uint32_t hook, void* context,
                            std::uint32_t bytes, mbpf_access_t access, mbpf_hook_result_t* result) {
    mbpf_hook_result_t noted{};
    noted.ran = object_of(device).runtime.raise(hook, region_of(context, bytes, access),
                                                &note_result, &noted);
    if (result != nullptr) {
        *result = noted;
    }
    return noted.ran;
}

mbpf_fault_t mbpf_container_run(mbpf_device_t* device, char const* name, std::uint32_t hook,
                                void* context, std::uint32_t bytes, mbpf_access_t access,
                                mbpf_outcome_t* outcome, mbpf_error_t* error) {
    DeviceObject& object = object_of(device);
    Container* const container = object.runtime.find(text_of(name));
    if (container == nullptr) {
        return report(error, Error{Fault::ContainerUnknown});
    }
    if (container->is_able() && hook >= container->granted.hooks.size()) {
        return report(error, Error{Fault::HookUnknown, 0, hook, container->granted.hooks.size()});
    }
    Activation wanted;
    wanted.container = container;
    wanted.hook = hook;
    wanted.context = region_of(context, bytes, access);
    Result<machine::Outcome> const ended = object.run(wanted);
    if (!ended.has_value()) {
        return report(error, ended.error());
    }
    report(*outcome, *ended);
    return report(error, Error{});
}

mbpf_fault_t mbpf_container_call(mbpf_device_t* device, char const* path, std::uint8_t method,
                                 void const* payload, std::size_t bytes, mbpf_reply_t* reply,
                                 mbpf_error_t* error) {
    DeviceObject& object = object_of(device);
    std::string_view const whole = text_of(path);
    container::Runtime::Target const target = object.runtime.target_of({&whole, 1});
    if (target.container == nullptr) {
        return report(error, Error{Fault::HookUnknown});
    }
    agent::ProgramCall call;
    Result<machine::Region> const context =
        call.prepare(coap::Code(method), bytes_of(payload, bytes),
                     target.container->granted.hooks.at(target.hook).kind);
    if (!context.has_value()) {
        return report(error, context.error());
    }
    Activation wanted;
    wanted.container = target.container;
    wanted.hook = target.hook;
    wanted.context = *context;
    wanted.reply = call.reply();
    wanted.packet = call.packet();
    Result<machine::Outcome> const ended = object.run(wanted);
    if (!ended.has_value()) {
        return report(error, ended.error());
    }
    agent::ProgramCall::Answer const answer = call.answer(*ended);
    if (answer.payload.size() > reply->room) {
        return report(error, Error{Fault::OutputTooSmall, 0, std::uint32_t(reply->room),
                                   std::uint32_t(answer.payload.size())});
    }
    if (!answer.payload.empty()) {
        __builtin_memcpy(reply->payload, answer.payload.data(), answer.payload.size());
    }
    reply->bytes = answer.payload.size();
    reply->code = std::uint8_t(answer.code);
    reply->format = std::uint16_t(answer.format);
    return report(error, Error{});
}

}  // extern "C"

}  // namespace mbpf::capi
