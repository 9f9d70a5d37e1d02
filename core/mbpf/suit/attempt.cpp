// SPDX-License-Identifier: MIT
#include "mbpf/suit/attempt.hpp"

namespace mbpf::suit {

void Attempt::refuse(Error const& error) {
    if (!has_failed()) {
        error_ = error;
    }
}

void Attempt::refuse(Fault fault, std::uint32_t where, std::uint32_t found) {
    refuse({fault, where, found, 0});
}

cbor::Major Attempt::peek(cbor::Reader const& reader) { return take(reader.peek()); }

std::uint64_t Attempt::unsigned_integer(cbor::Reader& reader) {
    return take(reader.unsigned_integer());
}

std::int64_t Attempt::integer(cbor::Reader& reader) { return take(reader.integer()); }

Bytes Attempt::byte_string(cbor::Reader& reader) { return take(reader.byte_string()); }

std::string_view Attempt::text_string(cbor::Reader& reader) { return take(reader.text_string()); }

cbor::Reader Attempt::nested(cbor::Reader& reader) { return take(reader.nested()); }

std::uint64_t Attempt::byte_string_head(cbor::Reader& reader) {
    return take(reader.byte_string_head());
}

std::uint32_t Attempt::array_head(cbor::Reader& reader) { return take(reader.array_head()); }

std::uint32_t Attempt::map_head(cbor::Reader& reader) { return take(reader.map_head()); }

std::uint64_t Attempt::tag(cbor::Reader& reader) { return take(reader.tag()); }

std::int64_t Attempt::key(cbor::Reader& reader, cbor::KeyOrder& order) {
    return take(reader.key(order));
}

void Attempt::finish(cbor::Reader const& reader) { pass(reader.finish()); }

}  // namespace mbpf::suit
