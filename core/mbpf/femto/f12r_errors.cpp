// SPDX-License-Identifier: MIT
#include "mbpf/femto/machine.hpp"

namespace mbpf::femto {

namespace {

// Faults up to `last` that are above those of the row before.
struct Row {
    std::uint8_t last;
    std::int8_t error;
};

constexpr Row rows[] = {
    {std::uint8_t(Fault::None), FC_OK},
    {std::uint8_t(Fault::FormatUnknown), FC_MAGIC_NOT_FOUND},
    {std::uint8_t(Fault::SectionMalformed), FC_STRUCTURE_LENGTH_MISMATCH},
    {std::uint8_t(Fault::LengthNotAligned), FC_ILLEGAL_LEN},
    {std::uint8_t(Fault::AddressNotAligned), FC_TEXT_ALIGN_MISMATCH},
    {std::uint8_t(Fault::TextTooLong), FC_ILLEGAL_LEN},
    {std::uint8_t(Fault::EntryOutOfRange), FC_UNKNOWN_FUNCTION},
    {std::uint8_t(Fault::ImmediateReserved), FC_ILLEGAL_INSTRUCTION},
    {std::uint8_t(Fault::FramePointerWritten), FC_ILLEGAL_REGISTER},
    {std::uint8_t(Fault::WideKindUnresolved), FC_ILLEGAL_INSTRUCTION},
    {std::uint8_t(Fault::WideOutOfSection), FC_ILLEGAL_MEM},
    {std::uint8_t(Fault::JumpOutOfFunction), FC_ILLEGAL_JUMP},
    {std::uint8_t(Fault::FallsOffEnd), FC_NO_RETURN},
    {std::uint8_t(Fault::CallTooDeep), FC_ILLEGAL_CALL},
    {std::uint8_t(Fault::StackTooLarge), FC_ILLEGAL_MEM},
    {std::uint8_t(Fault::TooManyFunctions), FC_UNKNOWN_FUNCTION},
    {0xff, FC_ILLEGAL_MEM},
};

// By number.
constexpr std::int8_t trap_errors[] = {
    FC_OK,
    FC_OUT_OF_BRANCHES,
    FC_ILLEGAL_MEM,   // LoadOutside
    FC_ILLEGAL_MEM,   // StoreOutside
    FC_ILLEGAL_CALL,  // CallTooDeep
    FC_ILLEGAL_MEM,   // HelperArgument
    FC_ILLEGAL_CALL,  // HelperFailed
    FC_OUT_OF_BRANCHES,
    FC_ILLEGAL_INSTRUCTION,
};
static_assert(std::size(trap_errors) == std::size_t(machine::Trap::Illegal) + 1);

}  // namespace

int error_of(Fault fault) {
    Row const* row = rows;
    while (row->last < std::uint8_t(fault)) {
        ++row;
    }
    return row->error;
}

int error_of(machine::Trap trap) { return trap_errors[std::size_t(trap)]; }

}  // namespace mbpf::femto
