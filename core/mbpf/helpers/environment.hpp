// SPDX-License-Identifier: MIT
// What the standard helpers of one program work on. The embedder owns all of it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "mbpf/base/base.hpp"
#include "mbpf/machine/machine.hpp"
#include "mbpf/maps/maps.hpp"

namespace mbpf::helpers {

// Characters that a program prints. What finds no room is dropped.
class TextOutput {
public:
    TextOutput() = default;
    explicit TextOutput(WritableBytes room) : room_{room} {}

    void put(char c) {
        if (used_ < room_.size()) {
            room_[used_++] = std::byte(c);
        }
    }
    void put(char c, std::uint32_t count) {
        for (; count != 0 && used_ < room_.size(); --count) {
            put(c);
        }
    }
    void clear() { used_ = 0; }
    [[nodiscard]] std::uint32_t size() const { return std::uint32_t(used_); }
    [[nodiscard]] std::string_view text() const { return as_text(room_.first(used_)); }

private:
    WritableBytes room_;
    std::size_t used_ = 0;
};

// What sensors measure and actuators take: RIOT's phydat_t, three numbers of one unit and scale.
struct [[gnu::packed]] Measurement {
    std::int16_t value[3]{};
    std::uint8_t unit{};
    std::int8_t scale{};  // Each number is value * 10^scale.
};
inline constexpr std::size_t measurement_bytes = 8;
static_assert(sizeof(Measurement) == measurement_bytes);

// Sensors and actuators of a device by index, as RIOT's SAUL numbers them, and its pins.
struct Devices {
    static constexpr std::uint32_t none = 0;

    void* context{};
    std::uint32_t const* count{&none};                           // May change.
    std::uint8_t (*type)(void* context, std::uint32_t index){};  // Of SAUL, saul.h
    // How many of the numbers are meaningful; negative for an error.
    std::int32_t (*read)(void* context, std::uint32_t index, Measurement& result){};
    std::int32_t (*write)(void* context, std::uint32_t index, Measurement const& value){};
    // Of pins, the level is 0 or 1; negative if there is no such pin.
    std::int32_t (*read_pin)(void* context, std::uint32_t port, std::uint32_t pin){};
    std::int32_t (*write_pin)(void* context, std::uint32_t port, std::uint32_t pin,
                              std::uint32_t level){};
};

// The answer to a request, as a program makes it.
struct Reply {
    static constexpr std::uint16_t no_format = 0xffff;

    WritableBytes room;               // For the payload.
    std::uint32_t bytes{};            // Of it that are used.
    std::uint16_t format{no_format};  // Content-Format, RFC 7252 section 12.3
    std::uint8_t code{};              // RFC 7252 section 12.1; 0: the program did not say.
};

// A key-value store of 32-bit words in memory of the embedder. A program cannot make it grow.
class Store {
public:
    struct Entry {
        std::uint32_t key{};
        std::uint32_t value{};
    };

    Store() = default;
    explicit Store(std::span<Entry> room) : room_{room} {}

    static constexpr std::uint32_t max_entries = 32;  // Others are not used.
    enum class Keep : std::uint8_t { No, Yes };

    // False if the key is new and there is no room for it. Keep::Yes: the value is to outlive
    // power.
    [[nodiscard]] bool put(std::uint32_t key, std::uint32_t value, Keep keep = Keep::No);
    // 0 for a key that was never stored.
    [[nodiscard]] std::uint32_t get(std::uint32_t key) const;
    [[nodiscard]] std::uint32_t size() const { return used_; }

    // For whoever keeps values: whether some that are to be kept are not yet; those, in `room`,
    // which has place for all entries; that they are now.
    [[nodiscard]] bool is_unsaved() const { return is_unsaved_; }
    [[nodiscard]] std::span<Entry const> kept(std::span<Entry> room) const;
    void set_saved() { is_unsaved_ = false; }

private:
    [[nodiscard]] std::uint32_t index_of(std::uint32_t key) const;  // size() if it is not there

    std::span<Entry> room_;
    std::uint32_t used_ = 0;
    std::uint32_t kept_ = 0;  // Bit i: entry i is to be kept.
    bool is_unsaved_ = false;
};

// Which keys of the global store a program may use, and which of both stores are kept.
class KeyRights {
public:
    KeyRights() = default;  // All of them; none is kept.
    explicit KeyRights(std::span<program::KeyRange const> ranges)
        : ranges_{ranges}, is_limited_{true} {}

    [[nodiscard]] bool allow(std::uint32_t key, machine::Access access) const {
        return !is_limited_ || has(key, std::uint32_t(access));
    }
    [[nodiscard]] Store::Keep keep_global(std::uint32_t key) const {
        return keep(key, program::KeyRange::write | program::KeyRange::kept);
    }
    [[nodiscard]] Store::Keep keep_own(std::uint32_t key) const {
        return keep(key, program::KeyRange::own | program::KeyRange::kept);
    }

private:
    // Whether one range gives all of that to the key.
    [[nodiscard]] bool has(std::uint32_t key, std::uint32_t access) const;
    [[nodiscard]] Store::Keep keep(std::uint32_t key, std::uint32_t access) const {
        return has(key, access) ? Store::Keep::Yes : Store::Keep::No;
    }

    std::span<program::KeyRange const> ranges_;
    bool is_limited_ = false;
};

class Packet;

struct Environment {
    TextOutput output;
    Store local;                          // Of this program.
    Store* global = nullptr;              // Of all programs.
    std::uint64_t (*now_us)() = nullptr;  // Microseconds since the device started.
    // Lets others run until that time, or until the run is to stop.
    void (*sleep_until)(machine::Instance& instance, std::uint64_t time_us) = nullptr;
    KeyRights key_rights{};
    Devices const* devices = nullptr;  // Sensors, actuators and pins.
    Reply* reply = nullptr;            // Of a run that answers a request.
    Packet* packet = nullptr;          // Of a run that answers with a packet.
    maps::MapSet maps{};               // Of this program; placed in its memory.
};

}  // namespace mbpf::helpers
