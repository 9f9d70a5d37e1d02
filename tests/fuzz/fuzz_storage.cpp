// SPDX-License-Identifier: MIT
// Any bytes as the flash of a device: the first say how it is divided and whether the checksums in
// it are made right, so that what they protect is reached; the last are changes to its records.
// What mounts reads back whole, takes changes or says why not, and mounts again to the same.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>

#include "mbpf/storage/crc32.hpp"
#include "mbpf/storage/storage.hpp"
#include "tests/support/simulated_flash.hpp"

namespace mbpf::fuzz {
namespace {

using storage::Layout;
using storage::Storage;
using test::SimulatedFlash;
using Model = std::map<std::pair<std::uint8_t, std::string>, std::string>;

constexpr std::uint32_t sector_bytes = 256;
constexpr unsigned kinds = 256;

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

// The front of some bytes, then 0 for ever.
class Front {
public:
    explicit Front(std::span<std::uint8_t const> bytes) : bytes_{bytes} {}

    std::uint8_t byte() {
        if (bytes_.empty()) {
            return 0;
        }
        std::uint8_t const first = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return first;
    }
    [[nodiscard]] bool is_empty() const { return bytes_.empty(); }

private:
    std::span<std::uint8_t const> bytes_;
};

// Keeps only the generation.
void make_header_right(std::span<std::byte> half, Layout layout) {
    std::span<std::byte> const value =
        half.subspan(storage::record_header_bytes, sizeof(storage::HalfValue));
    store(value.data(),
          storage::HalfValue{load<std::uint32_t>(value.data()), sector_bytes, layout});
    storage::RecordHeader const header{storage::half_kind, 0, sizeof(storage::HalfValue)};
    std::ranges::copy(storage::encode(header, {storage::half_kind, {}, value}), half.begin());
}

// Up to the first that cannot be.
void make_records_right(std::span<std::byte> half) {
    std::size_t at = storage::first_record_at;
    while (at < half.size()) {
        auto const header = load<storage::RecordHeader>(half.data() + at);
        std::size_t const content = header.key_bytes + value_bytes(header);
        if (header.key_bytes > config::max_key_bytes ||
            !fits(at, record_bytes(header), half.size())) {
            return;
        }
        std::uint32_t const crc = storage::crc32(half.subspan(at, 4));
        store(half.data() + at + offsetof(storage::RecordHeader, crc),
              storage::crc32(half.subspan(at + storage::record_header_bytes, content), crc));
        at += record_bytes(header);
    }
}

Model contents(Storage const& storage) {
    Model model;
    for (unsigned kind = 0; kind < kinds; ++kind) {
        auto const number = std::uint8_t(kind);
        for (auto record = storage.next(number); record;
             record = storage.next(number, record->key)) {
            auto const [place, is_new] =
                model.emplace(std::pair{number, std::string{record->key}}, as_text(record->value));
            require(is_new && as_text(*storage.find(number, record->key)) == place->second);
        }
    }
    return model;
}

void change(Storage& storage, Model& model, Front& front) {
    auto const kind = std::uint8_t(front.byte() % 3);
    std::string const key(front.byte() % 30, 'k');
    std::string const value(front.byte(), char(front.byte()));
    bool const is_removal = front.byte() % 4 == 0;
    Result<void> const result =
        is_removal ? storage.remove(kind, key) : storage.put(kind, key, as_bytes(value));
    if (!result.has_value()) {
        Fault const fault = result.error().fault;
        require(fault == Fault::JournalFull || fault == Fault::RecordTooLarge ||
                fault == Fault::StorageFailed);
        return;
    }
    if (is_removal) {
        model.erase({kind, key});
    } else {
        model[{kind, key}] = value;
    }
}

void examine(std::span<std::uint8_t const> input) {
    Front front{input};
    Layout const layout{1 + front.byte() % 2u, front.byte() % 3u};
    std::uint8_t const rights = front.byte();
    std::uint8_t const fault_at = front.byte();
    SimulatedFlash flash{sector_bytes, 2 * layout.journal_sectors + 1};
    std::size_t const bytes = std::min<std::size_t>(front.byte() * 4u, flash.memory.size());
    std::generate_n(flash.memory.begin(), bytes, [&] { return std::byte(front.byte()); });
    std::size_t const half_bytes = std::size_t{layout.journal_sectors} * sector_bytes;
    for (unsigned half = 0; half < 2; ++half) {
        std::span<std::byte> const at{flash.memory.data() + half * half_bytes, half_bytes};
        if ((rights >> half & 1) != 0) {
            make_header_right(at, layout);
        }
        if ((rights >> half & 4) != 0) {
            make_records_right(at);
        }
    }
    std::vector<std::byte> const before = flash.memory;
    Storage storage;
    if (Result<void> const result = storage.mount(flash.port(), layout); !result.has_value()) {
        require(result.error().fault == Fault::StorageMalformed);
        require(result.error().where < flash.memory.size() && flash.memory == before);
        return;
    }
    Model model = contents(storage);
    flash.fail_at(flash.operations() + fault_at, test::Tear::SetBits);
    for (unsigned i = 0; i < 64 && !front.is_empty(); ++i) {
        change(storage, model, front);
        require(i % 8 != 0 || contents(storage) == model);
    }
    require(storage.mount(flash.port(), layout).has_value() && contents(storage) == model);
    for (std::uint32_t slot = 0; slot < storage.slot_count(); ++slot) {
        storage::SlotWriter writer{storage, slot};
        require(storage.slot(slot).size() == storage.slot_bytes());
        bool const good = writer.write(as_bytes("an image")).has_value();
        require(!good || as_text(storage.slot(slot).first(8)) == "an image");
    }
    require(contents(storage) == model && flash.broken_rule().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    examine({data, size});
    return 0;
}

}  // namespace mbpf::fuzz
