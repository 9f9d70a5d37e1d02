// SPDX-License-Identifier: MIT
// An image that the device fetches from where its manifest says (a coap: URI), into a slot that
// nothing uses. What comes is believed when its digest has been checked, and not before.
#pragma once

#include <optional>

#include "mbpf/agent/config.hpp"
#include "mbpf/coap/coap.hpp"
#include "mbpf/storage/storage.hpp"

namespace mbpf::agent {

class Pull {
public:
    // Why nothing came: the `found` of Fault::FetchFailed, besides response codes.
    enum class Reason : std::uint8_t {
        Silent = 1,
        Reset = 2,
        Malformed = 3,
        Changed = 4,
        Slow = 5
    };

    Pull(coap::Ports const& ports, std::uint32_t seed) : fetch_{ports, seed} {}
    Pull(Pull const&) = delete;

    // `writer` outlives the pull, which takes exactly `image_bytes`. Fault::UriUnsupported.
    [[nodiscard]] Result<void> start(std::string_view uri, storage::SlotWriter& writer,
                                     std::uint32_t image_bytes, std::uint32_t now_ms);
    // Whether the datagram was an answer to it.
    bool receive(coap::Peer const& from, Bytes datagram, std::uint32_t now_ms) {
        return fetch_.receive(from, datagram, now_ms);
    }
    // As that of the server.
    [[nodiscard]] std::uint32_t poll(std::uint32_t now_ms);

    // Once: nothing while it goes on or none was started, then how it went. Faults: FetchFailed,
    // DigestMismatch for another size, StorageFailed.
    [[nodiscard]] std::optional<Result<void>> take_end();

private:
    static bool take(void* pull, std::uint32_t offset, Bytes block);
    [[nodiscard]] Result<void> result() const;

    coap::Fetch fetch_;
    storage::SlotWriter* writer_ = nullptr;  // Nothing is under way.
    Error error_;                            // Of the writer, or of too many bytes.
    std::uint32_t image_bytes_ = 0;
    std::uint32_t deadline_ms_ = 0;
};

}  // namespace mbpf::agent
