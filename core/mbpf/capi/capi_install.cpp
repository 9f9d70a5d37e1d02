// SPDX-License-Identifier: MIT
// Installations and commands by the firmware, which is trusted.
#include "mbpf/capi/device_object.hpp"

namespace mbpf::capi {

using container::InstallRecord;

namespace {

mbpf_fault_t set_wanted(mbpf_device_t* device, char const* name, InstallRecord::Wanted wanted,
                        mbpf_error_t* error) {
    DeviceObject& object = object_of(device);
    std::string_view const text = text_of(name);
    object.wait_for(object.runtime.find(text));
    Attempt attempt;
    object.runtime.set_wanted(attempt, text,
                              container::next_sequence(object.runtime.last_sequence(text)), wanted);
    return report(error, attempt.result());
}

void end_installation(DeviceObject& object) {
    object.writer.reset();
    object.runtime.hold_slot(container::Runtime::no_slot);
}

Result<void> install(DeviceObject& object, std::string_view name, std::uint8_t const* signer) {
    Result<container::Name> const checked = container::Name::of(name);
    if (!checked.has_value()) {
        return checked.error();
    }
    if (Result<void> const written = object.writer->finish(); !written.has_value()) {
        return written;
    }
    std::uint32_t const bytes = object.writer->size();
    container::Runtime::Installation wanted;
    wanted.name = *checked;
    wanted.record.sequence = container::next_sequence(object.runtime.last_sequence(name));
    wanted.record.slot = std::uint8_t(object.slot);
    wanted.record.wanted = InstallRecord::Wanted::Running;
    wanted.record.image_bytes = bytes;
    wanted.record.digest = object.crypto.sha256(object.storage.slot(object.slot).first(bytes));
    __builtin_memcpy(wanted.record.signer.data(), signer, wanted.record.signer.size());
    object.wait_for(object.runtime.find(name));
    Attempt attempt;
    object.runtime.install(attempt, wanted);
    return attempt.result();
}

}  // namespace

void DeviceObject::wait_for(container::Container* container) {
    if (container != nullptr && container->is_active) {
        runtime.interrupt(*container);
        while (container->is_active) {
            static_cast<void>(runtime.poll());
        }
    }
}

extern "C" {

mbpf_fault_t mbpf_install_begin(mbpf_device_t* device, mbpf_error_t* error) {
    DeviceObject& object = object_of(device);
    if (object.agent.is_installing()) {
        return report(error, Error{Fault::ContainerBusy});
    }
    end_installation(object);
    Attempt attempt;
    std::uint32_t const slot = object.runtime.free_slot(attempt);
    if (attempt.has_failed()) {
        return report(error, attempt.error());
    }
    object.slot = slot;
    object.runtime.hold_slot(slot);
    object.writer.emplace(object.storage, slot);
    return report(error, Error{});
}

mbpf_fault_t mbpf_install_write(mbpf_device_t* device, void const* bytes, std::size_t count,
                                mbpf_error_t* error) {
    DeviceObject& object = object_of(device);
    return report(error, object.writer ? object.writer->write(bytes_of(bytes, count))
                                       : Result<void>{Error{Fault::TransferBroken}});
}

mbpf_fault_t mbpf_install_finish(mbpf_device_t* device, char const* name,
                                 std::uint8_t const signer[MBPF_KEY_BYTES], mbpf_error_t* error) {
    DeviceObject& object = object_of(device);
    if (!object.writer) {
        return report(error, Error{Fault::TransferBroken});
    }
    Result<void> const installed = install(object, text_of(name), signer);
    end_installation(object);
    return report(error, installed);
}

void mbpf_install_abort(mbpf_device_t* device) { end_installation(object_of(device)); }

mbpf_fault_t mbpf_install(mbpf_device_t* device, char const* name, void const* image,
                          std::size_t bytes, std::uint8_t const signer[MBPF_KEY_BYTES],
                          mbpf_error_t* error) {
    mbpf_fault_t fault = mbpf_install_begin(device, error);
    if (fault == MBPF_FAULT_NONE) {
        fault = mbpf_install_write(device, image, bytes, error);
    }
    if (fault == MBPF_FAULT_NONE) {
        return mbpf_install_finish(device, name, signer, error);
    }
    mbpf_install_abort(device);
    return fault;
}

mbpf_fault_t mbpf_container_start(mbpf_device_t* device, char const* name, mbpf_error_t* error) {
    return set_wanted(device, name, InstallRecord::Wanted::Running, error);
}

mbpf_fault_t mbpf_container_stop(mbpf_device_t* device, char const* name, mbpf_error_t* error) {
    return set_wanted(device, name, InstallRecord::Wanted::Stopped, error);
}

mbpf_fault_t mbpf_container_remove(mbpf_device_t* device, char const* name, mbpf_error_t* error) {
    return set_wanted(device, name, InstallRecord::Wanted::Removed, error);
}

}  // extern "C"

}  // namespace mbpf::capi
