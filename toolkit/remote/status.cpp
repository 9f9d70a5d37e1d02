// SPDX-License-Identifier: MIT
#include "toolkit/remote/status.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "mbpf/maps/maps.hpp"
#include "toolkit/input/number.hpp"

namespace mbpf::toolkit::remote {

namespace {

// Reads straight on; whoever has read all asks whether all of it was right.
class Items {
public:
    explicit Items(Bytes bytes) : reader_{bytes} {}

    std::uint64_t number() { return take(reader_.unsigned_integer()); }
    std::uint32_t word() {
        std::uint64_t const value = number();
        is_good_ = is_good_ && value <= std::numeric_limits<std::uint32_t>::max();
        return std::uint32_t(value);
    }
    std::int64_t integer() { return take(reader_.integer()); }
    std::string text() { return std::string(take(reader_.text_string())); }
    Bytes bytes() { return take(reader_.byte_string()); }
    std::uint32_t array() { return take(reader_.array_head()); }
    std::uint32_t map() { return take(reader_.map_head()); }
    void array(std::uint32_t expected) { is_good_ = array() == expected && is_good_; }
    void skip() { take(reader_.skip()); }
    [[nodiscard]] bool is_next(cbor::Major major) const {
        Result<cbor::Major> const found = reader_.peek();
        return found.has_value() && *found == major;
    }
    // Nothing stands there: it is passed.
    bool null() { return reader_.null().has_value(); }
    template <std::size_t size>
    std::array<std::byte, size> fixed() {
        Bytes const found = bytes();
        std::array<std::byte, size> value{};
        is_good_ = is_good_ && found.size() == size;
        std::copy_n(found.begin(), std::min(size, found.size()), value.begin());
        return value;
    }
    void refuse() { is_good_ = false; }

    [[nodiscard]] bool is_good() const { return is_good_; }
    [[nodiscard]] bool is_done() const { return is_good_ && reader_.is_at_end(); }

private:
    template <class T>
    T take(Result<T> const& item) {
        is_good_ = is_good_ && item.has_value();
        return item.has_value() ? *item : T{};
    }

