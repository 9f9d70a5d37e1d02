// SPDX-License-Identifier: MIT
#include "toolkit/source/btf_header.hpp"

namespace mbpf::toolkit::source {

namespace {

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

}  // namespace

std::optional<Bytes> btf_part(Bytes all, std::uint32_t header_bytes, std::uint32_t offset,
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

std::optional<BtfParts> read_btf_parts(Bytes btf) {
    if (btf.size() < sizeof(BtfHeader)) {
        return {};
    }
    BtfHeader const header = load<BtfHeader>(btf, 0);
    auto const types = btf_part(btf, header.header_bytes, header.type_offset, header.type_bytes);
    auto const strings =
        btf_part(btf, header.header_bytes, header.string_offset, header.string_bytes);
    if (header.magic != btf_magic || !types || !strings) {
        return {};
    }
    return BtfParts{*types, *strings};
}

std::string btf_text(Bytes strings, std::uint32_t offset) {
    if (offset >= strings.size()) {
        return {};
    }
    std::string_view const rest = as_text(strings.subspan(offset));
    return std::string(rest.substr(0, rest.find('\0')));
}

}  // namespace mbpf::toolkit::source
