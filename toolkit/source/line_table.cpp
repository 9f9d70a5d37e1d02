// SPDX-License-Identifier: MIT
// Numbers are LEB128; line steps are zigzag-coded, so that small negative ones are short too.
#include "toolkit/source/line_table.hpp"

#include <limits>

namespace mbpf::toolkit::source {

namespace {

class Writer {
public:
    void byte(std::uint8_t value) { bytes_.push_back(std::byte{value}); }
    void number(std::uint64_t value) {
        while (value >= 0x80) {
            byte(std::uint8_t(value | 0x80));
            value >>= 7;
        }
        byte(std::uint8_t(value));
    }
    void text(std::string const& value) {
        Bytes const bytes = as_bytes(value);
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
        byte(0);
    }
    [[nodiscard]] std::vector<std::byte> take() { return std::move(bytes_); }

private:
    std::vector<std::byte> bytes_;
};

// Reads what is there; after a bad read every answer is empty and is_good() is false.
class Reader {
public:
    explicit Reader(Bytes bytes) : bytes_{bytes} {}

    [[nodiscard]] bool is_good() const { return is_good_; }
    [[nodiscard]] bool is_at_end() const { return at_ == bytes_.size(); }

    std::uint8_t byte() {
        if (is_at_end()) {
            is_good_ = false;
            return 0;
        }
        return std::uint8_t(bytes_[at_++]);
    }
    std::uint32_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 35; shift += 7) {
            std::uint8_t const part = byte();
            value |= std::uint64_t(part & 0x7f) << shift;
            if (part < 0x80) {
                is_good_ = is_good_ && value <= std::numeric_limits<std::uint32_t>::max();
                return std::uint32_t(value);
            }
        }
        is_good_ = false;
        return 0;
    }
    std::string text() {
        std::string value;
        for (std::uint8_t c = byte(); c != 0; c = byte()) {
            value.push_back(char(c));
        }
        return value;
    }

private:
    Bytes bytes_;
    std::size_t at_ = 0;
    bool is_good_ = true;
};

constexpr std::uint64_t zigzag(std::int64_t value) {
    return value < 0 ? (std::uint64_t(-(value + 1)) << 1 | 1) : std::uint64_t(value) << 1;
}

constexpr std::int64_t unzigzag(std::uint32_t value) {
    std::int64_t const half = value >> 1;
    return (value & 1) != 0 ? -half - 1 : half;
}

class RowWriter {
public:
    explicit RowWriter(Writer& to) : to_{to} {}

    void write(Row const& row) {
        std::uint32_t const slots = row.slot - last_.slot;
        std::int64_t const lines = std::int64_t(row.line) - last_.line;
        std::int64_t const biased = lines + line_bias;
        bool const is_short = row.file == last_.file && slots >= 1 && slots <= slot_steps &&
                              biased >= 0 && biased < line_steps;
        if (is_short) {
            to_.byte(std::uint8_t(slots - 1 + slot_steps * std::uint32_t(biased)));
        } else {
            bool const has_file = row.file != last_.file;
            to_.byte(has_file ? long_row_with_file : long_row);
            to_.number(slots);
            to_.number(zigzag(lines));
            if (has_file) {
                to_.number(row.file);
            }
        }
        last_ = row;
    }

private:
    Writer& to_;
    Row last_;
};

// The row behind `last`; out of order or out of range if the table is malformed.
Row read_row(Reader& from, Row const& last) {
    std::uint8_t const code = from.byte();
    Row row{.slot = last.slot, .file = last.file, .line = last.line};
    if (code < long_row) {
        row.slot += code % slot_steps + 1;
        row.line += std::uint32_t(std::int32_t(code / slot_steps) - line_bias);
        return row;
    }
    row.slot += from.number();
    row.line = std::uint32_t(row.line + unzigzag(from.number()));
    if (code == long_row_with_file) {
        row.file = from.number();
    } else if (code != long_row) {
        row.file = std::numeric_limits<std::uint32_t>::max();
    }
    return row;
}

}  // namespace

std::vector<std::byte> encode_lines(SourceMap const& map) {
    Writer writer;
    writer.byte(line_table_version);
    writer.number(map.files.size());
    for (std::string const& file : map.files) {
        writer.text(file);
    }
    writer.number(map.functions.size());
    std::uint32_t last_slot = 0;
    for (Function const& function : map.functions) {
        writer.number(function.slot - last_slot);
        writer.text(function.name);
        last_slot = function.slot;
    }
    RowWriter rows{writer};
    for (Row const& row : map.rows) {
        rows.write(row);
    }
    return writer.take();
}

std::optional<SourceMap> decode_lines(Bytes section) {
    Reader reader{section};
    SourceMap map;
    if (reader.byte() != line_table_version) {
        return {};
    }
    for (std::uint32_t count = reader.number(); count > 0 && reader.is_good(); --count) {
        map.files.push_back(reader.text());
    }
    std::uint32_t slot = 0;
    for (std::uint32_t count = reader.number(); count > 0 && reader.is_good(); --count) {
        std::uint32_t const step = reader.number();
        if (!map.functions.empty() && (step == 0 || slot + step < slot)) {
            return {};
        }
        slot += step;
        map.functions.push_back({slot, reader.text()});
    }
    Row last;
    while (reader.is_good() && !reader.is_at_end()) {
        Row const row = read_row(reader, last);
        bool const ascends = map.rows.empty() ? true : row.slot > last.slot;
        if (!ascends || row.file >= map.files.size()) {
            return {};
        }
        map.rows.push_back(row);
        last = row;
    }
    if (!reader.is_good()) {
        return {};
    }
    return map;
}

}  // namespace mbpf::toolkit::source
