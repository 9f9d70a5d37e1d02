// SPDX-License-Identifier: MIT
// Headers are read strictly: what is not understood could mean that the signature means less.
#include "mbpf/suit/sign1.hpp"

namespace mbpf::suit {

namespace {

constexpr std::uint8_t sign1_tag = 18;
constexpr std::uint8_t sign1_items = 4;
constexpr std::uint8_t algorithm_label = 1;
constexpr std::uint8_t key_id_label = 4;
constexpr std::string_view signature_context = "Signature1";
constexpr std::size_t max_headers_bytes = 32;
// The heads of the five items take 12 bytes at most.
constexpr std::size_t max_signed_bytes = config::max_command_bytes + signature_context.size() +
                                         max_domain_bytes + max_headers_bytes + 12;

void refuse_envelope(Attempt& attempt, std::uint32_t where, std::size_t found) {
    attempt.refuse(Fault::EnvelopeMalformed, where, std::uint32_t(found));
}

void read_headers(Attempt& attempt, cbor::Reader& headers, Sign1& message, bool is_protected) {
    cbor::KeyOrder order;
    bool has_algorithm = !is_protected;
    std::uint32_t const start = headers.offset();
    std::uint32_t const count = headers.map_head(attempt);
    for (std::uint32_t i = 0; i < count && !attempt.has_failed(); ++i) {
        std::uint32_t const where = headers.offset();
        std::int32_t const label = headers.key_word(attempt, order);
        if (label == algorithm_label && is_protected) {
            has_algorithm = true;
            std::int64_t const algorithm = headers.integer(attempt);
            attempt.require(algorithm == eddsa || algorithm == ed25519, Fault::AlgorithmUnsupported,
                            where, std::uint32_t(algorithm));
        } else if (label == key_id_label && message.key_id.empty()) {
            message.key_id = headers.byte_string(attempt);
            if (message.key_id.size() != key_id_bytes) {
                refuse_envelope(attempt, where, message.key_id.size());
            }
        } else {
            refuse_envelope(attempt, where, std::size_t(label));
        }
    }
    if (!has_algorithm || message.headers.size() > max_headers_bytes) {
        refuse_envelope(attempt, start, count);
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

    // All of them fit: reader and writer have looked at the payload.
    [[nodiscard]] Bytes bytes() const { return Bytes{buffer_}.first(writer_.size()); }

private:
    std::byte buffer_[max_signed_bytes];
    cbor::Writer writer_{buffer_};
};

[[nodiscard]] bool has_id(port::PublicKey const& key, Bytes id, port::Crypto const& crypto) {
    port::Digest const digest = crypto.sha256(key);
    return equal(id, Bytes{digest}.first(key_id_bytes));
}

}  // namespace

Sign1 read_sign1(Attempt& attempt, cbor::Reader reader, Bytes detached) {
    Sign1 message;
    std::uint32_t const start = reader.offset();
    std::uint64_t const tag = reader.tag(attempt);
    std::uint32_t const items = reader.array_head(attempt);
    if (tag != sign1_tag || items != sign1_items) {
        refuse_envelope(attempt, start, std::size_t(tag));
    }
    message.headers = reader.byte_string(attempt);
    cbor::Reader headers = reader.part(message.headers);
    read_headers(attempt, headers, message, true);
    headers.finish(attempt);
    read_headers(attempt, reader, message, false);
    std::uint32_t const payload_at = reader.offset();
    message.payload = detached;
    if (detached.empty()) {
        message.payload = reader.byte_string(attempt);
    } else {
        reader.null(attempt);
    }
    if (message.payload.size() > config::max_command_bytes) {
        attempt.refuse(Fault::ManifestTooLarge, payload_at, std::uint32_t(message.payload.size()),
                       config::max_command_bytes);
    }
    std::uint32_t const signature_at = reader.offset();
    message.signature = reader.byte_string(attempt);
    reader.finish(attempt);
    if (message.signature.size() != sizeof(port::Signature)) {
        refuse_envelope(attempt, signature_at, message.signature.size());
    }
    return message;
}

std::uint32_t verify_sign1(Attempt& attempt, Sign1 const& message, Bytes domain, Keys const& keys,
                           port::Crypto const& crypto) {
    if (attempt.has_failed()) {
        return 0;
    }
    SignedBytes const to_verify{message.headers, domain, message.payload};
    port::Signature const& signature = records<port::Signature>(message.signature).front();
    bool const is_named = !message.key_id.empty();
    Fault fault = Fault::SignerUnknown;
    for (std::uint32_t i = 0; i < keys.size(); ++i) {
        if (is_named && !has_id(keys[i], message.key_id, crypto)) {
            continue;
        }
        if (crypto.verify(keys[i], to_verify.bytes(), signature)) {
            return i;
        }
        fault = is_named ? Fault::SignatureInvalid : fault;
    }
    attempt.refuse(fault, 0);
    return 0;
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
    writer.tag(sign1_tag);
    writer.array_head(sign1_items);
    writer.byte_string(protected_headers);
    writer.map_head(0);
    if (form.is_attached) {
        writer.byte_string(payload);
    } else {
        writer.null();
    }
    writer.byte_string(signer.sign(signer.context, to_sign.bytes()));
    return {};
}

}  // namespace mbpf::suit
