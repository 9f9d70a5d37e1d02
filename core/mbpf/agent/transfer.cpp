// SPDX-License-Identifier: MIT
#include "mbpf/agent/transfer.hpp"

namespace mbpf::agent {

// An envelope that is verified is not given up for one that is not.
[[gnu::always_inline]] inline void Transfer::begin(Attempt& attempt, coap::Peer const& peer) {
    bool const is_busy = is_writing() && (state_ == State::Complete || !(peer == peer_));
    attempt.require(!is_busy, Fault::ContainerBusy);
    if (!attempt.has_failed()) {
        state_ = State::Head;
        peer_ = peer;
        received_ = 0;
    }
}

bool Transfer::take(Attempt& attempt, coap::Peer const& peer, std::uint32_t offset, bool has_more,
                    Bytes block) {
    if (offset == 0) {
        begin(attempt, peer);
    }
    bool const is_open =
        state_ != State::Idle && state_ != State::Complete && peer == peer_ && offset <= received_;
    if (is_open && has_more && offset + block.size() <= received_) {
        return false;  // Again: an answer came late, or behind another.
    }
    if (!is_open || offset != received_) {
        attempt.refuse(Fault::TransferBroken, 0, offset, received_);
    }
    if (attempt.has_failed()) {
        return false;
    }
    last_us_ = runtime_.now_us();
    collect(attempt, block);
    if (!has_more) {
        finish(attempt);
    }
    if (attempt.has_failed()) {
        state_ = State::Idle;
    }
    return state_ == State::Complete;
}

// What of the block belongs to the head, then what belongs to the payload.
[[gnu::always_inline]] inline void Transfer::collect(Attempt& attempt, Bytes block) {
    std::uint32_t const start = received_;
    received_ += std::uint32_t(block.size());
    if (state_ == State::Head) {
        std::size_t const room = head_.size() - start;
        std::size_t const part = block.size() < room ? block.size() : room;
        if (part != 0) {
            __builtin_memcpy(head_.data() + start, block.data(), part);
        }
        Attempt reading;
        suit::Head const head = suit::read_head(reading, Bytes{head_}.first(start + part));
        if (reading.has_failed()) {
            if (reading.error().fault != Fault::Truncated) {
                attempt.refuse(reading.error());
            } else if (part == room) {
                attempt.refuse(Fault::ManifestTooLarge, 0, received_, std::uint32_t(head_.size()));
            }
            return;
        }
        verify_head(attempt, head);
        state_ = State::Payload;
    }
    std::uint32_t const end = payload_at_ + payload_bytes_;
    if (received_ > end && !writer_) {
        attempt.refuse(Fault::TrailingBytes, end, received_, end);
    }
    std::uint32_t const skipped = payload_at_ > start ? payload_at_ - start : 0;
    if (skipped < block.size() && writer_ && !attempt.has_failed()) {
        attempt.pass(writer_->write(block.subspan(skipped)));
    }
}

[[gnu::always_inline]] inline void Transfer::verify_head(Attempt& attempt, suit::Head const& head) {
    container::Policy const policy = runtime_.policy();
    std::uint32_t const index = suit::verify(attempt, head, keys_of(policy), crypto_);
    suit::Manifest const manifest = suit::read_manifest(attempt, head, info_.identity);
    attempt.require(manifest.component.kind == suit::Component::Kind::Container,
                    Fault::ComponentUnknown);
    std::string_view const name = manifest.component.name;
    installation_.name = container::Name::of(attempt, name);
    if (attempt.has_failed()) {
        return;
    }
    container::InstallRecord& record = installation_.record;
    record.sequence = manifest.sequence;
    record.wanted = container::InstallRecord::Wanted::Running;
    record.image_bytes = manifest.image_bytes;
    record.digest = manifest.digest;
    record.signer = policy.signers()[index].key;
    check_standing(attempt);
    uri_ = manifest.is_integrated ? std::string_view{} : manifest.uri;
    payload_at_ = head.payload_offset;
    payload_bytes_ = head.payload_bytes;
    if (payload_bytes_ != 0 && payload_bytes_ != manifest.image_bytes) {
        attempt.refuse(Fault::DigestMismatch, 0, payload_bytes_, manifest.image_bytes);
    }
    choose_slot(attempt);
}

void Transfer::choose_slot(Attempt& attempt) {
    container::InstallRecord& record = installation_.record;
    bool const is_new = payload_bytes_ != 0 || !uri_.empty();
    writer_.reset();
    record.slot = is_new
                      ? runtime_.free_slot(attempt)
                      : runtime_.previous_slot(attempt, installation_.name.text(), record.digest);
    std::uint32_t const slot_bytes = runtime_.storage().slot_bytes();
    if (record.image_bytes > slot_bytes) {
        attempt.refuse(Fault::ImageTooLarge, 0, record.image_bytes, slot_bytes);
    }
    if (is_new && !attempt.has_failed()) {
        writer_.emplace(runtime_.storage(), record.slot);
    }
}

[[gnu::always_inline]] inline void Transfer::finish(Attempt& attempt) {
    std::uint32_t const end = payload_at_ + payload_bytes_;
    if (state_ != State::Payload || received_ != end) {
        attempt.refuse(Fault::Truncated, 0, received_, end);
    }
    if (uri_.empty()) {
        finish_image(attempt);
    }
    state_ = attempt.has_failed() ? State::Idle : State::Complete;
}

// Also at the end, since another message may have come meanwhile: about this name, or a policy.
void Transfer::check_standing(Attempt& attempt) const {
    container::Policy const policy = runtime_.policy();
    container::SignerRecord const* const signer = policy.find(installation_.record.signer);
    if (signer == nullptr) {
        return attempt.refuse(Fault::SignerUnknown);
    }
    check_message(attempt, runtime_,
                  {installation_.name.text(), installation_.record.sequence, signer});
}

void Transfer::finish_image(Attempt& attempt) {
    check_standing(attempt);
    if (writer_ && !attempt.has_failed()) {
        attempt.pass(writer_->finish());
    }
    if (attempt.has_failed()) {
        return;
    }
    container::InstallRecord const& record = installation_.record;
    Bytes const image = runtime_.storage().slot(record.slot).first(record.image_bytes);
    attempt.require(equal(crypto_.sha256(image), record.digest), Fault::DigestMismatch);
}

}  // namespace mbpf::agent
