// SPDX-License-Identifier: MIT
#include "toolkit/source/btf.hpp"

#include <optional>

#include "toolkit/source/btf_header.hpp"

namespace mbpf::toolkit::source {

namespace {

constexpr std::uint32_t column_bits = 10;  // line_col is line << 10 | column.

struct BtfExtHeader {
    std::uint16_t magic{};
    std::uint8_t version{};
    std::uint8_t flags{};
    std::uint32_t header_bytes{};
    std::uint32_t function_offset{};
    std::uint32_t function_bytes{};
    std::uint32_t line_offset{};
    std::uint32_t line_bytes{};
};
static_assert(sizeof(BtfExtHeader) == 24);

struct SectionRecord {
    std::uint32_t name{};
    std::uint32_t count{};
};

struct LineRecord {
    std::uint32_t offset{};
    std::uint32_t file{};
    std::uint32_t text{};
    std::uint32_t line_column{};
};
static_assert(sizeof(LineRecord) == 16);

std::string without_indent(std::string const& text) {
    std::size_t const first = text.find_first_not_of(" \t");
    return first == std::string::npos ? std::string{} : text.substr(first);
}

}  // namespace

std::vector<BtfLine> read_btf_lines(Bytes btf, Bytes btf_ext) {
    std::optional<BtfParts> const types = read_btf_parts(btf);
    if (!types || btf_ext.size() < sizeof(BtfExtHeader)) {
        return {};
    }
    BtfExtHeader const extra = load<BtfExtHeader>(btf_ext, 0);
    auto const lines = btf_part(btf_ext, extra.header_bytes, extra.line_offset, extra.line_bytes);
    if (extra.magic != btf_magic || !lines || lines->size() < sizeof(std::uint32_t)) {
        return {};
    }
    Bytes const strings = types->strings;
    std::uint32_t const record_bytes = load<std::uint32_t>(*lines, 0);
    if (record_bytes < sizeof(LineRecord)) {
        return {};
    }
    std::vector<BtfLine> found;
    std::size_t at = sizeof(std::uint32_t);
    while (fits(at, sizeof(SectionRecord), lines->size())) {
        SectionRecord const section = load<SectionRecord>(*lines, at);
        at += sizeof(SectionRecord);
        for (std::uint32_t i = 0; i < section.count && fits(at, record_bytes, lines->size()); ++i) {
            LineRecord const record = load<LineRecord>(*lines, at);
            at += record_bytes;
            found.push_back({btf_text(strings, section.name), record.offset,
                             btf_text(strings, record.file),
                             without_indent(btf_text(strings, record.text)),
                             record.line_column >> column_bits});
        }
    }
    return found;
}

}  // namespace mbpf::toolkit::source
