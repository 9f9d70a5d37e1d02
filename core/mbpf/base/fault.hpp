// SPDX-License-Identifier: MIT
// Everything that can be wrong with an input. A device reports the number; the sentences live in
// the toolkit (toolkit/explain/sentences.hpp), so they cost no flash. Numbers are part of SPEC.md:
// append, never renumber.
#pragma once

#include <cstdint>

namespace mbpf {

enum class Fault : std::uint8_t {
    None = 0,

    // Containers of a program. `where` is a byte offset in the input.
    FormatUnknown = 1,       // No known format starts like this.
    Truncated = 2,           // found: bytes there; allowed: bytes needed.
    TrailingBytes = 3,       // found: bytes in the input; allowed: bytes the header accounts for.
    VersionUnsupported = 4,  // found: version; allowed: newest understood.
    SectionUnknown = 5,      // found: kind of a mandatory section.
    SectionRepeated = 6,     // found: kind.
    SectionMissing = 7,      // found: kind that must be there.
    SectionMalformed = 8,    // found: kind.
    LengthNotAligned = 9,    // found: length in bytes; allowed: required multiple.
    AddressNotAligned = 10,  // found: address modulo 8; allowed: required multiple.
    TextEmpty = 11,
    TextTooLong = 12,            // found: slots; allowed: slots.
    EntryUnknown = 13,           // found: entries there are.
    EntryOutOfRange = 14,        // found: slot; allowed: last slot.
    CallNotResolved = 15,        // where: byte offset of the call in text.
    ElfUnsupported = 16,         // found: value of the header field at `where`.
    RelocationUnsupported = 17,  // found: relocation type.
    RelocationOutOfRange = 18,   // found: offset relocated; allowed: bytes in the section.
    SymbolUndefined = 19,        // found: symbol index.
    SymbolOutOfRange = 20,       // found: symbol index.
    OutputTooSmall = 21,         // found: bytes there; allowed: bytes needed.
    TooManySections = 22,        // found: sections; allowed: sections.
    DataNotRelocatable = 23,     // The format has no way to say that data holds a pointer.
    MapsNotLinked = 24,          // found: offset in .maps of a map that the linker was not told of.
    AlignmentUnsupported = 25,   // found: bytes a section is aligned to; allowed: bytes.
    FunctionEmpty = 26,          // found: symbol index.

    // Instructions. `where` is a slot.
    OpcodeUnknown = 32,        // found: opcode.
    OpcodeLegacyPacket = 33,   // found: opcode.
    OpcodeCallRegister = 34,   // CALLX, not in RFC 9669.
    DestinationReserved = 35,  // found: field value; allowed: 0.
    SourceReserved = 36,       // found: field value; allowed: 0.
    OffsetReserved = 37,       // found: field value; allowed: 0.
    ImmediateReserved = 38,    // found: field value; allowed: 0.
    RegisterUnknown = 39,      // found: register; allowed: last register.
    FramePointerWritten = 40,  // r10 is read-only.
    OffsetNotDivision = 41,    // found: offset of DIV or MOD; allowed: 0 or 1.
    OffsetNotExtension = 42,   // found: offset of MOV; allowed: widest of 0, 8, 16 (32).
    WidthNotSwappable = 43,    // found: immediate of a byte swap; allowed: 16, 32 or 64.
    AtomicUnknown = 44,        // found: immediate of an atomic operation.
    WideIncomplete = 45,       // LDDW in the last slot.
    WideTailReserved = 46,     // found: second slot of LDDW with more than an immediate.
    WideKindUnresolved = 47,   // found: source field of LDDW no loader resolved.
    WideOutOfSection = 48,     // found: offset in data or rodata; allowed: bytes there.
    JumpOutOfRange = 49,       // found: target slot; allowed: last slot.
    JumpIntoWide = 50,         // found: target slot.
    JumpOutOfFunction = 51,    // found: target slot; allowed: last slot of the function.
    FallsOffEnd = 52,          // found: opcode of the last instruction.
    CallKindUnknown = 53,      // found: source field of CALL.
    CallOutOfRange = 54,       // found: target slot; allowed: last slot.
    CallIntoWide = 55,         // found: target slot.
    HelperUnknown = 56,        // found: helper id.
    HelperNotGranted = 57,     // found: helper id.
    CallRecursive = 58,        // found: first slot of the function.
    CallTooDeep = 59,          // found: depth; allowed: depth.
    FrameTooLarge = 60,        // found: bytes below r10; allowed: bytes.
    StackTooLarge = 61,        // found: bytes; allowed: bytes.
    TooManyFunctions = 62,     // found: functions; allowed: functions.
    Unreachable = 63,          // No path from an entry leads here.
    MapUnknown = 64,           // found: index of a map; allowed: maps there are.

