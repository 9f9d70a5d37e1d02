// SPDX-License-Identifier: MIT
#include "mbpf/agent/transfer.hpp"

namespace mbpf::agent {

// An envelope that is verified is not given up for one that is not.
Result<void> Transfer::begin(coap::Peer const& peer) {
    bool const is_busy =
        state_ == State::Complete || (state_ == State::Payload && !(peer == peer_) &&
                                      runtime_.now_us() - last_us_ < config::transfer_idle_us);
    if (is_busy) {
        return Error{Fault::ContainerBusy};
    }
    state_ = State::Head;
    peer_ = peer;
    received_ = 0;
    return {};
}

Result<bool> Transfer::take(coap::Peer const& peer, std::uint32_t offset, bool has_more,
                            Bytes block) {
    if (offset == 0) {
        if (Result<void> const begun = begin(peer); !begun.has_value()) {
            return begun.error();
        }
    }
    if (state_ == State::Idle || state_ == State::Complete || !(peer == peer_) ||
        offset != received_) {
        return Error{Fault::TransferBroken, 0, offset, received_};
    }
    last_us_ = runtime_.now_us();
    Result<void> const collected = collect(block);
    if (!collected.has_value()) {
        state_ = State::Idle;
        return collected.error();
    }
    return has_more ? Result<bool>{false} : finish();
}

// What of the block belongs to the head, then what belongs to the payload.
Result<void> Transfer::collect(Bytes block) {
    std::uint32_t const start = received_;
    received_ += std::uint32_t(block.size());
    if (state_ == State::Head) {
        std::size_t const room = start < head_.size() ? head_.size() - start : 0;
        Bytes const part = block.first(block.size() < room ? block.size() : room);
        if (!part.empty()) {
            __builtin_memcpy(head_.data() + start, part.data(), part.size());
        }
        std::size_t const there = start + part.size();
        Result<suit::Head> const head = suit::read_head(Bytes{head_}.first(there));
        if (!head.has_value()) {
            bool const is_unfinished = head.error().fault == Fault::Truncated;
            if (is_unfinished && there == head_.size()) {
                return Error{Fault::ManifestTooLarge, 0, received_, std::uint32_t(head_.size())};
            }
            return is_unfinished ? Result<void>{} : Result<void>{head.error()};
        }
        if (Result<void> const verified = verify_head(*head); !verified.has_value()) {
            return verified;
        }
        state_ = State::Payload;
    }
    std::uint32_t const skipped = payload_at_ > start ? payload_at_ - start : 0;
    if (skipped >= block.size() || !writer_) {
        return received_ > payload_at_ + payload_bytes_
                   ? Error{Fault::TrailingBytes, payload_at_ + payload_bytes_, received_,
                           payload_at_ + payload_bytes_}
                   : Result<void>{};
    }
    return writer_->write(block.subspan(skipped));
}

Result<void> Transfer::verify_head(suit::Head const& head) {
    container::Policy const policy = runtime_.policy();
    SignerKeys const signers{policy};
    Result<std::uint32_t> const signer = suit::verify(head, signers.keys(), crypto_);
    if (!signer.has_value()) {
        return signer.error();
    }
    Result<suit::Manifest> const manifest = suit::read_manifest(head, info_.identity);
    if (!manifest.has_value()) {
        return manifest.error();
    }
    if (manifest->component.kind != suit::Component::Kind::Container) {
        return Error{Fault::ComponentUnknown};
    }
    std::string_view const name = manifest->component.name;
    Result<container::Name> const checked = container::Name::of(name);
    if (!checked.has_value()) {
        return checked.error();
    }
    container::SignerRecord const& record = signers[*signer];
    if (!may_touch(runtime_.find(name), record, policy)) {
        return Error{Fault::NotAllowed};
    }
    std::uint32_t const lowest = runtime_.lowest_sequence(name);
    if (manifest->sequence < lowest) {
        return Error{Fault::SequenceNotNewer, 0, manifest->sequence, lowest};
    }
    installation_ = {*checked,         manifest->sequence, 0, manifest->image_bytes,
                     manifest->digest, record.key};
    payload_at_ = head.payload_offset;
    payload_bytes_ = head.payload_bytes;
    if (payload_bytes_ != 0 && payload_bytes_ != manifest->image_bytes) {
        return Error{Fault::DigestMismatch, 0, payload_bytes_, manifest->image_bytes};
    }
    return choose_slot(*manifest);
}

Result<void> Transfer::choose_slot(suit::Manifest const& manifest) {
    writer_.reset();
    bool const has_payload = payload_bytes_ != 0;
    Result<std::uint32_t> const slot =
        has_payload ? runtime_.free_slot()
                    : runtime_.previous_slot(manifest.component.name, manifest.digest);
    if (!slot.has_value()) {
        return slot.error();
    }
    installation_.slot = *slot;
    std::uint32_t const slot_bytes = runtime_.storage().slot_bytes();
    if (manifest.image_bytes > slot_bytes) {
        return Error{Fault::ImageTooLarge, 0, manifest.image_bytes, slot_bytes};
    }
    if (has_payload) {
        writer_.emplace(runtime_.storage(), *slot);
    }
    return {};
}

Result<bool> Transfer::finish() {
    State const before = state_;
    state_ = State::Idle;
    if (before != State::Payload || received_ != payload_at_ + payload_bytes_) {
        return Error{Fault::Truncated, 0, received_, payload_at_ + payload_bytes_};
    }
    if (writer_) {
        if (Result<void> const written = writer_->finish(); !written.has_value()) {
            return written.error();
        }
    }
    Bytes const image =
        runtime_.storage().slot(installation_.slot).first(installation_.image_bytes);
    if (crypto_.sha256(image) != installation_.digest) {
        return Error{Fault::DigestMismatch};
    }
    state_ = State::Complete;
    return true;
}

}  // namespace mbpf::agent
