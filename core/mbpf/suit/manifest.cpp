// SPDX-License-Identifier: MIT
// Reads the elements, then runs the sequences in the order in which a device goes through them.
#include "mbpf/suit/manifest.hpp"

#include "mbpf/suit/interpreter.hpp"

namespace mbpf::suit {

namespace {

constexpr std::uint8_t component_items = 2;

[[nodiscard]] bool is_slot_number(std::string_view name) {
    bool const is_one_digit = name.size() == 1 && name[0] >= '0' && name[0] <= '9';
    bool const is_two_digits =
        name.size() == 2 && name[0] >= '1' && name[0] <= '9' && name[1] >= '0' && name[1] <= '9';
    return is_one_digit || is_two_digits;
}

class ManifestReader {
public:
    ManifestReader(Attempt& attempt, Manifest& manifest, Head const& head, Identity const& self)
        : attempt_{attempt},
          manifest_{manifest},
          head_{head},
          dialect_{dialect_of(head.profile)},
          interpreter_{attempt, head.profile, self} {}

    void read();

private:
    void read_elements(cbor::Reader reader);
    void read_element(cbor::Reader& reader, std::uint32_t where, std::int32_t key);
    void read_common(cbor::Reader reader);
    void read_component(cbor::Reader& reader);
    [[nodiscard]] cbor::Reader read_sequence(cbor::Reader& reader);
    void conclude();
    [[gnu::always_inline]] void require(bool is_good, Fault fault, std::uint32_t where,
                                        std::size_t found) {
        attempt_.require(is_good, fault, where, std::uint32_t(found));
    }