    // Setting a program up to run. `where` is unused unless said.
    MemoryTooSmall = 80,     // found: bytes lent; allowed: bytes needed.
    TooManyRegions = 81,     // found: regions; allowed: regions.
    RegionWraps = 82,        // found: index of a region that passes the end of memory.
    EntryNotVerified = 83,   // where: slot that is not an entry the verifier saw.
    EngineUnavailable = 84,  // The place has no such engine.

    // What firmware asks of the maps of a program.
    MapEntryUnknown = 85,  // No such key, or no record.
    MapEntryExists = 86,   // The key is there already.
    MapFull = 87,          // allowed: entries.

    // The compiler.
    CodeTooLong = 88,  // found: bytes; allowed: bytes that offsets of code can say.

    // Signed messages (CBOR, COSE, SUIT). `where` is a byte offset in the message.
    CborMalformed = 96,          // found: initial byte of the item.
    CborUnexpected = 97,         // found: major type; allowed: major type.
    EnvelopeMalformed = 98,      // An element is missing, repeated or of no use here.
    ManifestVersion = 99,        // found: version; allowed: version.
    ManifestUnsupported = 100,   // found: number of the command, parameter or element.
    ManifestTooLarge = 101,      // found: bytes; allowed: bytes.
    ConditionFailed = 102,       // found: number of the condition.
    AlgorithmUnsupported = 103,  // found: COSE algorithm (signed).
    SignerUnknown = 104,         // No key of the policy fits.
    SignatureInvalid = 105,      // The key is known; the message is not what it signed.
    DigestMismatch = 106,        // Of the manifest or of the image.
    SequenceNotNewer = 107,      // found: number; allowed: lowest accepted.
    ComponentUnknown = 108,      // The component identifier is not ["mbpf", name] or a slot.
    ImageTooLarge = 109,         // found: bytes; allowed: bytes of a slot, or of a message.
    SequenceReserved = 110,      // found: number; allowed: highest that is no administrator's.

    // Storage. `where` is an offset in flash.
    StorageFull = 112,       // found: slots there are; sectors of flash, if allowed says how many.
    StorageFailed = 113,     // A write or an erase failed.
    StorageMalformed = 114,  // The medium is not what it was formatted to be.
    RecordTooLarge = 115,    // found: bytes; allowed: bytes.
    JournalFull = 116,       // found: bytes of what is to be kept; allowed: bytes.

    // Containers and who may do what with them. `where` is unused unless said.
    ContainerUnknown = 120,   // Nothing of that name is installed.
    TooManyContainers = 121,  // found: containers; allowed: containers.
    NameMalformed = 122,      // found: length.
    HookMalformed = 123,      // where: offset in the section; found: index of the hook.
    HookNotGranted = 124,     // found: kind.
    KeysNotGranted = 125,     // found: first key of the range.
    BudgetNotGranted = 126,   // found: asked for; allowed: by the policy.
    MemoryNotGranted = 127,   // found: bytes; allowed: by the policy.
    NotAllowed = 128,         // found: number of the command.
    CommandUnknown = 129,     // found: number of the command.
    PolicyMalformed = 130,    // where: offset in the policy.
    ContainerBusy = 131,      // It runs right now, and cannot be entered twice.
    ContainerStopped = 132,   // By command, or because it faulted too often.
    HookUnknown = 133,        // found: what was asked for.
    QuotaExhausted = 134,     // found: instructions per second it has.
    TransferBroken = 135,     // found: offset; allowed: offset expected.
    FetchFailed = 136,        // found: agent::Pull::Reason or a response code; allowed: bytes got.
    UriUnsupported = 137,     // It is not coap://IPV4[:PORT]/PATH, or too long.
    PathTaken = 138,          // found: index of the hook whose path another container has.
};

}  // namespace mbpf
