// SPDX-License-Identifier: MIT
// Elements are in ascending order of key, each once: one input has one meaning.
#include "mbpf/suit/head.hpp"

#include "mbpf/suit/digest.hpp"

namespace mbpf::suit {

namespace {

class HeadReader {
public:
    HeadReader(Attempt& attempt, Head& head, Bytes prefix)
        : attempt_{attempt}, head_{head}, prefix_{prefix}, reader_{prefix} {}

    void read();

private:
    void read_key(std::uint8_t key);
    void read_authentication(cbor::Reader wrapper);
    void read_payload_head();
    void check_size();
    // `found` of an element of the envelope is as it should be.
    void require(bool is_good, std::uint32_t where, std::uint32_t found) {
        attempt_.require(is_good, Fault::EnvelopeMalformed, where, found);
    }

    Attempt& attempt_;
    Head& head_;
    Bytes prefix_;
    cbor::Reader reader_;
};

void HeadReader::read() {
    bool const is_tagged = reader_.peek(attempt_) == cbor::Major::Tag;
    head_.profile = is_tagged ? Profile::Ietf : Profile::Riot;
    if (is_tagged) {
        std::uint64_t const tag = reader_.tag(attempt_);
        require(tag == envelope_tag, 0, std::uint32_t(tag));
    }
    std::uint32_t const start = reader_.offset();
    std::uint32_t const elements = reader_.map_head(attempt_);
    bool const has_payload = is_tagged && elements == 3;
    require(elements == 2 || has_payload, start, elements);
    read_key(authentication_key);
    read_authentication(reader_.nested(attempt_));
    read_key(manifest_key);
    head_.manifest_offset = reader_.offset();
    Bytes const content = reader_.byte_string(attempt_);
    require(!content.empty(), head_.manifest_offset, 0);
    if (has_payload) {
        read_payload_head();
    }
    head_.payload_offset = reader_.offset();
    head_.total_bytes = head_.payload_offset + head_.payload_bytes;
    if (!attempt_.has_failed()) {
        std::byte const* const start_of_manifest = prefix_.data() + head_.manifest_offset;
        head_.manifest = {start_of_manifest, content.data() + content.size()};
    }
    check_size();
}

// To wait for more than a head may have would be to wait in vain.
void HeadReader::check_size() {
    std::uint32_t where = 0;
    std::uint32_t needed = head_.payload_offset;
    if (Error const& error = attempt_.error(); attempt_.has_failed()) {
        where = error.where;
        needed = error.fault == Fault::Truncated ? error.allowed : 0;
    }
    if (needed > config::max_head_bytes) {
        attempt_.forget();
        attempt_.refuse(Fault::ManifestTooLarge, where, needed, config::max_head_bytes);
    }
    if (std::uint32_t const there = std::uint32_t(prefix_.size()); there > head_.total_bytes) {
        attempt_.refuse(Fault::TrailingBytes, head_.total_bytes, there, head_.total_bytes);
    }
}

void HeadReader::read_key(std::uint8_t key) {
    std::uint32_t const where = reader_.offset();
    std::uint32_t const found = reader_.unsigned_word(attempt_);
    require(found == key, where, found);
}

// An array of the digest, if the signature does not bring it along, and of the signature.
void HeadReader::read_authentication(cbor::Reader wrapper) {
    bool const is_detached = head_.profile == Profile::Ietf;
    std::uint32_t const start = wrapper.offset();
    std::uint32_t const items = wrapper.array_head(attempt_);
    require(items == (is_detached ? 2u : 1u), start, items);
    Bytes detached;
    if (is_detached) {
        detached = wrapper.byte_string(attempt_);
        require(!detached.empty(), start, 0);
    }
    cbor::Reader const signature = wrapper.nested(attempt_);
    wrapper.finish(attempt_);
    head_.signature = read_sign1(attempt_, signature, detached);
    head_.digest = read_digest(attempt_, reader_.part(head_.signature.payload), head_.profile);
}

void HeadReader::read_payload_head() {
    std::uint32_t const where = reader_.offset();
    bool const is_payload = equal(reader_.text_string(attempt_), payload_key);
    require(is_payload, where, 0);
    std::uint64_t const bytes = reader_.byte_string_head(attempt_);
    require(bytes != 0, where, 0);
    if (bytes > max_word - reader_.offset()) {
        attempt_.refuse(Fault::ImageTooLarge, where, max_word, max_word - reader_.offset());
    }
    head_.payload_bytes = std::uint32_t(bytes);
}

}  // namespace

Head read_head(Attempt& attempt, Bytes prefix) {
    Head head;
    HeadReader{attempt, head, prefix}.read();
    return head;
}

std::uint32_t verify(Attempt& attempt, Head const& head, Keys const& keys,
                     port::Crypto const& crypto) {
    port::Digest const digest = crypto.sha256(head.manifest);
    attempt.require(equal(digest, head.digest), Fault::DigestMismatch, head.manifest_offset);
    return verify_sign1(attempt, head.signature, {}, keys, crypto);
}

}  // namespace mbpf::suit
