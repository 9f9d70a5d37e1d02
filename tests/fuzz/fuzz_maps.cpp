// SPDX-License-Identifier: MIT
// Any bytes as declarations of maps, any bytes as their memory, and a program that uses them while
// it scribbles on that memory. Nothing outside of it is touched, and nothing takes for ever.
#include "mbpf/maps/maps.hpp"
#include "tests/fuzz/opened.hpp"

namespace mbpf::fuzz {
namespace {

// Takes bytes off the input; zeros behind its end.
class Source {
public:
    explicit Source(Bytes input) : input_{input} {}

    [[nodiscard]] std::uint32_t next(std::size_t bytes = 1) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < bytes && at_ < input_.size(); ++i) {
            value |= std::uint32_t(input_[at_++]) << 8 * i;
        }
        return value;
    }
    [[nodiscard]] Bytes take(std::size_t bytes) {
        std::size_t const there = std::min(bytes, input_.size() - at_);
        at_ += there;
        return input_.subspan(at_ - there, there);
    }
    [[nodiscard]] bool is_empty() const { return at_ == input_.size(); }

private:
    Bytes input_;
    std::size_t at_ = 0;
};

// A block of exactly the bytes that the source has, and zeros.
Input filled(Source& source, std::size_t bytes) {
    std::vector<std::byte> content(bytes);
    std::ranges::copy(source.take(bytes), content.begin());
    return Input{content};
}

void use_table(maps::Map const& map, Source& source) {
    Input const key = filled(source, map.record.key_bytes);
    Input const value = filled(source, map.record.value_bytes);
    std::byte const* const start = map.memory.data();
    switch (source.next() % 3) {
        case 0: static_cast<void>(maps::remove(map, key.bytes().data())); return;
        case 1: {
            auto const when = maps::Update(source.next() % 3);
            std::int32_t const done =
                maps::update(map, key.bytes().data(), value.bytes().data(), when);
            std::byte const* const found = maps::find_value(map, key.bytes().data());
            require(done != 0 || (found != nullptr &&
                                  std::equal(value.bytes().begin(), value.bytes().end(), found)));
            return;
        }
        default: {
            std::byte const* const found = maps::find_value(map, key.bytes().data());
            require(found == nullptr ||
                    fits(std::size_t(found - start), map.record.value_bytes, map.memory.size()));
        }
    }
}

void use_ring(maps::Map const& map, Source& source) {
    maps::Ring ring{map};
    switch (source.next() % 4) {
        case 0: ring.take_until(source.next(4)); return;
        case 1: static_cast<void>(ring.submit(map.memory.data() + source.next(2))); return;
        case 2: {
            std::uint32_t const bytes = source.next(2);
            if (std::byte* const record = ring.reserve(bytes)) {
                require(fits(std::size_t(record - map.memory.data()), bytes, map.memory.size()));
                std::fill_n(record, bytes, std::byte{0x5a});
                require(source.next() % 2 == 0 ? ring.submit(record) : ring.discard(record));
            }
            return;
        }
        default: {
            std::uint32_t position = ring.start();
            for (std::uint32_t i = 0; i <= map.record.max_entries; ++i) {
                auto const record = ring.next(position);
                if (!record) {
                    return;
                }
                require(fits(std::size_t(record->bytes.data() - map.memory.data()),
                             record->bytes.size(), map.memory.size()));
                position = record->end;
            }
            require(false);  // There are more records than it has room for.
        }
    }
}

void use(maps::MapSet const& set, WritableBytes memory, Source& source) {
    while (!source.is_empty()) {
        std::optional<maps::Map> const map = set.find(source.next() % config::max_maps);
        if (source.next() % 8 == 0 && !memory.empty()) {  // As a store of the program does.
            memory[source.next(2) % memory.size()] = std::byte(source.next());
        }
        if (map && map->record.kind == maps::Kind::RingBuffer) {
            use_ring(*map, source);
        } else if (map) {
            use_table(*map, source);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    constexpr std::uint32_t max_memory_bytes = 1 << 16;
    Input const input{data, size};
    Source source{input.bytes()};
    Input const section = filled(source, source.next() % (9 * program::map_record_bytes));
    program::Program program;
    program.set_maps(records<program::MapRecord>(section.bytes()));
    program.bss_bytes = source.next();
    program.rights.map_bytes = source.next(3) & ~7u;
    if (source.next() % 8 != 0) {  // What makes sense more often than not.
        WritableBytes const bytes{const_cast<std::byte*>(section.bytes().data()),
                                  section.bytes().size()};
        std::uint64_t end = 0;
        for (std::size_t at = 0; fits(at, program::map_record_bytes, bytes.size());
             at += program::map_record_bytes) {
            auto record = load<program::MapRecord>(bytes, at);
            record.zero = 0;
            record.offset = std::uint32_t(end);
            end += maps::memory_bytes(record);
            store(bytes.data() + at, record);
        }
        program.rights.map_bytes = std::uint32_t(std::min<std::uint64_t>(end, 0xff'fff8));
    }
    Result<maps::MapSet> const read = maps::MapSet::read(program);
    if (!read.has_value() || program.writable_bytes() > max_memory_bytes) {
        return 0;
    }
    Input memory{std::vector<std::byte>(program.writable_bytes())};
    maps::MapSet set = *read;
    set.place(program, memory.writable().data());
    use(set, memory.writable().subspan(program.maps_at()), source);
    return 0;
}

}  // namespace mbpf::fuzz
