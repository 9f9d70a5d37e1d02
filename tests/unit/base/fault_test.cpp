// SPDX-License-Identifier: MIT
// Numbers of faults are a wire format: a device sends one, and every toolkit must know it for ever.
#include "mbpf/base/fault.hpp"

namespace mbpf {
namespace {

static_assert(int(Fault::None) == 0 && int(Fault::FormatUnknown) == 1);
static_assert(int(Fault::MapsNotLinked) == 24 && int(Fault::FunctionEmpty) == 26);
static_assert(int(Fault::OpcodeUnknown) == 32 && int(Fault::MapUnknown) == 64);
static_assert(int(Fault::MemoryTooSmall) == 80 && int(Fault::EngineUnavailable) == 84);
static_assert(int(Fault::MapEntryUnknown) == 85 && int(Fault::MapFull) == 87);
static_assert(int(Fault::CodeTooLong) == 88 && int(Fault::PathTaken) == 138);

}  // namespace
}  // namespace mbpf
