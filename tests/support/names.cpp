// SPDX-License-Identifier: MIT
#include "tests/support/names.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace mbpf::test {

namespace {

template <class T>
struct Named {
    T value{};
    std::string_view name;
};

using machine::Trap;

constexpr std::array faults{
    Named{Fault::None, "None"},
    Named{Fault::FormatUnknown, "FormatUnknown"},
    Named{Fault::Truncated, "Truncated"},
    Named{Fault::TrailingBytes, "TrailingBytes"},
    Named{Fault::VersionUnsupported, "VersionUnsupported"},
    Named{Fault::SectionUnknown, "SectionUnknown"},
    Named{Fault::SectionRepeated, "SectionRepeated"},
    Named{Fault::SectionMissing, "SectionMissing"},
    Named{Fault::SectionMalformed, "SectionMalformed"},
    Named{Fault::LengthNotAligned, "LengthNotAligned"},
    Named{Fault::AddressNotAligned, "AddressNotAligned"},
    Named{Fault::TextEmpty, "TextEmpty"},
    Named{Fault::TextTooLong, "TextTooLong"},
    Named{Fault::EntryUnknown, "EntryUnknown"},
    Named{Fault::EntryOutOfRange, "EntryOutOfRange"},
    Named{Fault::CallNotResolved, "CallNotResolved"},
    Named{Fault::ElfUnsupported, "ElfUnsupported"},
    Named{Fault::RelocationUnsupported, "RelocationUnsupported"},
    Named{Fault::RelocationOutOfRange, "RelocationOutOfRange"},
    Named{Fault::SymbolUndefined, "SymbolUndefined"},
    Named{Fault::SymbolOutOfRange, "SymbolOutOfRange"},
    Named{Fault::OutputTooSmall, "OutputTooSmall"},
    Named{Fault::TooManySections, "TooManySections"},
    Named{Fault::DataNotRelocatable, "DataNotRelocatable"},
    Named{Fault::MapsNotLinked, "MapsNotLinked"},
    Named{Fault::AlignmentUnsupported, "AlignmentUnsupported"},
    Named{Fault::FunctionEmpty, "FunctionEmpty"},
    Named{Fault::OpcodeUnknown, "OpcodeUnknown"},
    Named{Fault::OpcodeLegacyPacket, "OpcodeLegacyPacket"},
    Named{Fault::OpcodeCallRegister, "OpcodeCallRegister"},
    Named{Fault::DestinationReserved, "DestinationReserved"},
    Named{Fault::SourceReserved, "SourceReserved"},
    Named{Fault::OffsetReserved, "OffsetReserved"},
    Named{Fault::ImmediateReserved, "ImmediateReserved"},
    Named{Fault::RegisterUnknown, "RegisterUnknown"},
    Named{Fault::FramePointerWritten, "FramePointerWritten"},
    Named{Fault::OffsetNotDivision, "OffsetNotDivision"},
    Named{Fault::OffsetNotExtension, "OffsetNotExtension"},
    Named{Fault::WidthNotSwappable, "WidthNotSwappable"},
    Named{Fault::AtomicUnknown, "AtomicUnknown"},
    Named{Fault::WideIncomplete, "WideIncomplete"},
    Named{Fault::WideTailReserved, "WideTailReserved"},
    Named{Fault::WideKindUnresolved, "WideKindUnresolved"},
    Named{Fault::WideOutOfSection, "WideOutOfSection"},
    Named{Fault::JumpOutOfRange, "JumpOutOfRange"},
    Named{Fault::JumpIntoWide, "JumpIntoWide"},
    Named{Fault::JumpOutOfFunction, "JumpOutOfFunction"},
    Named{Fault::FallsOffEnd, "FallsOffEnd"},
    Named{Fault::CallKindUnknown, "CallKindUnknown"},
    Named{Fault::CallOutOfRange, "CallOutOfRange"},
    Named{Fault::CallIntoWide, "CallIntoWide"},
    Named{Fault::HelperUnknown, "HelperUnknown"},
    Named{Fault::HelperNotGranted, "HelperNotGranted"},
    Named{Fault::CallRecursive, "CallRecursive"},
    Named{Fault::CallTooDeep, "CallTooDeep"},
    Named{Fault::FrameTooLarge, "FrameTooLarge"},
    Named{Fault::StackTooLarge, "StackTooLarge"},
    Named{Fault::TooManyFunctions, "TooManyFunctions"},
    Named{Fault::Unreachable, "Unreachable"},
    Named{Fault::MapUnknown, "MapUnknown"},
    Named{Fault::MemoryTooSmall, "MemoryTooSmall"},
    Named{Fault::TooManyRegions, "TooManyRegions"},
    Named{Fault::RegionWraps, "RegionWraps"},
    Named{Fault::EntryNotVerified, "EntryNotVerified"},
    Named{Fault::EngineUnavailable, "EngineUnavailable"},
    Named{Fault::MapEntryUnknown, "MapEntryUnknown"},
    Named{Fault::MapEntryExists, "MapEntryExists"},
    Named{Fault::MapFull, "MapFull"},
    Named{Fault::CodeTooLong, "CodeTooLong"},
};

constexpr std::array traps{
    Named{Trap::None, "None"},
    Named{Trap::OutOfBudget, "OutOfBudget"},
    Named{Trap::LoadOutside, "LoadOutside"},
    Named{Trap::StoreOutside, "StoreOutside"},
    Named{Trap::CallTooDeep, "CallTooDeep"},
    Named{Trap::HelperArgument, "HelperArgument"},
    Named{Trap::HelperFailed, "HelperFailed"},
    Named{Trap::Stopped, "Stopped"},
    Named{Trap::Illegal, "Illegal"},
};

std::string_view name_in(auto const& table, auto value) {
    auto const found = std::ranges::find(table, value, [](auto const& row) { return row.value; });
    return found == table.end() ? std::string_view{"?"} : found->name;
}

auto value_in(auto const& table, std::string_view name) {
    auto const found = std::ranges::find(table, name, [](auto const& row) { return row.name; });
    if (found == table.end()) {
        throw std::out_of_range{"nothing is named " + std::string{name}};
    }
    return found->value;
}

}  // namespace

std::string_view name_of(Fault fault) { return name_in(faults, fault); }
std::string_view name_of(Trap trap) { return name_in(traps, trap); }
Fault fault_named(std::string_view name) { return value_in(faults, name); }
Trap trap_named(std::string_view name) { return value_in(traps, name); }

}  // namespace mbpf::test
