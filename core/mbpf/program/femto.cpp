// SPDX-License-Identifier: MIT
// Reads the 28-byte header of Femto-Containers and the 32-byte one of its RIOT module.
#include "mbpf/program/femto.hpp"

#include "mbpf/program/femto_header.hpp"

namespace mbpf::program {

bool read_femto(ProgramReader& reader) {
    // Where both readings account for every byte, the older one is meant.
    return read_femto_variant(reader, FemtoVariant::Femto) ||
           read_femto_variant(reader, FemtoVariant::Wide) ||
           read_femto_variant(reader, FemtoVariant::Femto);  // Again, to say why not.
}

}  // namespace mbpf::program
