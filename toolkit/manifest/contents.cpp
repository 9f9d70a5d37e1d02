// SPDX-License-Identifier: MIT
#include "toolkit/manifest/contents.hpp"

#include <algorithm>

#include "toolkit/crypto/crypto.hpp"

namespace mbpf::toolkit::manifest {

namespace {

void copy_uuid(cbor::Reader& reader, suit::Uuid& uuid) {
    Result<Bytes> const bytes = reader.byte_string();
    if (bytes.has_value() && bytes->size() == uuid.size()) {
        std::copy(bytes->begin(), bytes->end(), uuid.begin());
    }
}

// Parameters of one command. False if the map cannot be read on.
bool find_parameters(cbor::Reader& reader, Contents& contents) {
    Result<std::uint32_t> const pairs = reader.map_head();
    for (std::uint32_t i = 0; pairs.has_value() && i < *pairs; ++i) {
        Result<std::int64_t> const key = reader.integer();
        if (!key.has_value()) {
            return false;
        }
        switch (suit::Parameter(*key)) {
            case suit::Parameter::Vendor: copy_uuid(reader, contents.recipient.vendor); break;
            case suit::Parameter::Class: copy_uuid(reader, contents.recipient.device_class); break;
            case suit::Parameter::Device:
                copy_uuid(reader, contents.recipient.device);
                contents.is_for_one_device = true;
                break;
            default:
                if (!reader.skip().has_value()) {
                    return false;
                }
        }
    }
    return pairs.has_value();
}

// Commands that hold for all sequences say who the manifest is for. What is malformed is left to
// the reader of the core.
void find_recipient(cbor::Reader sequence, Contents& contents) {
    Result<std::uint32_t> const items = sequence.array_head();
    for (std::uint32_t i = 0; items.has_value() && i + 1 < *items; i += 2) {
        Result<std::uint64_t> const command = sequence.unsigned_integer();
        if (!command.has_value()) {
            return;
        }
        bool const has_parameters = *command == unsigned(suit::Command::SetParameters) ||
                                    *command == unsigned(suit::Command::OverrideParameters);
        bool const is_read =
            has_parameters ? find_parameters(sequence, contents) : sequence.skip().has_value();
        if (!is_read) {
            return;
        }
    }
}

// The value of a key of a map that holds the encoding of something, or nothing.
std::optional<cbor::Reader> find_nested(cbor::Reader map, std::int64_t wanted) {
    Result<std::uint32_t> const pairs = map.map_head();
    for (std::uint32_t i = 0; pairs.has_value() && i < *pairs; ++i) {
        Result<std::int64_t> const key = map.integer();
        if (!key.has_value()) {
            return {};
        }
        if (*key == wanted) {
            Result<cbor::Reader> const value = map.nested();
            return value.has_value() ? std::optional{*value} : std::nullopt;
        }
        if (!map.skip().has_value()) {
            return {};
        }
    }
    return {};
}

void find_recipient(Contents& contents) {
    Result<cbor::Reader> const manifest = cbor::Reader{contents.head.manifest}.nested();
    std::optional<cbor::Reader> const common =
        manifest.has_value() ? find_nested(*manifest, suit::common_key) : std::nullopt;
    std::optional<cbor::Reader> const shared =
        common ? find_nested(*common, suit::shared_key) : std::nullopt;
    if (shared) {
        find_recipient(*shared, contents);
    }
}

}  // namespace

Result<Contents> read_contents(Bytes envelope, suit::Keys keys) {
    // The payload need not be there.
    Result<suit::Head> head = suit::read_head(envelope);
    if (!head.has_value()) {
        return head.error();
    }
    Contents contents;
    contents.head = *head;
    find_recipient(contents);
    Result<suit::Manifest> const manifest = suit::read_manifest(contents.head, contents.recipient);
    if (!manifest.has_value()) {
        return manifest.error();
    }
    contents.manifest = *manifest;
    port::Crypto const crypto = crypto::functions();
    Bytes const payload =
        envelope.subspan(std::min<std::size_t>(contents.head.payload_offset, envelope.size()));
    contents.is_payload_whole = payload.size() == contents.head.payload_bytes && !payload.empty() &&
                                crypto.sha256(payload) == contents.manifest.digest;
    Result<std::uint32_t> const signer = suit::verify(contents.head, keys, crypto);
    if (signer.has_value()) {
        contents.signer = *signer;
    } else if (signer.error().fault != Fault::SignerUnknown) {
        return signer.error();
    }
    return contents;
}

}  // namespace mbpf::toolkit::manifest
