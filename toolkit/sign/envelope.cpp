// SPDX-License-Identifier: MIT
#include "toolkit/sign/envelope.hpp"

#include "toolkit/explain/describe.hpp"
#include "toolkit/problem.hpp"

namespace mbpf::toolkit::sign {

namespace {

std::vector<std::byte> take(Result<Bytes> const& written, std::string const& name) {
    if (!written.has_value()) {
        throw Failure{ExitCode::Unusable, explain::describe(written.error(), {name})};
    }
    return {written->begin(), written->end()};
}

}  // namespace

void describe_image(Installation& installation, Bytes image) {
    installation.digest = crypto::functions().sha256(image);
    installation.image_bytes = std::uint32_t(image.size());
}

std::vector<std::byte> write_envelope(Installation const& installation, Bytes image,
                                      crypto::PrivateKey const& key) {
    bool const is_integrated = !image.empty();
    suit::Manifest const manifest{.component = {installation.kind, installation.name},
                                  .sequence = installation.sequence,
                                  .digest = installation.digest,
                                  .image_bytes = installation.image_bytes,
                                  .uri = is_integrated ? suit::payload_key : installation.uri,
                                  .is_integrated = is_integrated};
    std::byte buffer[suit::config::max_head_bytes];
    std::vector<std::byte> envelope =
        take(suit::write_head(installation.profile, manifest, installation.recipients, key.signer(),
                              crypto::functions(), buffer),
             installation.name);
    envelope.insert(envelope.end(), image.begin(), image.end());
    return envelope;
}

std::vector<std::byte> write_command(Operation operation, std::string const& name,
                                     std::uint32_t sequence, Bytes policy,
                                     suit::Identity const& device, crypto::PrivateKey const& key) {
    bool const has_policy = operation == Operation::SetPolicy;
    std::vector<std::byte> room(suit::config::max_command_bytes + policy.size());
    cbor::Writer payload{room};
    payload.array_head(has_policy ? 4 : 3);
    payload.unsigned_integer(std::uint8_t(operation));
    payload.text_string(name);
    payload.unsigned_integer(sequence);
    if (has_policy) {
        payload.byte_string(policy);
    }
    std::vector<std::byte> const content = take(payload.written(), name);
    constexpr std::size_t signature_room = 256;
    std::vector<std::byte> message(content.size() + signature_room);
    return take(suit::write_command(content, device, key.signer(), crypto::functions(), message),
                name);
}

}  // namespace mbpf::toolkit::sign
