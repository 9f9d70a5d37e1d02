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
    ManifestReader(Head const& head, Identity const& self)
        : head_{head}, dialect_{dialect_of(head.profile)}, interpreter_{head.profile, self} {}

    [[nodiscard]] Result<Manifest> read();

private:
    void read_elements(cbor::Reader reader);
    void read_version(cbor::Reader& reader);
    void read_sequence_number(cbor::Reader& reader);
    void read_common(cbor::Reader reader);
    void read_component(cbor::Reader& reader);
    [[nodiscard]] cbor::Reader read_sequence(cbor::Reader& reader);
    void run(cbor::Reader sequence);
    void conclude();
    void refuse(Fault fault, std::uint32_t where, std::uint64_t found, std::uint64_t allowed = 0) {
        attempt_.refuse({fault, where, std::uint32_t(found), std::uint32_t(allowed)});
    }

    Head const& head_;
    Dialect dialect_;
    Interpreter interpreter_;
    Attempt attempt_;
    Manifest manifest_;
    cbor::Reader shared_;
    cbor::Reader fetch_;
    cbor::Reader install_;
    cbor::Reader validate_;
    bool has_version_ = false;
    bool has_sequence_ = false;
};

Result<Manifest> ManifestReader::read() {
    cbor::Reader wrapped{head_.manifest, head_.manifest_offset};
    read_elements(attempt_.take(wrapped.nested()));
    if (!has_version_ || !has_sequence_ || shared_.is_at_end()) {
        refuse(Fault::EnvelopeMalformed, head_.manifest_offset, 0);
    }
    run(fetch_);
    run(install_);
    run(validate_);
    if (!attempt_.has_failed()) {
        conclude();
    }
    return attempt_.has_failed() ? Result<Manifest>{attempt_.error()} : manifest_;
}

void ManifestReader::read_elements(cbor::Reader reader) {
    cbor::KeyOrder order;
    std::uint32_t const count = attempt_.take(reader.map_head());
    for (std::uint32_t i = 0; i < count && !attempt_.has_failed(); ++i) {
        std::uint32_t const where = reader.offset();
        std::int64_t const key = attempt_.take(reader.key(order));
        if (key == dialect_.fetch) {
            fetch_ = read_sequence(reader);
        } else if (key == dialect_.install) {
            install_ = read_sequence(reader);
        } else if (key == dialect_.validate) {
            validate_ = read_sequence(reader);
        } else if (key == version_key) {
            read_version(reader);
        } else if (key == sequence_key) {
            read_sequence_number(reader);
        } else if (key == common_key) {
            read_common(attempt_.take(reader.nested()));
        } else {
            refuse(Fault::ManifestUnsupported, where, std::uint64_t(key));
        }
    }
    attempt_.pass(reader.finish());
}

void ManifestReader::read_version(cbor::Reader& reader) {
    std::uint32_t const where = reader.offset();
    std::uint64_t const version = attempt_.take(reader.unsigned_integer());
    if (version != manifest_version) {
        refuse(Fault::ManifestVersion, where, version, manifest_version);
    }
    has_version_ = true;
}

void ManifestReader::read_sequence_number(cbor::Reader& reader) {
    std::uint32_t const where = reader.offset();
    std::uint64_t const number = attempt_.take(reader.unsigned_integer());
    if (number > max_word) {
        refuse(Fault::ManifestUnsupported, where, sequence_key);
    }
    manifest_.sequence = std::uint32_t(number);
    has_sequence_ = true;
}

void ManifestReader::read_common(cbor::Reader reader) {
    cbor::KeyOrder order;
    std::uint32_t const start = reader.offset();
    std::uint32_t const count = attempt_.take(reader.map_head());
    for (std::uint32_t i = 0; i < count && !attempt_.has_failed(); ++i) {
        std::uint32_t const where = reader.offset();
        std::int64_t const key = attempt_.take(reader.key(order));
        if (key == components_key) {
            read_component(reader);
        } else if (key == shared_key) {
            shared_ = read_sequence(reader);
        } else {
            refuse(Fault::ManifestUnsupported, where, std::uint64_t(key));
        }
    }
    if (manifest_.component.name.empty()) {
        refuse(Fault::EnvelopeMalformed, start, components_key);
    }
    attempt_.pass(reader.finish());
}

void ManifestReader::read_component(cbor::Reader& reader) {
    std::uint32_t const where = reader.offset();
    if (std::uint32_t const count = attempt_.take(reader.array_head()); count != 1) {
        refuse(Fault::ManifestUnsupported, where, components_key);
    }
    std::uint32_t const items = attempt_.take(reader.array_head());
    std::string_view const kind = as_text(attempt_.take(reader.byte_string()));
    bool const is_container = kind == container_kind;
    if (items != component_items || (!is_container && kind != slot_kind)) {
        refuse(Fault::ComponentUnknown, where, items);
    }
    std::string_view const name = as_text(attempt_.take(reader.byte_string()));
    manifest_.component = {is_container ? Component::Kind::Container : Component::Kind::Slot, name};
    if (Fault const fault = fault_of(manifest_.component); fault != Fault::None) {
        refuse(fault, where, name.size());
    }
}

// Never empty: that stands for none.
cbor::Reader ManifestReader::read_sequence(cbor::Reader& reader) {
    std::uint32_t const where = reader.offset();
    cbor::Reader const sequence = attempt_.take(reader.nested());
    if (sequence.is_at_end()) {
        refuse(Fault::EnvelopeMalformed, where, 0);
    }
    return sequence;
}

// A sequence that is not there does nothing. What is shared holds for each of the others.
void ManifestReader::run(cbor::Reader sequence) {
    if (sequence.is_at_end() || attempt_.has_failed()) {
        return;
    }
    attempt_.pass(interpreter_.run(shared_));
    if (!attempt_.has_failed()) {
        attempt_.pass(interpreter_.run(sequence));
    }
}

void ManifestReader::conclude() {
    Progress const& progress = interpreter_.progress();
    std::uint32_t const where = head_.manifest_offset;
    if (!progress.is_fetched) {
        return refuse(Fault::EnvelopeMalformed, where, dialect_.install);
    }
    if (!progress.is_matched) {
        return refuse(Fault::ConditionFailed, where, std::uint64_t(Command::ConditionImageMatch));
    }
    manifest_.digest = progress.matched_digest;
    manifest_.image_bytes = progress.matched_bytes;
    manifest_.uri = as_text(progress.fetched_uri);
    manifest_.is_integrated = head_.payload_bytes != 0;
    // No fragment names anything but the payload, and a payload that nobody fetches is none.
    bool const is_fragment = manifest_.uri.starts_with(payload_key.front());
    bool const is_payload = is_fragment && manifest_.uri == payload_key;
    if (is_fragment != manifest_.is_integrated || is_fragment != is_payload) {
        return refuse(Fault::EnvelopeMalformed, where, std::uint64_t(Parameter::Uri));
    }
    if (manifest_.is_integrated && head_.payload_bytes != manifest_.image_bytes) {
        refuse(Fault::EnvelopeMalformed, head_.payload_offset, head_.payload_bytes,
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

Result<Manifest> read_manifest(Head const& head, Identity const& self) {
    return ManifestReader{head, self}.read();
}

}  // namespace mbpf::suit
