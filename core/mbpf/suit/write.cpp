// SPDX-License-Identifier: MIT
// The signature stands before what it signs, so the manifest is written into a buffer first.
#include "mbpf/suit/write.hpp"

#include "mbpf/suit/digest.hpp"

namespace mbpf::suit {

namespace {

class ManifestWriter {
public:
    ManifestWriter(Profile profile, Manifest const& manifest, Recipients const& recipients,
                   cbor::Writer& writer)
        : manifest_{manifest}, recipients_{recipients}, writer_{writer}, profile_{profile} {}

    void write();

private:
    void write_common();
    void write_component();
    void write_shared();
    void write_install();
    void write_validate();
    void command(Command command, std::uint8_t report) {
        writer_.unsigned_integer(std::uint8_t(command));
        writer_.unsigned_integer(report);
    }
    void directive(Command command) { writer_.unsigned_integer(std::uint8_t(command)); }
    void parameter(Parameter number) { writer_.unsigned_integer(std::uint8_t(number)); }

    Manifest const& manifest_;
    Recipients const& recipients_;
    cbor::Writer& writer_;
    Profile profile_;
};

// Keys ascend, and the two profiles number their sequences differently.
void ManifestWriter::write() {
    Dialect const dialect = dialect_of(profile_);
    std::size_t const start = writer_.size();
    writer_.map_head(5);
    writer_.unsigned_integer(version_key);
    writer_.unsigned_integer(manifest_version);
    writer_.unsigned_integer(sequence_key);
    writer_.unsigned_integer(manifest_.sequence);
    write_common();
    if (dialect.validate < dialect.install) {
        write_validate();
        write_install();
    } else {
        write_install();
        write_validate();
    }
    writer_.wrap(start);
}

void ManifestWriter::write_common() {
    writer_.unsigned_integer(common_key);
    std::size_t const start = writer_.size();
    writer_.map_head(2);
    write_component();
    write_shared();
    writer_.wrap(start);
}

void ManifestWriter::write_component() {
    bool const is_container = manifest_.component.kind == Component::Kind::Container;
    writer_.unsigned_integer(components_key);
    writer_.array_head(1);
    writer_.array_head(2);
    writer_.byte_string(as_bytes(is_container ? container_kind : slot_kind));
    writer_.byte_string(as_bytes(manifest_.component.name));
}

void ManifestWriter::write_shared() {
    bool const has_device = recipients_.device.has_value();
    writer_.unsigned_integer(shared_key);
    std::size_t const start = writer_.size();
    writer_.array_head(has_device ? 8 : 6);
    directive(Command::OverrideParameters);
    writer_.map_head(has_device ? 5 : 4);
    parameter(Parameter::Vendor);
    writer_.byte_string(recipients_.vendor);
    parameter(Parameter::Class);
    writer_.byte_string(recipients_.device_class);
    parameter(Parameter::ImageDigest);
    std::size_t const digest_start = writer_.size();
    write_digest(writer_, manifest_.digest, profile_);
    writer_.wrap(digest_start);
    parameter(Parameter::ImageBytes);
    writer_.unsigned_integer(manifest_.image_bytes);
    if (has_device) {
        parameter(Parameter::Device);
        writer_.byte_string(*recipients_.device);
    }
    command(Command::ConditionVendor, report_always);
    command(Command::ConditionClass, report_always);
    if (has_device) {
        command(Command::ConditionDevice, report_always);
    }
    writer_.wrap(start);
}

void ManifestWriter::write_install() {
    bool const has_uri = !manifest_.uri.empty();
    writer_.unsigned_integer(dialect_of(profile_).install);
    std::size_t const start = writer_.size();
    writer_.array_head(has_uri ? 6 : 4);
    if (has_uri) {
        directive(profile_ == Profile::Riot ? Command::SetParameters : Command::OverrideParameters);
        writer_.map_head(1);
        parameter(Parameter::Uri);
        writer_.text_string(manifest_.uri);
    }
    command(Command::Fetch, report_failure);
    command(Command::ConditionImageMatch, report_always);
    writer_.wrap(start);
}

void ManifestWriter::write_validate() {
    writer_.unsigned_integer(dialect_of(profile_).validate);
    std::size_t const start = writer_.size();
    writer_.array_head(2);
    command(Command::ConditionImageMatch, report_always);
    writer_.wrap(start);
}

// An array of the digest, unless the signature has it, and the signature: one byte string.
[[nodiscard]] Result<void> write_authentication(cbor::Writer& writer, Profile profile, Bytes digest,
                                                Signer const& signer, port::Crypto const& crypto) {
    bool const is_detached = profile == Profile::Ietf;
    Sign1Form const form{.algorithm = dialect_of(profile).signature_algorithm,
                         .has_key_id = is_detached,  // RIOT's buffer has no room for it.
                         .is_attached = !is_detached};
    std::size_t const start = writer.size();
    writer.array_head(is_detached ? 2 : 1);
    if (is_detached) {
        writer.byte_string(digest);
    }
    std::size_t const block_start = writer.size();
    Result<void> const signature = write_sign1(writer, form, digest, {}, signer, crypto);
    writer.wrap(block_start);
    writer.wrap(start);
    return signature;
}

// What the reader would refuse is not written.
[[nodiscard]] Result<void> check(Profile profile, Manifest const& manifest) {
    bool const is_fragment = manifest.uri.starts_with(payload_key.front());
    bool const is_possible =
        !manifest.is_integrated ||
        (profile == Profile::Ietf && manifest.uri == payload_key && manifest.image_bytes > 0);
    if (!is_possible || is_fragment != manifest.is_integrated) {
        return Error{Fault::EnvelopeMalformed, 0, std::uint32_t(Parameter::Uri), 0};
    }
    Fault const fault = fault_of(manifest.component);
    if (fault != Fault::None) {
        return Error{fault, 0, std::uint32_t(manifest.component.name.size()), 0};
    }
    return {};
}

}  // namespace

Result<Bytes> write_head(Profile profile, Manifest const& manifest, Recipients const& recipients,
                         Signer const& signer, port::Crypto const& crypto, WritableBytes out) {
    if (Result<void> const possible = check(profile, manifest); !possible.has_value()) {
        return possible.error();
    }
    std::byte manifest_buffer[config::max_head_bytes];
    cbor::Writer manifest_writer{manifest_buffer};
    ManifestWriter{profile, manifest, recipients, manifest_writer}.write();
    Result<Bytes> const encoded = manifest_writer.written();
    std::byte digest_buffer[sizeof(port::Digest) + 8];
    cbor::Writer digest_writer{digest_buffer};
    write_digest(digest_writer, crypto.sha256(encoded.has_value() ? *encoded : Bytes{}), profile);
    Bytes const digest = Bytes{digest_buffer}.first(digest_writer.size());

    cbor::Writer writer{out};
    if (profile == Profile::Ietf) {
        writer.tag(envelope_tag);
    }
    writer.map_head(manifest.is_integrated ? 3 : 2);
    writer.unsigned_integer(authentication_key);
    Result<void> const signature = write_authentication(writer, profile, digest, signer, crypto);
    writer.unsigned_integer(manifest_key);
    writer.encoded(Bytes{manifest_buffer}.first(encoded.has_value() ? encoded->size() : 0));
    if (manifest.is_integrated) {
        writer.text_string(payload_key);
        writer.byte_string_head(manifest.image_bytes);
    }
    if (!signature.has_value()) {
        return signature.error();
    }
    std::size_t const size = writer.size() + (encoded.has_value() ? 0 : manifest_writer.size());
    if (size > config::max_head_bytes) {
        return Error{Fault::ManifestTooLarge, 0, std::uint32_t(size), config::max_head_bytes};
    }
    return writer.written();
}

}  // namespace mbpf::suit