    Attempt& attempt_;
    Manifest& manifest_;
    Head const& head_;
    Dialect const& dialect_;
    Interpreter interpreter_;
    cbor::Reader shared_{};
    cbor::Reader fetch_{};
    cbor::Reader install_{};
    cbor::Reader validate_{};
    bool has_version_ = false;
    bool has_sequence_ = false;
};

void ManifestReader::read() {
    cbor::Reader wrapped{head_.manifest, head_.manifest_offset};
    read_elements(wrapped.nested(attempt_));
    require(has_version_ && has_sequence_ && !shared_.is_at_end(), Fault::EnvelopeMalformed,
            head_.manifest_offset, 0);
    for (cbor::Reader const* const sequence : {&fetch_, &install_, &validate_}) {
        // One that is not there does nothing. What is shared holds for each of the others.
        if (!sequence->is_at_end()) {
            interpreter_.run(shared_);
            interpreter_.run(*sequence);
        }
    }
    conclude();
}

void ManifestReader::read_elements(cbor::Reader reader) {
    cbor::KeyOrder order;
    std::uint32_t const count = reader.map_head(attempt_);
    for (std::uint32_t i = 0; i < count && !attempt_.has_failed(); ++i) {
        std::uint32_t const where = reader.offset();
        read_element(reader, where, reader.key_word(attempt_, order));
    }
    reader.finish(attempt_);
}

void ManifestReader::read_element(cbor::Reader& reader, std::uint32_t where, std::int32_t key) {
    cbor::Reader* const sequence = key == dialect_.fetch      ? &fetch_
                                   : key == dialect_.install  ? &install_
                                   : key == dialect_.validate ? &validate_
                                                              : nullptr;
    if (sequence != nullptr) {
        *sequence = read_sequence(reader);
    } else if (key == common_key) {
        read_common(reader.nested(attempt_));
    } else if (key == version_key) {
        std::uint32_t const version_at = reader.offset();
        std::uint32_t const version = reader.unsigned_word(attempt_);
        has_version_ = true;
        if (version != manifest_version) {
            attempt_.refuse(Fault::ManifestVersion, version_at, version, manifest_version);
        }
    } else if (key == sequence_key) {
        std::uint32_t const number_at = reader.offset();
        std::uint64_t const number = reader.unsigned_integer(attempt_);
        has_sequence_ = true;
        require(number <= max_word, Fault::ManifestUnsupported, number_at, sequence_key);
        manifest_.sequence = std::uint32_t(number);
    } else {
        require(false, Fault::ManifestUnsupported, where, std::uint32_t(key));
    }
}

void ManifestReader::read_common(cbor::Reader reader) {
    cbor::KeyOrder order;
    std::uint32_t const start = reader.offset();
    std::uint32_t const count = reader.map_head(attempt_);
    for (std::uint32_t i = 0; i < count && !attempt_.has_failed(); ++i) {
        std::uint32_t const where = reader.offset();
        std::int32_t const key = reader.key_word(attempt_, order);
        if (key == components_key) {
            read_component(reader);
        } else if (key == shared_key) {
            shared_ = read_sequence(reader);
        } else {
            require(false, Fault::ManifestUnsupported, where, std::uint32_t(key));
        }
    }
    require(!manifest_.component.name.empty(), Fault::EnvelopeMalformed, start, components_key);
    reader.finish(attempt_);
}

void ManifestReader::read_component(cbor::Reader& reader) {
    std::uint32_t const where = reader.offset();
    std::uint32_t const count = reader.array_head(attempt_);
    require(count == 1, Fault::ManifestUnsupported, where, components_key);
    std::uint32_t const items = reader.array_head(attempt_);
    std::string_view const kind = as_text(reader.byte_string(attempt_));
    bool const is_container = equal(kind, container_kind);
    require(items == component_items && (is_container || equal(kind, slot_kind)),
            Fault::ComponentUnknown, where, items);
    std::string_view const name = as_text(reader.byte_string(attempt_));
    manifest_.component = {is_container ? Component::Kind::Container : Component::Kind::Slot, name};
    Fault const fault = fault_of(manifest_.component);
    require(fault == Fault::None, fault, where, name.size());
}

// Never empty: that stands for none.
cbor::Reader ManifestReader::read_sequence(cbor::Reader& reader) {
    std::uint32_t const where = reader.offset();
    cbor::Reader const sequence = reader.nested(attempt_);
    require(!sequence.is_at_end(), Fault::EnvelopeMalformed, where, 0);
    return sequence;
}

void ManifestReader::conclude() {
    Progress const& progress = interpreter_.progress();
    std::uint32_t const where = head_.manifest_offset;
    require(progress.is_fetched, Fault::EnvelopeMalformed, where, dialect_.install);
    require(progress.is_matched, Fault::ConditionFailed, where,
            std::uint32_t(Command::ConditionImageMatch));
    if (attempt_.has_failed()) {
        return;
    }
    manifest_.digest = records<port::Digest>(progress.matched_digest).front();
    manifest_.image_bytes = progress.matched_bytes;
    manifest_.uri = as_text(progress.fetched_uri);
    manifest_.is_integrated = head_.payload_bytes != 0;
    // No fragment names anything but the payload, and a payload that nobody fetches is none.
    bool const is_fragment = manifest_.uri.starts_with(payload_key.front());
    bool const is_payload = equal(manifest_.uri, payload_key);
    require(is_fragment == manifest_.is_integrated && is_fragment == is_payload,
            Fault::EnvelopeMalformed, where, std::uint32_t(Parameter::Uri));
    if (manifest_.is_integrated && head_.payload_bytes != manifest_.image_bytes) {
        attempt_.refuse(Fault::EnvelopeMalformed, head_.payload_offset, head_.payload_bytes,
                        manifest_.image_bytes);
    }
}

}  // namespace

Fault fault_of(Component const& component) {
    std::string_view const name = component.name;
    if (component.kind == Component::Kind::Slot) {
        return is_slot_number(name) ? Fault::None : Fault::ComponentUnknown;
    }
    bool const is_name = !name.empty() && name.size() <= config::max_name_bytes;
    return is_name ? Fault::None : Fault::NameMalformed;
}

Manifest read_manifest(Attempt& attempt, Head const& head, Identity const& self) {
    Manifest manifest;
    ManifestReader{attempt, manifest, head, self}.read();
    return manifest;
}

}  // namespace mbpf::suit
