// SPDX-License-Identifier: MIT
// Any bytes as the start of an envelope, as the content of a manifest and as a signed command.
// Every signature and digest holds, so that all that lies behind them is reached; what a manifest
// asks for is written and read back.
#include "mbpf/suit/suit.hpp"
#include "tests/fuzz/opened.hpp"

namespace mbpf::fuzz {
namespace {

using suit::Head;
using suit::Manifest;
using suit::Profile;

constexpr port::PublicKey key{};

// A digest that is easy to hit: the last 32 bytes.
port::Digest last_bytes(Bytes message) {
    port::Digest digest{};
    std::size_t const size = std::min(message.size(), digest.size());
    std::ranges::copy(message.last(size), digest.begin());
    return digest;
}

bool believe(port::PublicKey const&, Bytes message, port::Signature const&) {
    require(!message.empty());
    return true;
}

port::Signature sign(void*, Bytes) { return {}; }

constexpr port::Crypto crypto{.sha256 = last_bytes, .verify = believe};
constexpr suit::Signer signer{.key = key, .sign = sign};

// Of the seeds: see tests/suit/write_envelopes.cpp.
suit::Identity identity() {
    suit::Identity self;
    for (std::size_t i = 0; i < self.vendor.size(); ++i) {
        self.vendor[i] = std::byte(0x10 + i);
        self.device_class[i] = std::byte(0x20 + i);
        self.device[i] = std::byte(0x30 + i);
    }
    return self;
}

void require_inside(Bytes whole, Bytes piece) {
    require(piece.empty() ||
            (address_of(piece.data()) >= address_of(whole.data()) &&
             address_of(piece.data() + piece.size()) <= address_of(whole.data() + whole.size())));
}

void write_and_read_back(Profile profile, Manifest const& manifest) {
    suit::Identity const self = identity();
    std::vector<std::byte> buffer(suit::config::max_head_bytes);
    Result<Bytes> const written = suit::write_head(
        profile, manifest, {self.vendor, self.device_class, self.device}, signer, crypto, buffer);
    if (!written.has_value()) {  // The uri takes what an encoding of ours has no room for.
        require(written.error().fault == Fault::ManifestTooLarge);
        return;
    }
    Input const copy{*written};
    Result<Head> const head = suit::read_head(copy.bytes());
    require(head.has_value() && suit::verify(*head, {&key, 1}, crypto).has_value());
    Result<Manifest> const again = suit::read_manifest(*head, self);
    require(again.has_value());
    require(again->component.kind == manifest.component.kind);
    require(again->component.name == manifest.component.name);
    require(again->sequence == manifest.sequence && again->digest == manifest.digest);
    require(again->image_bytes == manifest.image_bytes && again->uri == manifest.uri);
    require(again->is_integrated == manifest.is_integrated);
}

void examine_manifest(Head const& head) {
    Result<Manifest> const manifest = suit::read_manifest(head, identity());
    if (!manifest.has_value()) {
        require(manifest.error().fault != Fault::None &&
                manifest.error().fault != Fault::Truncated);
        return;
    }
    require_inside(head.manifest, as_bytes(manifest->uri));
    require_inside(head.manifest, as_bytes(manifest->component.name));
    write_and_read_back(head.profile, *manifest);
}

// No prefix of a head is a head, and none is refused.
void cut_off(Bytes bytes, Head const& head) {
    for (std::uint32_t size = 0; size < head.payload_offset; ++size) {
        Input const prefix{bytes.first(size)};
        Error const error = suit::read_head(prefix.bytes()).error();
        require(error.fault == Fault::Truncated && error.allowed > size);
        require(error.allowed <= head.payload_offset);
    }
}

void examine_envelope(Bytes bytes) {
    Result<Head> const head = suit::read_head(bytes);
    if (!head.has_value()) {
        Error const error = head.error();
        require(error.fault != Fault::None);
        require(error.fault != Fault::Truncated ||
                (error.found == bytes.size() && error.allowed > bytes.size() &&
                 error.allowed <= suit::config::max_head_bytes));
        return;
    }
    require(head->payload_offset <= std::min<std::size_t>(bytes.size(), 768));
    require(head->total_bytes >= bytes.size());
    require(head->total_bytes - head->payload_offset == head->payload_bytes);
    for (Bytes const piece : {head->manifest, head->signature.headers, head->signature.key_id,
                              head->signature.payload}) {
        require_inside(bytes, piece);
    }
    static_cast<void>(suit::verify(*head, {&key, 1}, crypto).has_value());
    cut_off(bytes, *head);
    examine_manifest(*head);
}

// `content` as a manifest in an envelope that would be fine.
void examine_content(Bytes content, Profile profile, std::uint32_t payload_bytes) {
    std::vector<std::byte> buffer(content.size() + 9);
    cbor::Writer writer{buffer};
    writer.byte_string(content);
    Input const wrapped{*writer.written()};
    Head head;
    head.profile = profile;
    head.manifest = wrapped.bytes();
    head.payload_bytes = payload_bytes;
    examine_manifest(head);
}

void examine_command(Bytes bytes) {
    Result<suit::SignedCommand> const command = suit::open_command(bytes, {}, {&key, 1}, crypto);
    if (!command.has_value()) {
        require(command.error().fault != Fault::None);
        return;
    }
    require(command->signer == 0);
    require_inside(bytes, command->payload);
    std::vector<std::byte> buffer(suit::config::max_command_bytes + 120);
    Result<Bytes> const again = suit::write_command(command->payload, {}, signer, crypto, buffer);
    require(again.has_value());
    Result<suit::SignedCommand> const opened = suit::open_command(*again, {}, {&key, 1}, crypto);
    require(opened.has_value() && std::ranges::equal(opened->payload, command->payload));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    Input const input{data, size};
    examine_envelope(input.bytes());
    examine_command(input.bytes());
    examine_content(input.bytes(), Profile::Ietf, 0);
    examine_content(input.bytes(), Profile::Ietf, 24);
    examine_content(input.bytes(), Profile::Riot, 0);
    return 0;
}

}  // namespace mbpf::fuzz
