// SPDX-License-Identifier: MIT
// Headers are read strictly: what is not understood could mean that the signature means less.
#include "mbpf/suit/sign1.hpp"

#include "mbpf/suit/attempt.hpp"

namespace mbpf::suit {

namespace {

constexpr std::uint8_t sign1_tag = 18;
constexpr std::uint8_t sign1_items = 4;
constexpr std::uint8_t algorithm_label = 1;
constexpr std::uint8_t key_id_label = 4;
constexpr std::string_view signature_context = "Signature1";
constexpr std::size_t max_domain_bytes = 16;
constexpr std::size_t max_headers_bytes = 32;
// The heads of the five items take 12 bytes at most.
constexpr std::size_t max_signed_bytes = config::max_command_bytes + signature_context.size() +
                                         max_domain_bytes + max_headers_bytes + 12;

class Sign1Reader {
public:
    Sign1Reader(cbor::Reader reader, Bytes detached) : reader_{reader}, detached_{detached} {}

    [[nodiscard]] Result<Sign1> read();

private:
    void read_headers(cbor::Reader& headers, bool is_protected);
    void read_payload();
    void refuse_envelope(std::uint32_t where, std::uint64_t found) {
        attempt_.refuse(Fault::EnvelopeMalformed, where, std::uint32_t(found));
    }

    cbor::Reader reader_;
    Bytes detached_;
    Attempt attempt_;
    Sign1 message_;
};

Result<Sign1> Sign1Reader::read() {
    std::uint32_t const start = reader_.offset();
    std::uint64_t const tag = attempt_.tag(reader_);
    std::uint32_t const items = attempt_.array_head(reader_);
    if (tag != sign1_tag || items != sign1_items) {
        refuse_envelope(start, tag);
    }
    cbor::Reader ahead = reader_;
    message_.headers = attempt_.byte_string(ahead);
    cbor::Reader headers = attempt_.nested(reader_);
    read_headers(headers, true);
    attempt_.finish(headers);
    read_headers(reader_, false);
    read_payload();
    std::uint32_t const signature_at = reader_.offset();
    Bytes const signature = attempt_.byte_string(reader_);
    attempt_.finish(reader_);
    if (signature.size() != message_.signature.size()) {
        refuse_envelope(signature_at, signature.size());
    }
    if (attempt_.has_failed()) {
        return attempt_.error();
    }
    message_.signature = load<port::Signature>(signature, 0);
    return message_;
}

void Sign1Reader::read_headers(cbor::Reader& headers, bool is_protected) {
    cbor::KeyOrder order;
    bool has_algorithm = !is_protected;
    std::uint32_t const start = headers.offset();
    std::uint32_t const count = attempt_.map_head(headers);
    for (std::uint32_t i = 0; i < count && !attempt_.has_failed(); ++i) {
        std::uint32_t const where = headers.offset();
        std::int64_t const label = attempt_.key(headers, order);
        if (label == algorithm_label && is_protected) {
            has_algorithm = true;
            std::int64_t const algorithm = attempt_.integer(headers);
            if (algorithm != eddsa && algorithm != ed25519) {
                attempt_.refuse(Fault::AlgorithmUnsupported, where, std::uint32_t(algorithm));
            }
        } else if (label == key_id_label && message_.key_id.empty()) {
            message_.key_id = attempt_.byte_string(headers);
            if (message_.key_id.size() != key_id_bytes) {
                refuse_envelope(where, message_.key_id.size());
            }
        } else {
            refuse_envelope(where, std::uint64_t(label));
        }
    }
    if (!has_algorithm || message_.headers.size() > max_headers_bytes) {
        refuse_envelope(start, count);
    }
}

void Sign1Reader::read_payload() {
    std::uint32_t const where = reader_.offset();
    if (detached_.empty()) {
        message_.payload = attempt_.byte_string(reader_);
    } else {
        attempt_.pass(reader_.null());
        message_.payload = detached_;
    }
    if (std::size_t const size = message_.payload.size(); size > config::max_command_bytes) {
        attempt_.refuse(
            {Fault::ManifestTooLarge, where, std::uint32_t(size), config::max_command_bytes});
    }
}

// The Sig_structure of RFC 9052, section 4.4: what is really signed.
class SignedBytes {
public:
    SignedBytes(Bytes headers, Bytes domain, Bytes payload) {
        writer_.array_head(sign1_items);
        writer_.text_string(signature_context);
        writer_.byte_string(headers);
        writer_.byte_string(domain);
        writer_.byte_string(payload);
    }
    SignedBytes(SignedBytes const&) = delete;
    SignedBytes& operator=(SignedBytes const&) = delete;

    [[nodiscard]] Result<Bytes> bytes() const { return writer_.written(); }

private:
    std::byte buffer_[max_signed_bytes];
    cbor::Writer writer_{buffer_};
};

[[nodiscard]] bool has_id(port::PublicKey const& key, Bytes id, port::Crypto const& crypto) {
    port::Digest const digest = crypto.sha256(key);
    return equal(id, Bytes{digest}.first(key_id_bytes));
}

}  // namespace

Result<Sign1> read_sign1(cbor::Reader reader, Bytes detached) {
    return Sign1Reader{reader, detached}.read();
}

Result<std::uint32_t> verify_sign1(Sign1 const& message, Bytes domain, Keys keys,
                                   port::Crypto const& crypto) {
    SignedBytes const to_verify{message.headers, domain, message.payload};
    Result<Bytes> const bytes = to_verify.bytes();
    if (!bytes.has_value()) {
        return bytes.error();
    }
    bool const is_named = !message.key_id.empty();
    Fault fault = Fault::SignerUnknown;
    for (std::uint32_t i = 0; i < keys.size(); ++i) {
        if (is_named && !has_id(keys[i], message.key_id, crypto)) {
            continue;
        }
        if (crypto.verify(keys[i], *bytes, message.signature)) {
            return i;
        }
        fault = is_named ? Fault::SignatureInvalid : fault;
    }
    return Error{fault, 0, 0, 0};
}

Result<void> write_sign1(cbor::Writer& writer, Sign1Form form, Bytes payload, Bytes domain,
                         Signer const& signer, port::Crypto const& crypto) {
    std::byte buffer[max_headers_bytes];
    cbor::Writer headers{buffer};
    headers.map_head(form.has_key_id ? 2 : 1);
    headers.unsigned_integer(algorithm_label);
    headers.integer(form.algorithm);
    if (form.has_key_id) {
        port::Digest const digest = crypto.sha256(signer.key);
        headers.unsigned_integer(key_id_label);
        headers.byte_string(Bytes{digest}.first(key_id_bytes));
    }
    Bytes const protected_headers = Bytes{buffer}.first(headers.size());
    if (payload.size() > config::max_command_bytes) {
        return Error{Fault::ManifestTooLarge, 0, std::uint32_t(payload.size()),
                     config::max_command_bytes};
    }
    SignedBytes const to_sign{protected_headers, domain, payload};
    Result<Bytes> const message = to_sign.bytes();
    if (!message.has_value()) {
        return message.error();
    }
    writer.tag(sign1_tag);
    writer.array_head(sign1_items);
    writer.byte_string(protected_headers);
    writer.map_head(0);
    if (form.is_attached) {
        writer.byte_string(payload);
    } else {
        writer.null();
    }
    writer.byte_string(signer.sign(signer.context, *message));
    return {};
}

}  // namespace mbpf::suit
