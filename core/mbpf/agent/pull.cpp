// SPDX-License-Identifier: MIT
#include "mbpf/agent/pull.hpp"

namespace mbpf::agent {

Result<void> Pull::start(std::string_view uri, storage::SlotWriter& writer,
                         std::uint32_t image_bytes, std::uint32_t now_ms) {
    std::optional<coap::Target> const target = coap::parse_uri(uri);
    if (!target) {
        return Error{Fault::UriUnsupported};
    }
    writer_ = &writer;
    error_ = {};
    image_bytes_ = image_bytes;
    deadline_ms_ = now_ms + config::pull_limit_ms;
    (void)fetch_.start(*target, config::pull_block_bytes, {this, &Pull::take}, now_ms);
    return {};
}

bool Pull::take(void* self, std::uint32_t offset, Bytes block) {
    Pull& pull = *static_cast<Pull*>(self);
    if (!fits(offset, block.size(), pull.image_bytes_)) {
        pull.error_ = {Fault::DigestMismatch, 0, std::uint32_t(offset + block.size()),
                       pull.image_bytes_};
        return false;
    }
    Result<void> const written = pull.writer_->write(block);
    pull.error_ = written.has_value() ? Error{} : written.error();
    return written.has_value();
}

std::uint32_t Pull::poll(std::uint32_t now_ms) {
    bool const is_running = fetch_.state() == coap::Fetch::State::Running;
    if (is_running && coap::is_due(deadline_ms_, now_ms)) {
        error_ = {Fault::FetchFailed, 0, std::uint32_t(Reason::Slow), fetch_.received_bytes()};
        fetch_.abort();
    }
    std::uint32_t const wait = fetch_.poll(now_ms);
    return is_running && fetch_.state() != coap::Fetch::State::Running ? 0 : wait;
}

std::optional<Result<void>> Pull::take_end() {
    if (writer_ == nullptr || fetch_.state() == coap::Fetch::State::Running) {
        return std::nullopt;
    }
    writer_ = nullptr;
    return result();
}

[[gnu::always_inline]] inline Result<void> Pull::result() const {
    std::uint32_t const bytes = fetch_.received_bytes();
    Error error = error_;
    auto const fail = [&](std::uint32_t reason) { error = {Fault::FetchFailed, 0, reason, bytes}; };
    switch (fetch_.state()) {
        case coap::Fetch::State::Done:
            if (bytes != image_bytes_) {
                error = {Fault::DigestMismatch, 0, bytes, image_bytes_};
            }
            break;
        case coap::Fetch::State::TimedOut: fail(std::uint32_t(Reason::Silent)); break;
        case coap::Fetch::State::Reset: fail(std::uint32_t(Reason::Reset)); break;
        case coap::Fetch::State::Refused: fail(std::uint32_t(fetch_.refusal())); break;
        case coap::Fetch::State::Malformed: fail(std::uint32_t(Reason::Malformed)); break;
        case coap::Fetch::State::Changed: fail(std::uint32_t(Reason::Changed)); break;
        case coap::Fetch::State::Aborted:
        case coap::Fetch::State::Idle:
        case coap::Fetch::State::Running: break;
    }
    return error.fault == Fault::None ? Result<void>{} : Result<void>{error};
}

}  // namespace mbpf::agent
