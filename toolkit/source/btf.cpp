// SPDX-License-Identifier: MIT
#include "toolkit/source/btf.hpp"

#include <optional>

namespace mbpf::toolkit::source {

namespace {

constexpr std::uint16_t btf_magic = 0xeb9f;
constexpr std::uint32_t column_bits = 10;  // line_col is line << 10 | column.

struct BtfHeader {
    std::uint16_t magic{};
    std::uint8_t version{};
    std::uint8_t flags{};
    std::uint32_t header_bytes{};
    std::uint32_t type_offset{};  // Offsets count from the end of the header.
    std::uint32_t type_bytes{};
    std::uint32_t string_offset{};
    std::uint32_t string_bytes{};
};
static_assert(sizeof(BtfHeader) == 24);

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

// The part that a header describes, or nothing.
std::optional<Bytes> part(Bytes all, std::uint32_t header_bytes, std::uint32_t offset,
                          std::uint32_t bytes) {
    if (!fits(header_bytes, 0, all.size())) {
        return {};
    }
    Bytes const body = all.subspan(header_bytes);
    if (!fits(offset, bytes, body.size())) {
        return {};
    }
    return body.subspan(offset, bytes);
}

std::string text_at(Bytes strings, std::uint32_t offset) {
    if (offset >= strings.size()) {
        return {};
    }
    std::string_view const rest = as_text(strings.subspan(offset));
    return std::string(rest.substr(0, rest.find('\0')));
}

std::string without_indent(std::string const& text) {
    std::size_t const first = text.find_first_not_of(" \t");
    return first == std::string::npos ? std::string{} : text.substr(first);
}

}  // namespace

std::vector<BtfLine> read_btf_lines(Bytes btf, Bytes btf_ext) {
    if (btf.size() < sizeof(BtfHeader) || btf_ext.size() < sizeof(BtfExtHeader)) {
        return {};
    }
    BtfHeader const types = load<BtfHeader>(btf, 0);
    BtfExtHeader const extra = load<BtfExtHeader>(btf_ext, 0);
    if (types.magic != btf_magic || extra.magic != btf_magic) {
        return {};
    }
    auto const strings = part(btf, types.header_bytes, types.string_offset, types.string_bytes);
    auto const lines = part(btf_ext, extra.header_bytes, extra.line_offset, extra.line_bytes);
    if (!strings || !lines || lines->size() < sizeof(std::uint32_t)) {
        return {};
    }
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
            found.push_back({text_at(*strings, section.name), record.offset,
                             text_at(*strings, record.file),
                             without_indent(text_at(*strings, record.text)),
                             record.line_column >> column_bits});
        }
    }
    return found;
}

}  // namespace mbpf::toolkit::source