    cbor::Reader reader_;
    bool is_good_ = true;
};

void read_device(Items& items, std::uint64_t key, DeviceInfo& device) {
    switch (key) {
        case 1: device.board = items.text(); return;
        case 2: device.version = items.text(); return;
        case 3: device.uptime_us = items.number(); return;
        case 4: device.identity.vendor = items.fixed<16>(); return;
        case 5: device.identity.device_class = items.fixed<16>(); return;
        case 6: device.identity.device = items.fixed<16>(); return;
        case 7: device.memory_bytes = items.number(); return;
        case 8: device.free_memory_bytes = items.number(); return;
        case 9: device.code_bytes = items.number(); return;
        case 10: device.free_code_bytes = items.number(); return;
        case 11: device.slots = items.number(); return;
        case 12: device.slot_bytes = items.number(); return;
        case 13: device.free_slots = items.number(); return;
        case 14:
            for (std::uint32_t left = items.array(); left != 0 && items.is_good(); --left) {
                device.signers.push_back(input::hex_text(items.bytes()));
            }
            return;
        case 15: device.policy_sequence = items.word(); return;
        case 16: device.log_end = items.word(); return;
        case 17: device.stack_bytes = items.number(); return;
        case 18: device.used_stack_bytes = items.number(); return;
        case 19:
            for (std::uint32_t left = items.array(); left != 0 && items.is_good(); --left) {
                items.array(3);
                DeviceInfo::RamPart part;
                part.name = items.text();
                part.bytes = items.number();
                part.used_bytes = items.number();
                device.ram.push_back(std::move(part));
            }
            return;
        default: items.skip();
    }
}

package::Hook read_hook(Items& items) {
    items.array(4);
    package::Hook hook;
    hook.kind = container::HookKind(items.number());
    hook.order = std::uint8_t(items.number());
    hook.entry = std::uint16_t(items.number());
    if (items.is_next(cbor::Major::Text)) {
        hook.path = items.text();
    } else {
        hook.number = items.word();
    }
    return hook;
}

FaultInfo read_fault(Items& items) {
    items.array(7);
    FaultInfo fault;
    fault.trap = std::uint8_t(items.number());
    fault.bytes = items.word();
    fault.slot = items.word();
    fault.address = items.number();
    fault.run = items.number();
    fault.time_us = items.number();
    fault.entry = items.word();
    return fault;
}

// What it is made of: keys 11 to 26.
void read_parts(Items& items, std::uint64_t key, Container& container) {
    switch (key) {
        case 11: container.image_bytes = items.number(); return;
        case 12: container.memory_bytes = items.number(); return;
        case 13: container.code_bytes = items.number(); return;
        case 14: container.memory_at = items.number(); return;
        case 15: container.code_at = items.number(); return;
        case 16: container.slot = items.number(); return;
        case 17:
            if (!items.null()) {
                container.previous_slot = items.number();
            }
            return;
        case 18: container.digest = input::hex_text(items.fixed<32>()); return;
        case 19:
            if (!items.null()) {
                container.previous_digest = input::hex_text(items.fixed<32>());
            }
            return;
        case 20: container.signer = input::hex_text(items.bytes()); return;
        case 21: container.run_budget = items.number(); return;
        case 22: container.second_budget = items.number(); return;
        case 23:
            for (std::uint32_t left = items.array(); left != 0 && items.is_good(); --left) {
                container.hooks.push_back(read_hook(items));
            }
            return;
        case 24: container.fault = read_fault(items); return;
        case 25: container.refusal = Fault(items.number()); return;
        case 26: container.previous_bytes = items.word(); return;
        default: items.skip();
    }
}

void read_container(Items& items, std::uint64_t key, Container& container) {
    switch (key) {
        case 1: container.name = items.text(); return;
        case 2: container.sequence = items.word(); return;
        case 3: container.state = items.number(); return;
        case 4: container.engine = items.number(); return;
        case 5: container.runs = items.number(); return;
        case 6: container.faults = items.number(); return;
        case 7: container.skipped = items.number(); return;
        case 8: container.instructions = items.number(); return;
        case 9: container.busy_us = items.number(); return;
        case 10: container.latest_us = items.number(); return;
        default: read_parts(items, key, container);
    }
}

template <class T, class Read>
T read_map(Items& items, Read read) {
    T value;
    for (std::uint32_t left = items.map(); left != 0 && items.is_good(); --left) {
        read(items, items.number(), value);
    }
    return value;
}

}  // namespace

std::string Container::state_text() const {
    constexpr std::array names{"ready", "stopped", "pausing", "failed", "refused"};
    return state < names.size() ? names[state] : "unknown";
}

std::string Container::engine_text() const { return engine == 1 ? "jit" : "interpreter"; }

std::optional<DeviceInfo> decode_device(Bytes cbor) {
    Items items{cbor};
    DeviceInfo device = read_map<DeviceInfo>(items, read_device);
    return items.is_done() ? std::optional{std::move(device)} : std::nullopt;
}

std::optional<std::vector<Container>> decode_containers(Bytes cbor) {
    Items items{cbor};
    std::vector<Container> containers;
    for (std::uint32_t left = items.array(); left != 0 && items.is_good(); --left) {
        containers.push_back(read_map<Container>(items, read_container));
    }
    return items.is_done() ? std::optional{std::move(containers)} : std::nullopt;
}

std::optional<LogPiece> decode_log(Bytes cbor) {
    Items items{cbor};
    items.array(2);
    LogPiece piece;
    piece.start = items.word();
    piece.text = as_text(items.bytes());
    return items.is_done() ? std::optional{std::move(piece)} : std::nullopt;
}

std::optional<MapContents> decode_map(Bytes payload) {
    if (payload.size() < program::map_record_bytes) {
        return std::nullopt;
    }
    auto const record = load<program::MapRecord>(payload, 0);
    Bytes const piece = payload.subspan(program::map_record_bytes);
    return mbpf::maps::memory_bytes(record) != 0
               ? std::optional{MapContents{record, {piece.begin(), piece.end()}}}
               : std::nullopt;
}

std::optional<Refusal> decode_refusal(Bytes cbor) {
    Items items{cbor};
    items.array(4);
    std::int64_t const number = items.integer();
    constexpr std::int64_t max_number = std::numeric_limits<std::uint8_t>::max();
    Refusal refusal;
    refusal.is_trap = number < 0;
    refusal.error.fault = Fault(refusal.is_trap ? -number : number);
    refusal.error.where = items.word();
    refusal.error.found = items.word();
    refusal.error.allowed = items.word();
    bool const is_known = number != 0 && number >= -max_number && number <= max_number;
    return items.is_done() && is_known ? std::optional{refusal} : std::nullopt;
}

}  // namespace mbpf::toolkit::remote
