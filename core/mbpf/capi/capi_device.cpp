// SPDX-License-Identifier: MIT
// A device as a whole: from its configuration on, and what goes to and from its network.
#include "mbpf/capi/device_object.hpp"
#include "mbpf/capi/devices.hpp"

namespace mbpf::capi {

namespace {

static_assert(fits_object<DeviceObject, mbpf_device_t>);
static_assert(MBPF_MAX_CONTAINERS == config::max_containers);
static_assert(MBPF_MAX_NAME == config::max_name_bytes && MBPF_MAX_PATH == config::max_path_bytes);
static_assert(MBPF_MAX_SIGNERS == config::max_signers);
static_assert(MBPF_MAX_KEY_RANGES == config::max_signer_key_ranges);
static_assert(sizeof(mbpf_signer_t) == container::signer_record_bytes);
static_assert(sizeof(mbpf_key_range_t) == program::key_range_bytes);
static_assert(MBPF_KEY_KEPT == program::KeyRange::kept && MBPF_KEY_OWN == program::KeyRange::own);

using Identifier = std::uint8_t[16];

[[nodiscard]] suit::Uuid uuid_of(Identifier const& bytes) {
    suit::Uuid uuid;
    __builtin_memcpy(uuid.data(), bytes, uuid.size());
    return uuid;
}

[[nodiscard]] coap::Peer peer_of(mbpf_peer_t const& from) {
    coap::Peer peer;
    __builtin_memcpy(peer.address.data(), from.address, peer.address.size());
    peer.port = from.port;
    peer.address_bytes = from.address_bytes;
    return peer;
}

// The first answer to who is asking, if it fits, goes to the room.
void send(void* context, coap::Peer const& to, Bytes datagram) {
    DeviceObject& device = *static_cast<DeviceObject*>(context);
    if (datagram.size() <= device.room.size() && device.answer_bytes == 0 && device.asking == to) {
        __builtin_memcpy(device.room.data(), datagram.data(), datagram.size());
        device.answer_bytes = datagram.size();
        return;
    }
    if (device.config.send != nullptr) {
        mbpf_peer_t peer{};
        __builtin_memcpy(peer.address, to.address.data(), to.address.size());
        peer.port = to.port;
        peer.address_bytes = to.address_bytes;
        device.config.send(device.config.send_context, &peer, datagram.data(), datagram.size());
    }
}

void open_code(void* context) {
    auto const& code = *static_cast<mbpf_code_memory_t const*>(context);
    if (code.open != nullptr) {
        code.open(code.context);
    }
}

void seal_code(void* context, Bytes written) {
    auto const& code = *static_cast<mbpf_code_memory_t const*>(context);
    if (code.seal != nullptr) {
        code.seal(code.context, written.data(), written.size());
    }
}

[[nodiscard]] port::CodeMemory code_of(mbpf_code_memory_t const& code) {
    return {writable_of(code.memory, code.bytes), const_cast<mbpf_code_memory_t*>(&code),
            &open_code, &seal_code};
}

// Whether the configuration can be, before any of it is used.
[[nodiscard]] Result<void> check(mbpf_device_config_t const& config) {
    mbpf_flash_t const& flash = config.flash;
    std::uint32_t const sector = flash.sector_bytes;
    if (flash.memory == nullptr || sector < port::flash_write_bytes ||
        (sector & (sector - 1)) != 0 || flash.bytes % sector != 0 || flash.bytes > 0x7fff'ffff) {
        return Error{Fault::StorageMalformed};
    }
    auto const beyond = std::uint32_t(
        (address_of(flash.memory) | address_of(config.ram) | address_of(config.code.memory)) % 8);
    if (beyond != 0) {
        return Error{Fault::AddressNotAligned, 0, beyond, 8};
    }
    std::uint32_t const sectors = std::uint32_t(flash.bytes / sector);
    std::uint64_t const needed = std::uint64_t{2} * flash.journal_sectors + flash.slot_sectors;
    if (flash.journal_sectors == 0 || flash.slot_sectors == 0 || needed > sectors) {
        return Error{Fault::StorageFull, 0, sectors, std::uint32_t(needed < ~0u ? needed : ~0u)};
    }
    return {};
}

}  // namespace

DeviceObject::DeviceObject(mbpf_device_config_t const& from)
    : config{from},
      info{text_of(from.board),
           text_of(from.version),
           {uuid_of(from.vendor), uuid_of(from.board_class), uuid_of(from.id)}},
      crypto{crypto_of(from.crypto)},
      devices{from.devices == nullptr ? helpers::Devices{} : devices_of(*from.devices)},
      platform{writable_of(from.ram, from.ram_bytes), code_of(from.code), table_of(from.helpers),
               from.devices == nullptr ? nullptr : &devices, from.now_us},
      runtime{storage, platform},
      agent{runtime, info, crypto, coap::Ports{this, &send}, from.seed} {}

extern "C" {

mbpf_fault_t mbpf_device_open(mbpf_device_t* device, mbpf_device_config_t const* config,
                              mbpf_error_t* error) {
    DeviceObject& object = *new (static_cast<void*>(device)) DeviceObject{*config};
    mbpf_flash_t const& flash = config->flash;
    if (Result<void> const checked = check(*config); !checked.has_value()) {
        return report(error, checked);
    }
    if (flash.read != nullptr && flash.read(flash.context, 0, flash.memory, flash.bytes) != 0) {
        return report(error, Error{Fault::StorageFailed});
    }
    Result<void> const mounted =
        object.storage.mount(flash_of(flash), {flash.journal_sectors, flash.slot_sectors});
    if (mounted.has_value()) {
        object.runtime.start();
    }
    return report(error, mounted);
}

std::uint64_t mbpf_device_tick(mbpf_device_t* device) {
    DeviceObject& object = object_of(device);
    std::uint64_t const runtime_us = object.runtime.poll();
    std::uint64_t const agent_us = std::uint64_t{object.agent.poll()} * 1000;
    return agent_us < runtime_us ? agent_us : runtime_us;
}

void mbpf_device_receive(mbpf_device_t* device, mbpf_peer_t const* from, void const* datagram,
                         std::size_t bytes) {
    object_of(device).agent.receive(peer_of(*from), bytes_of(datagram, bytes));
}

std::size_t mbpf_device_exchange(mbpf_device_t* device, mbpf_peer_t const* from,
                                 void const* datagram, std::size_t bytes, void* reply,
                                 std::size_t reply_size) {
    constexpr int patience = 4;  // A short program has answered by then.
    DeviceObject& object = object_of(device);
    object.asking = peer_of(*from);
    object.room = writable_of(reply, reply_size);
    object.answer_bytes = 0;
    mbpf_device_receive(device, from, datagram, bytes);
    for (int i = 0; i < patience && object.answer_bytes == 0; ++i) {
        static_cast<void>(mbpf_device_tick(device));
    }
    object.room = {};
    return object.answer_bytes;
}

void mbpf_device_usage(mbpf_device_t const* device, mbpf_usage_t* usage) {
    container::Runtime const& runtime = object_of(device).runtime;
    usage->ram_bytes = runtime.ram().total_bytes();
    usage->ram_free = runtime.ram().free_bytes();
    usage->code_bytes = runtime.code_memory().total_bytes();
    usage->code_free = runtime.code_memory().free_bytes();
    usage->slots = runtime.storage().slot_count();
    usage->slots_free = runtime.free_slots();
    usage->slot_bytes = runtime.storage().slot_bytes();
    usage->deepest_stack = runtime.deepest_stack_bytes();
    usage->stack_bytes = config::activation_stack_bytes;
    usage->containers = 0;
    for (container::Container const& container : runtime.containers()) {
        usage->containers += container.is_there() ? 1u : 0u;
    }
}

std::size_t mbpf_device_log(mbpf_device_t const* device, std::uint32_t* position, char* text,
                            std::size_t room) {
    container::Log const& log = object_of(device).runtime.log();
    *position = log.nearest(*position);
    std::size_t copied = 0;
    for (; copied < room && *position != log.end(); ++*position) {
        text[copied++] = log.at(*position);
    }
    return copied;
}

mbpf_fault_t mbpf_device_set_policy(mbpf_device_t* device, mbpf_signer_t const* signers,
                                    std::size_t count, mbpf_error_t* error) {
    container::Runtime& runtime = object_of(device).runtime;
    Attempt attempt;
    runtime.set_policy(attempt, container::next_sequence(runtime.policy_sequence()),
                       bytes_of(signers, count * container::signer_record_bytes));
    return report(error, attempt.result());
}

std::size_t mbpf_device_policy(mbpf_device_t const* device, mbpf_signer_t* signers,
                               std::size_t room) {
    container::Policy const policy = object_of(device).runtime.policy();
    std::size_t const count = policy.signers().size();
    std::size_t const copied = count < room ? count : room;
    if (copied != 0) {
        __builtin_memcpy(signers, policy.signers().data(), copied * sizeof *signers);
    }
    return count;
}

}  // extern "C"

}  // namespace mbpf::capi
