// SPDX-License-Identifier: MIT
#include "mbpf/suit/digest.hpp"

namespace mbpf::suit {

namespace {

constexpr std::uint8_t digest_items = 2;

}  // namespace

Bytes read_digest(Attempt& attempt, cbor::Reader reader, Profile profile) {
    std::uint32_t const start = reader.offset();
    std::uint32_t const items = reader.array_head(attempt);
    std::int64_t const algorithm = reader.integer(attempt);
    attempt.require(algorithm == dialect_of(profile).digest_algorithm, Fault::AlgorithmUnsupported,
                    start, std::uint32_t(algorithm));
    Bytes const digest = reader.byte_string(attempt);
    reader.finish(attempt);
    attempt.require(items == digest_items && digest.size() == sizeof(port::Digest),
                    Fault::EnvelopeMalformed, start, std::uint32_t(digest.size()));
    return digest;
}

void write_digest(cbor::Writer& writer, port::Digest const& digest, Profile profile) {
    writer.array_head(digest_items);
    writer.integer(dialect_of(profile).digest_algorithm);
    writer.byte_string(digest);
}

}  // namespace mbpf::suit
