// SPDX-License-Identifier: MIT
// Elements are in ascending order of key, each once: one input has one meaning.
#include "mbpf/suit/head.hpp"

#include "mbpf/suit/attempt.hpp"
#include "mbpf/suit/digest.hpp"

namespace mbpf::suit {

namespace {

class HeadReader {
public:
    explicit HeadReader(Bytes prefix) : prefix_{prefix}, reader_{prefix} {}

    [[nodiscard]] Result<Head> read();

private:
    void read_elements();
    void read_key(std::uint8_t key);
    void read_authentication(cbor::Reader wrapper);
    void read_manifest();
    void read_payload_head();
    [[nodiscard]] Error refusal() const;
    void refuse(std::uint32_t where, std::uint64_t found) {
        attempt_.refuse(Fault::EnvelopeMalformed, where, std::uint32_t(found));
    }

    Bytes prefix_;
    cbor::Reader reader_;
    Attempt attempt_;
    Head head_;
};

Result<Head> HeadReader::read() {
    read_elements();
    if (!attempt_.has_failed() && head_.payload_offset > config::max_head_bytes) {
        attempt_.refuse({Fault::ManifestTooLarge, 0, head_.payload_offset, config::max_head_bytes});
    }
    if (!attempt_.has_failed() && prefix_.size() > head_.total_bytes) {
        attempt_.refuse({Fault::TrailingBytes, head_.total_bytes, std::uint32_t(prefix_.size()),
                         head_.total_bytes});
    }
    return attempt_.has_failed() ? Result<Head>{refusal()} : head_;
}

// To wait for more than a head may have would be to wait in vain.
Error HeadReader::refusal() const {
    Error const& error = attempt_.error();
    if (error.fault == Fault::Truncated && error.allowed > config::max_head_bytes) {
        return {Fault::ManifestTooLarge, error.where, error.allowed, config::max_head_bytes};
    }
    return error;
}

void HeadReader::read_elements() {
    bool const is_tagged = attempt_.peek(reader_) == cbor::Major::Tag;
    head_.profile = is_tagged ? Profile::Ietf : Profile::Riot;
    if (is_tagged) {
        if (std::uint64_t const tag = attempt_.tag(reader_); tag != envelope_tag) {
            refuse(0, tag);
        }
    }
    std::uint32_t const start = reader_.offset();
    std::uint32_t const elements = attempt_.map_head(reader_);
    bool const has_payload = is_tagged && elements == 3;
    if (elements != 2 && !has_payload) {
        refuse(start, elements);
    }
    read_key(authentication_key);
    read_authentication(attempt_.nested(reader_));
    read_key(manifest_key);
    read_manifest();
    if (has_payload) {
        read_payload_head();
    }
    head_.payload_offset = reader_.offset();
    head_.total_bytes = head_.payload_offset + head_.payload_bytes;
}

void HeadReader::read_key(std::uint8_t key) {
    std::uint32_t const where = reader_.offset();
    std::uint64_t const found = attempt_.unsigned_integer(reader_);
    if (found != key) {
        refuse(where, found);
    }
}

// An array of the digest, if the signature does not bring it along, and of the signature.
void HeadReader::read_authentication(cbor::Reader wrapper) {
    bool const is_detached = head_.profile == Profile::Ietf;
    std::uint32_t const start = wrapper.offset();
    std::uint32_t const items = attempt_.array_head(wrapper);
    if (items != (is_detached ? 2u : 1u)) {
        refuse(start, items);
    }
    Bytes const detached = is_detached ? attempt_.byte_string(wrapper) : Bytes{};
    if (is_detached && detached.empty()) {
        refuse(start, 0);
    }
    cbor::Reader const signature = attempt_.nested(wrapper);
    attempt_.finish(wrapper);
    if (attempt_.has_failed()) {
        return;
    }
    head_.signature = attempt_.take(read_sign1(signature, detached));
    if (attempt_.has_failed()) {
        return;
    }
    cbor::Reader const digest = reader_.part(head_.signature.payload);
    head_.digest = attempt_.take(read_digest(digest, head_.profile));
}

void HeadReader::read_manifest() {
    head_.manifest_offset = reader_.offset();
    Bytes const content = attempt_.byte_string(reader_);
    if (!attempt_.has_failed()) {
        std::size_t const bytes = reader_.offset() - head_.manifest_offset;
        head_.manifest = prefix_.subspan(head_.manifest_offset, bytes);
    }
    if (content.empty()) {
        refuse(head_.manifest_offset, 0);
    }
}

void HeadReader::read_payload_head() {
    std::uint32_t const where = reader_.offset();
    if (attempt_.text_string(reader_) != payload_key) {
        refuse(where, 0);
    }
    std::uint64_t const bytes = attempt_.byte_string_head(reader_);
    if (bytes == 0) {
        refuse(where, 0);
    }
    if (bytes > max_word - reader_.offset()) {
        attempt_.refuse({Fault::ImageTooLarge, where, max_word, max_word - reader_.offset()});
    }
    head_.payload_bytes = std::uint32_t(bytes);
}

}  // namespace

Result<Head> read_head(Bytes prefix) { return HeadReader{prefix}.read(); }

Result<std::uint32_t> verify(Head const& head, Keys keys, port::Crypto const& crypto) {
    if (crypto.sha256(head.manifest) != head.digest) {
        return Error{Fault::DigestMismatch, head.manifest_offset, 0, 0};
    }
    return verify_sign1(head.signature, {}, keys, crypto);
}

}  // namespace mbpf::suit
