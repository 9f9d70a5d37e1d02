// SPDX-License-Identifier: MIT
// An envelope that comes in block by block. Its head is kept in RAM and verified; only then is
// flash written, and only with the payload, to a slot that nothing uses.
#pragma once

#include <array>
#include <optional>

#include "mbpf/agent/config.hpp"
#include "mbpf/agent/identity.hpp"
#include "mbpf/coap/coap.hpp"
#include "mbpf/container/container.hpp"

namespace mbpf::agent {

class Transfer {
public:
    Transfer(container::Runtime& runtime, DeviceInfo const& info, port::Crypto const& crypto)
        : runtime_{runtime}, info_{info}, crypto_{crypto} {}

    // Takes the next block. True: the envelope is complete, and installation() can be installed.
    [[nodiscard]] bool take(Attempt& attempt, coap::Peer const& peer, std::uint32_t offset,
                            bool has_more, Bytes block);

    // Of the envelope that is complete.
    [[nodiscard]] container::Runtime::Installation const& installation() const {
        return installation_;
    }
    // Whether a slot is being filled.
    [[nodiscard]] bool is_writing() const {
        return state_ == State::Complete ||
               (state_ == State::Payload &&
                runtime_.now_us() - last_us_ < config::transfer_idle_us);
    }
    // Where its image is, if it is not in the envelope nor on the device; and what takes it.
    [[nodiscard]] std::string_view uri() const { return uri_; }
    [[nodiscard]] storage::SlotWriter& writer() { return *writer_; }
    // All of the image is there. Faults: DigestMismatch, StorageFailed, and those of
    // check_message(), since another message may have come meanwhile.
    void finish_image(Attempt& attempt);
    // It was installed, or given up.
    void forget() { state_ = State::Idle; }

private:
    enum class State : std::uint8_t { Idle, Head, Payload, Complete };

    void begin(Attempt& attempt, coap::Peer const& peer);
    void collect(Attempt& attempt, Bytes block);
    void verify_head(Attempt& attempt, suit::Head const& head);
    void choose_slot(Attempt& attempt);
    void finish(Attempt& attempt);
    void check_standing(Attempt& attempt) const;

    container::Runtime& runtime_;
    DeviceInfo const& info_;
    port::Crypto const& crypto_;
    State state_{};
    coap::Peer peer_;
    std::uint64_t last_us_ = 0;
    std::uint32_t received_ = 0;    // Bytes of the envelope.
    std::uint32_t payload_at_ = 0;  // Offset in the envelope.
    std::uint32_t payload_bytes_ = 0;
    std::string_view uri_;  // In head_.
    std::optional<storage::SlotWriter> writer_;
    container::Runtime::Installation installation_;
    std::array<std::byte, suit::config::max_head_bytes> head_;  // `received_` of it, at most.
};

}  // namespace mbpf::agent
