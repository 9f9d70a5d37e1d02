// SPDX-License-Identifier: MIT
// Opens the 28-byte header of Femto-Containers and the 32-byte one of its RIOT module.
#include "mbpf/program/femto.hpp"

#include "mbpf/program/femto_header.hpp"

namespace mbpf::program {

namespace {

Result<Program> open_variant(Bytes bytes, FemtoVariant variant) {
    FemtoReader reader{bytes, variant};
    if (!reader.read()) {
        return reader.error();
    }
    return reader.program();
}

}  // namespace

Result<Program> open_femto(Bytes bytes) {
    // Where both readings account for every byte, the older one is meant.
    Result<Program> opened = open_variant(bytes, FemtoVariant::Femto);
    if (!opened.has_value()) {
        Result<Program> const wide = open_variant(bytes, FemtoVariant::Wide);
        opened = wide.has_value() ? wide : opened;
    }
    return opened;
}

}  // namespace mbpf::program
