// SPDX-License-Identifier: MIT
#include "mbpf/suit/digest.hpp"

#include "mbpf/suit/attempt.hpp"

namespace mbpf::suit {

namespace {

constexpr std::uint8_t digest_items = 2;

}  // namespace

Result<port::Digest> read_digest(cbor::Reader reader, Profile profile) {
    Attempt attempt;
    std::uint32_t const start = reader.offset();
    std::uint32_t const items = attempt.array_head(reader);
    std::int64_t const algorithm = attempt.integer(reader);
    if (!attempt.has_failed() && algorithm != dialect_of(profile).digest_algorithm) {
        attempt.refuse(Fault::AlgorithmUnsupported, start, std::uint32_t(algorithm));
    }
    Bytes const digest = attempt.byte_string(reader);
    attempt.finish(reader);
    if (items != digest_items || digest.size() != sizeof(port::Digest)) {
        attempt.refuse(Fault::EnvelopeMalformed, start, std::uint32_t(digest.size()));
    }
    return attempt.has_failed() ? Result<port::Digest>{attempt.error()}
                                : load<port::Digest>(digest, 0);
}

void write_digest(cbor::Writer& writer, port::Digest const& digest, Profile profile) {
    writer.array_head(digest_items);
    writer.integer(dialect_of(profile).digest_algorithm);
    writer.byte_string(digest);
}

}  // namespace mbpf::suit
