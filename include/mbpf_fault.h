// SPDX-License-Identifier: MIT
// Everything that can be wrong with an input or a request, as a number and a name. What `where`,
// `found` and `allowed` of an mbpf_error_t mean for each is said in core/mbpf/base/fault.hpp.
// Numbers are never changed.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// X(number, constant, name)
#define MBPF_FAULTS(X)                                   \
    X(0, NONE, None)                                     \
    X(1, FORMAT_UNKNOWN, FormatUnknown)                  \
    X(2, TRUNCATED, Truncated)                           \
    X(3, TRAILING_BYTES, TrailingBytes)                  \
    X(4, VERSION_UNSUPPORTED, VersionUnsupported)        \
    X(5, SECTION_UNKNOWN, SectionUnknown)                \
    X(6, SECTION_REPEATED, SectionRepeated)              \
    X(7, SECTION_MISSING, SectionMissing)                \
    X(8, SECTION_MALFORMED, SectionMalformed)            \
    X(9, LENGTH_NOT_ALIGNED, LengthNotAligned)           \
    X(10, ADDRESS_NOT_ALIGNED, AddressNotAligned)        \
    X(11, TEXT_EMPTY, TextEmpty)                         \
    X(12, TEXT_TOO_LONG, TextTooLong)                    \
    X(13, ENTRY_UNKNOWN, EntryUnknown)                   \
    X(14, ENTRY_OUT_OF_RANGE, EntryOutOfRange)           \
    X(15, CALL_NOT_RESOLVED, CallNotResolved)            \
    X(16, ELF_UNSUPPORTED, ElfUnsupported)               \
    X(17, RELOCATION_UNSUPPORTED, RelocationUnsupported) \
    X(18, RELOCATION_OUT_OF_RANGE, RelocationOutOfRange) \
    X(19, SYMBOL_UNDEFINED, SymbolUndefined)             \
    X(20, SYMBOL_OUT_OF_RANGE, SymbolOutOfRange)         \
    X(21, OUTPUT_TOO_SMALL, OutputTooSmall)              \
    X(22, TOO_MANY_SECTIONS, TooManySections)            \
    X(23, DATA_NOT_RELOCATABLE, DataNotRelocatable)      \
    X(24, MAPS_NOT_LINKED, MapsNotLinked)                \
    X(25, ALIGNMENT_UNSUPPORTED, AlignmentUnsupported)   \
    X(26, FUNCTION_EMPTY, FunctionEmpty)                 \
    X(32, OPCODE_UNKNOWN, OpcodeUnknown)                 \
    X(33, OPCODE_LEGACY_PACKET, OpcodeLegacyPacket)      \
    X(34, OPCODE_CALL_REGISTER, OpcodeCallRegister)      \
    X(35, DESTINATION_RESERVED, DestinationReserved)     \
    X(36, SOURCE_RESERVED, SourceReserved)               \
    X(37, OFFSET_RESERVED, OffsetReserved)               \
    X(38, IMMEDIATE_RESERVED, ImmediateReserved)         \
    X(39, REGISTER_UNKNOWN, RegisterUnknown)             \
    X(40, FRAME_POINTER_WRITTEN, FramePointerWritten)    \
    X(41, OFFSET_NOT_DIVISION, OffsetNotDivision)        \
    X(42, OFFSET_NOT_EXTENSION, OffsetNotExtension)      \
    X(43, WIDTH_NOT_SWAPPABLE, WidthNotSwappable)        \
    X(44, ATOMIC_UNKNOWN, AtomicUnknown)                 \
    X(45, WIDE_INCOMPLETE, WideIncomplete)               \
    X(46, WIDE_TAIL_RESERVED, WideTailReserved)          \
    X(47, WIDE_KIND_UNRESOLVED, WideKindUnresolved)      \
    X(48, WIDE_OUT_OF_SECTION, WideOutOfSection)         \
    X(49, JUMP_OUT_OF_RANGE, JumpOutOfRange)             \
    X(50, JUMP_INTO_WIDE, JumpIntoWide)                  \
    X(51, JUMP_OUT_OF_FUNCTION, JumpOutOfFunction)       \
    X(52, FALLS_OFF_END, FallsOffEnd)                    \
    X(53, CALL_KIND_UNKNOWN, CallKindUnknown)            \
    X(54, CALL_OUT_OF_RANGE, CallOutOfRange)             \
    X(55, CALL_INTO_WIDE, CallIntoWide)                  \
    X(56, HELPER_UNKNOWN, HelperUnknown)                 \
    X(57, HELPER_NOT_GRANTED, HelperNotGranted)          \
    X(58, CALL_RECURSIVE, CallRecursive)                 \
    X(59, CALL_TOO_DEEP, CallTooDeep)                    \
    X(60, FRAME_TOO_LARGE, FrameTooLarge)                \
    X(61, STACK_TOO_LARGE, StackTooLarge)                \
    X(62, TOO_MANY_FUNCTIONS, TooManyFunctions)          \
    X(63, UNREACHABLE, Unreachable)                      \
    X(64, MAP_UNKNOWN, MapUnknown)                       \
    X(80, MEMORY_TOO_SMALL, MemoryTooSmall)              \
    X(81, TOO_MANY_REGIONS, TooManyRegions)              \
    X(82, REGION_WRAPS, RegionWraps)                     \
    X(83, ENTRY_NOT_VERIFIED, EntryNotVerified)          \
    X(84, ENGINE_UNAVAILABLE, EngineUnavailable)         \
    X(85, MAP_ENTRY_UNKNOWN, MapEntryUnknown)            \
    X(86, MAP_ENTRY_EXISTS, MapEntryExists)              \
    X(87, MAP_FULL, MapFull)                             \
    X(88, CODE_TOO_LONG, CodeTooLong)                    \
    X(96, CBOR_MALFORMED, CborMalformed)                 \
    X(97, CBOR_UNEXPECTED, CborUnexpected)               \
    X(98, ENVELOPE_MALFORMED, EnvelopeMalformed)         \
    X(99, MANIFEST_VERSION, ManifestVersion)             \
    X(100, MANIFEST_UNSUPPORTED, ManifestUnsupported)    \
    X(101, MANIFEST_TOO_LARGE, ManifestTooLarge)         \
    X(102, CONDITION_FAILED, ConditionFailed)            \
    X(103, ALGORITHM_UNSUPPORTED, AlgorithmUnsupported)  \
    X(104, SIGNER_UNKNOWN, SignerUnknown)                \
    X(105, SIGNATURE_INVALID, SignatureInvalid)          \
    X(106, DIGEST_MISMATCH, DigestMismatch)              \
    X(107, SEQUENCE_NOT_NEWER, SequenceNotNewer)         \
    X(108, COMPONENT_UNKNOWN, ComponentUnknown)          \
    X(109, IMAGE_TOO_LARGE, ImageTooLarge)               \
    X(110, SEQUENCE_RESERVED, SequenceReserved)          \
    X(112, STORAGE_FULL, StorageFull)                    \
    X(113, STORAGE_FAILED, StorageFailed)                \
    X(114, STORAGE_MALFORMED, StorageMalformed)          \
    X(115, RECORD_TOO_LARGE, RecordTooLarge)             \
    X(116, JOURNAL_FULL, JournalFull)                    \
    X(120, CONTAINER_UNKNOWN, ContainerUnknown)          \
    X(121, TOO_MANY_CONTAINERS, TooManyContainers)       \
    X(122, NAME_MALFORMED, NameMalformed)                \
    X(123, HOOK_MALFORMED, HookMalformed)                \
    X(124, HOOK_NOT_GRANTED, HookNotGranted)             \
    X(125, KEYS_NOT_GRANTED, KeysNotGranted)             \
    X(126, BUDGET_NOT_GRANTED, BudgetNotGranted)         \
    X(127, MEMORY_NOT_GRANTED, MemoryNotGranted)         \
    X(128, NOT_ALLOWED, NotAllowed)                      \
    X(129, COMMAND_UNKNOWN, CommandUnknown)              \
    X(130, POLICY_MALFORMED, PolicyMalformed)            \
    X(131, CONTAINER_BUSY, ContainerBusy)                \
    X(132, CONTAINER_STOPPED, ContainerStopped)          \
    X(133, HOOK_UNKNOWN, HookUnknown)                    \
    X(134, QUOTA_EXHAUSTED, QuotaExhausted)              \
    X(135, TRANSFER_BROKEN, TransferBroken)              \
    X(136, FETCH_FAILED, FetchFailed)                    \
    X(137, URI_UNSUPPORTED, UriUnsupported)              \
    X(138, PATH_TAKEN, PathTaken)

// MBPF_FAULT_NONE is 0: it worked.
typedef enum mbpf_fault {
#define MBPF_FAULT_CONSTANT(number, constant, name) MBPF_FAULT_##constant = number,
    MBPF_FAULTS(MBPF_FAULT_CONSTANT)
#undef MBPF_FAULT_CONSTANT
        MBPF_FAULT_LARGEST = 255  // So that every byte is a value.
} mbpf_fault_t;

// What is wrong, where, what was found there and what would have been accepted.
typedef struct mbpf_error {
    uint32_t fault;  // mbpf_fault_t
    uint32_t where;  // Slot of an instruction, or byte offset.
    uint32_t found;
    uint32_t allowed;
} mbpf_error_t;

// The name of a fault, such as "SignatureInvalid"; "?" for a number that is none.
const char* mbpf_fault_name(uint32_t fault);

#ifdef __cplusplus
}
#endif
