// SPDX-License-Identifier: MIT
// Any bytes as CBOR. There is one encoding of everything: what is read item by item is written to
// the same bytes, and skip() agrees with reading. What fails leaves the reader where it was.
#include "mbpf/cbor/cbor.hpp"
#include "tests/fuzz/opened.hpp"

namespace mbpf::fuzz {
namespace {

using cbor::Major;
using cbor::Reader;
using cbor::Writer;

template <class T>
T value_of(Result<T> const& result) {
    require(result.has_value());
    return *result;
}

// Reads the next item, or the head of one, and writes it. How many items follow that belong to it.
std::uint64_t copy(Reader& reader, Writer& writer) {
    switch (value_of(reader.peek())) {
        case Major::Unsigned:
            writer.unsigned_integer(value_of(reader.unsigned_integer()));
            return 0;
        case Major::Negative: {
            Reader again = reader;
            std::uint64_t const rest = value_of(reader.negative_integer());
            Result<std::int64_t> const number = again.integer();
            require(number.has_value() == (rest <= INT64_MAX));
            if (number.has_value()) {
                writer.integer(*number);
            } else {  // The writer has no use for it.
                std::uint64_t const swapped = __builtin_bswap64(rest);
                std::byte bytes[9] = {std::byte{0x3b}};
                store(bytes + 1, swapped);
                writer.encoded(bytes);
            }
            return 0;
        }
        case Major::Bytes: {
            Reader again = reader;
            std::size_t const start = writer.size();
            Bytes const content = value_of(reader.byte_string());
            writer.encoded(content);
            writer.wrap(start);
            Reader const inner = value_of(again.nested());
            require(inner.offset() == reader.offset() - content.size());
            require(inner.left_bytes() == content.size());
            return 0;
        }
        case Major::Text: writer.text_string(value_of(reader.text_string())); return 0;
        case Major::Array: {
            std::uint32_t const count = value_of(reader.array_head());
            writer.array_head(count);
            return count;
        }
        case Major::Map: {
            std::uint32_t const count = value_of(reader.map_head());
            writer.map_head(count);
            return 2 * std::uint64_t{count};
        }
        case Major::Tag: writer.tag(value_of(reader.tag())); return 1;
        case Major::Simple: break;
    }
    if (Result<bool> const value = reader.boolean(); value.has_value()) {
        writer.boolean(*value);
    } else {
        require(reader.null().has_value());
        writer.null();
    }
    return 0;
}

void round_trip(Bytes item) {
    Reader reader{item};
    Input out{item};
    Writer writer{out.writable()};
    for (std::uint64_t pending = 1; pending > 0; --pending) {
        pending += copy(reader, writer);
    }
    require(reader.finish().has_value());
    require(std::ranges::equal(value_of(writer.written()), item));
}

template <class Read>
void require_steady(Bytes bytes, Read read) {
    Reader reader{bytes, 7};
    auto const result = read(reader);
    if (result.has_value()) {
        require(reader.offset() > 7 && reader.offset() <= 7 + bytes.size());
        return;
    }
    require(reader.offset() == 7);
    Error const error = result.error();
    require(error.where >= 7 && error.where <= 7 + bytes.size());
    if (error.fault == Fault::Truncated) {
        require(error.found == 7 + bytes.size() && error.allowed > error.found);
    } else {
        require(error.fault == Fault::CborMalformed || error.fault == Fault::CborUnexpected);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    Input const input{data, size};
    Bytes const bytes = input.bytes();
    require_steady(bytes, [](Reader& reader) { return reader.skip(); });
    require_steady(bytes, [](Reader& reader) { return reader.integer(); });
    require_steady(bytes, [](Reader& reader) { return reader.byte_string(); });
    require_steady(bytes, [](Reader& reader) { return reader.nested(); });
    require_steady(bytes, [](Reader& reader) { return reader.text_string(); });
    require_steady(bytes, [](Reader& reader) { return reader.array_head(); });
    require_steady(bytes, [](Reader& reader) { return reader.map_head(); });
    require_steady(bytes, [](Reader& reader) { return reader.tag(); });
    require_steady(bytes, [](Reader& reader) { return reader.boolean(); });
    require_steady(bytes, [](Reader& reader) { return reader.null(); });
    Reader reader{bytes};
    for (std::size_t steps = 0; steps <= size; ++steps) {
        Result<Bytes> const item = reader.skip();
        if (!item.has_value()) {
            break;
        }
        round_trip(*item);
        cbor::KeyOrder order;
        Reader keys{*item};
        static_cast<void>(keys.key(order).has_value());
    }
    return 0;
}

}  // namespace mbpf::fuzz
