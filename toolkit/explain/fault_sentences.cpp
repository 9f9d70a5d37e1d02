// SPDX-License-Identifier: MIT
// The sentences of faults, in the order of core/mbpf/base/fault.hpp.
#include "toolkit/explain/sentences.hpp"

namespace mbpf::toolkit::explain {

namespace {

constexpr std::string_view rebuild = "rebuild the file with `mbpf build`";
constexpr std::string_view compiler_bug =
    "no compiler emits this: check how the bytecode was made or transferred";

constexpr Sentence say(std::string_view name, Where where, std::string_view reason,
                       std::string_view found, std::string_view allowed,
                       std::string_view suggestion) {
    return {name, where, reason, found, allowed, suggestion};
}

constexpr Sentence sentence(Fault fault) {
    using enum Where;
    switch (fault) {
        case Fault::None: return say("None", Nothing, "nothing is wrong", "", "", "");

        case Fault::FormatUnknown:
            return say(
                "FormatUnknown", Byte, "this is no program in any known format", "",
                "an ELF object, an image, a Femto-Containers or extended file, or bare text of "
                "whole 8-byte slots",
                "check that this is the right file, or name the format with --format");
        case Fault::Truncated:
            return say("Truncated", Byte, "the file ends too early", "{found} bytes",
                       "{allowed} bytes are needed", "it was cut off on its way: copy it again");
        case Fault::TrailingBytes:
            return say("TrailingBytes", Byte, "the file goes on behind its last part",
                       "{found} bytes", "{allowed} bytes, as the header says", rebuild);
        case Fault::VersionUnsupported:
            return say("VersionUnsupported", Byte,
                       "the file is of a version that is not understood", "version {found}",
                       "version {allowed}", "use a newer runtime, or rebuild");
        case Fault::SectionUnknown:
            return say("SectionUnknown", Byte, "the image has a mandatory section of unknown kind",
                       "section kind {found}", "kinds below 128 that this version knows",
                       "use a newer runtime, or rebuild");
        case Fault::SectionRepeated:
            return say("SectionRepeated", Byte, "a section stands twice or out of order",
                       "section kind {found}", "each kind once, ascending", rebuild);
        case Fault::SectionMissing:
            return say("SectionMissing", Byte, "a section that must be there is missing",
                       "no section of kind {found}", "", rebuild);
        case Fault::SectionMalformed:
            return say("SectionMalformed", Byte, "a section makes no sense", "section kind {found}",
                       "", rebuild);
        case Fault::LengthNotAligned:
            return say("LengthNotAligned", Byte, "a length is not a whole number of units",
                       "{found} bytes", "a multiple of {allowed}", rebuild);
        case Fault::AddressNotAligned:
            return say("AddressNotAligned", Byte,
                       "the program lies at an address it cannot run from",
                       "{found} bytes behind a multiple of 8", "a multiple of {allowed}",
                       "place the program at an aligned address");
        case Fault::TextEmpty:
            return say("TextEmpty", Byte, "there are no instructions", "", "at least one slot",
                       "define a function that is not static");
        case Fault::TextTooLong:
            return say("TextTooLong", Byte, "there are too many instructions", "{found} slots",
                       "{allowed} slots", "split the program, or compile with -Os");
        case Fault::EntryUnknown:
            return say("EntryUnknown", Nothing, "there is no entry of that name",
                       "{found} other entries", "", "`mbpf inspect` lists the entries");
        case Fault::EntryOutOfRange:
            return say("EntryOutOfRange", Byte, "an entry lies outside the instructions",
                       "slot {found}", "a slot up to {allowed}", rebuild);
        case Fault::CallNotResolved:
            return say("CallNotResolved", Byte, "a call to a function of the program is not linked",
                       "", "", "build the file with `mbpf build`, which links calls");
        case Fault::ElfUnsupported:
            return say("ElfUnsupported", Byte, "this ELF file is not an eBPF object",
                       "value {found}", "a 64-bit little-endian relocatable object for eBPF",
                       "compile with: clang -O2 -g -target bpf -c");
        case Fault::RelocationUnsupported:
            return say("RelocationUnsupported", Byte,
                       "the program uses an address that cannot be resolved",
                       "relocation type {found}",
                       "calls of functions, and addresses of data (LLVM's types 1, 2 and 10)",
                       "avoid function pointers, and addresses of maps in data");
        case Fault::RelocationOutOfRange:
            return say("RelocationOutOfRange", Byte, "a relocation lies outside its section",
                       "offset {found}", "{allowed} bytes", "compile the object again");
        case Fault::SymbolUndefined:
            return say("SymbolUndefined", Byte,
                       "the program uses a function or variable that it does not define",
                       "symbol {found} of the symbol table", "",
                       "define it; declare helpers as mbpf.h does, so that a call is by number");
        case Fault::SymbolOutOfRange:
            return say("SymbolOutOfRange", Byte, "a symbol lies outside the object",
                       "symbol {found} of the symbol table", "", "compile the object again");
        case Fault::MapsNotLinked:
            return say("MapsNotLinked", Byte,
                       "the object declares maps, and only the toolkit reads such declarations",
                       "a map at byte {found} of .maps", "",
                       "make an image of it: `mbpf build`; the object needs type information (-g)");
        case Fault::AlignmentUnsupported:
            return say("AlignmentUnsupported", Byte,
                       "a variable is aligned more than the memory of a program is",
                       "{found} bytes", "at most {allowed} bytes",
                       "ask for less in its aligned attribute");
        case Fault::FunctionEmpty:
            return say("FunctionEmpty", Byte, "a function has no instructions",
                       "symbol {found} of the symbol table", "",
                       "compilers leave nothing of one that always comes to undefined behaviour: "
                       "compile with -Wall, and return a value");
        case Fault::OutputTooSmall:
            return say("OutputTooSmall", Nothing, "the linked program does not fit",
                       "{found} bytes", "{allowed} bytes are needed",
                       "shrink the data of the program");
        case Fault::TooManySections:
            return say("TooManySections", Byte, "the file has too many sections",
                       "{found} sections", "{allowed} sections",
                       "compile without -ffunction-sections and -fdata-sections");
        case Fault::DataNotRelocatable:
            return say("DataNotRelocatable", Byte,
                       "data holds an address, which this format cannot say", "", "",
                       "use --layout image");

        case Fault::OpcodeUnknown:
            return say("OpcodeUnknown", Slot, "this is no instruction of RFC 9669",
                       "opcode {found_hex}", "", compiler_bug);
        case Fault::OpcodeLegacyPacket:
            return say("OpcodeLegacyPacket", Slot, "legacy packet instructions are not supported",
                       "opcode {found_hex}", "", "read the packet through the context pointer");
        case Fault::OpcodeCallRegister:
            return say("OpcodeCallRegister", Slot,
                       "calls through a register are not part of RFC 9669", "", "",
                       "replace the function pointer by direct calls");
        case Fault::DestinationReserved:
            return say("DestinationReserved", Slot,
                       "the destination field has no meaning in this instruction", "{found}", "0",
                       compiler_bug);
        case Fault::SourceReserved:
            return say("SourceReserved", Slot,
                       "the source field has no meaning in this instruction", "{found}", "0",
                       compiler_bug);
        case Fault::OffsetReserved:
            return say("OffsetReserved", Slot, "the offset has no meaning in this instruction",
                       "{found_signed}", "0", compiler_bug);
        case Fault::ImmediateReserved:
            return say("ImmediateReserved", Slot,
                       "the immediate has no meaning in this instruction", "{found_signed}", "0",
                       compiler_bug);
        case Fault::RegisterUnknown:
            return say("RegisterUnknown", Slot, "there is no such register", "r{found}",
                       "r0 to r{allowed}", compiler_bug);
        case Fault::FramePointerWritten:
            return say("FramePointerWritten", Slot, "r10, the frame pointer, may only be read",
                       "a write to r{found}", "r0 to r{allowed}",
                       "copy r10 to another register and change the copy");
        case Fault::OffsetNotDivision:
            return say("OffsetNotDivision", Slot, "the offset of a division selects its sign",
                       "{found_signed}", "0 (unsigned) or 1 (signed)", compiler_bug);
        case Fault::OffsetNotExtension:
            return say("OffsetNotExtension", Slot, "the offset of a move selects a sign extension",
                       "{found_signed}", "0, 8, 16, up to {allowed}", compiler_bug);
        case Fault::WidthNotSwappable:
            return say("WidthNotSwappable", Slot, "bytes cannot be swapped in this width",
                       "{found_signed} bits", "16, 32 or 64 bits", compiler_bug);
        case Fault::AtomicUnknown:
            return say("AtomicUnknown", Slot, "there is no such atomic operation",
                       "operation {found_hex}", "add, or, and, xor, exchange, compare and exchange",
                       compiler_bug);
        case Fault::WideIncomplete:
            return say("WideIncomplete", Slot, "a 64-bit load lacks its second slot", "",
                       "two slots", compiler_bug);
        case Fault::WideTailReserved:
            return say("WideTailReserved", Slot,
                       "the second slot of a 64-bit load holds more than a number",
                       "low word {found_hex}", "0", compiler_bug);
        case Fault::WideKindUnresolved:
            return say("WideKindUnresolved", Slot,
                       "a 64-bit load asks for a map or a variable that no loader resolved",
                       "kind {found}", "0, a plain number, or 5, a map", rebuild);
        case Fault::WideOutOfSection:
            return say("WideOutOfSection", Slot, "an address lies outside the data it belongs to",
                       "offset {found_signed}", "{allowed} bytes of data", rebuild);
        case Fault::JumpOutOfRange:
            return say("JumpOutOfRange", Slot, "a jump leaves the program",
                       "to slot {found_signed}", "slots 0 to {allowed}", compiler_bug);
        case Fault::JumpIntoWide:
            return say("JumpIntoWide", Slot, "a jump lands inside a 64-bit load", "to slot {found}",
                       "the first slot of an instruction", compiler_bug);
        case Fault::JumpOutOfFunction:
            return say("JumpOutOfFunction", Slot, "a jump leads into another function",
                       "to slot {found}", "slots of its own function, up to {allowed}",
                       "functions are left by call and exit");
        case Fault::FallsOffEnd:
            return say("FallsOffEnd", Slot, "a function runs on behind its last instruction",
                       "opcode {found_hex} at its end", "exit or a jump",
                       "return a value on every path, also behind a call that never returns; look "
                       "for undefined behaviour, after which compilers end a function early");
        case Fault::CallKindUnknown:
            return say("CallKindUnknown", Slot, "there is no such kind of call", "kind {found}",
                       "0 (helper by number) or 1 (function of the program)",
                       "helpers by BTF id exist in Linux only");
        case Fault::CallOutOfRange:
            return say("CallOutOfRange", Slot, "a call leaves the program",
                       "to slot {found_signed}", "slots 0 to {allowed}",
                       "link the program with `mbpf build`");
        case Fault::CallIntoWide:
            return say("CallIntoWide", Slot, "a call lands inside a 64-bit load", "to slot {found}",
                       "the first slot of an instruction", compiler_bug);
        case Fault::HelperUnknown:
            return say("HelperUnknown", Slot, "the device has no such helper", "{found_helper}", "",
                       "use a helper that the device offers (mbpf.h lists the standard ones), or "
                       "build it into the firmware");
        case Fault::HelperNotGranted:
            return say("HelperNotGranted", Slot, "the program may not call this helper",
                       "{found_helper}", "",
                       "grant it (--grant), and ask for it in the rights of the image");
        case Fault::CallRecursive:
            return say("CallRecursive", Slot, "a function calls itself, directly or through others",
                       "", "a call graph without cycles", "turn the recursion into a loop");
        case Fault::CallTooDeep:
            return say("CallTooDeep", Slot, "too many functions can be on the stack at once",
                       "{found} functions deep", "{allowed} functions deep",
                       "inline a function (static inline, -O2)");
        case Fault::FrameTooLarge:
            return say("FrameTooLarge", Slot, "a function uses too much stack",
                       "{found} bytes below r10", "{allowed} bytes",
                       "move large local variables to static ones");
        case Fault::StackTooLarge:
            return say("StackTooLarge", Nothing, "the functions together use too much stack",
                       "{found} bytes", "{allowed} bytes",
                       "use smaller local variables, or fewer nested calls");
        case Fault::TooManyFunctions:
            return say("TooManyFunctions", Slot, "the program has too many functions",
                       "{found} functions", "{allowed} functions", "inline some of them");
        case Fault::Unreachable:
            return say("Unreachable", Slot, "no path leads to this instruction", "",
                       "instructions that an entry can reach", "remove dead code");

        case Fault::MapUnknown:
            return say("MapUnknown", Slot, "the program has no such map", "map {found}",
                       "{allowed} maps", rebuild);

        case Fault::MemoryTooSmall:
            return say("MemoryTooSmall", Nothing, "the memory lent does not suffice",
                       "{found} bytes", "{allowed} bytes are needed",
                       "use less data and stack, or a smaller object (`mbpf build` drops debug "
                       "information)");
        case Fault::TooManyRegions:
            return say("TooManyRegions", Nothing, "too many memory regions are lent",
                       "{found} regions", "{allowed} regions", "lend fewer, larger regions");
        case Fault::RegionWraps:
            return say("RegionWraps", Nothing, "a region passes the end of memory",
                       "region {found}", "", "lend memory that exists");
        case Fault::EngineUnavailable:
            return {"EngineUnavailable",
                    Nothing,
                    "this engine does not run here",
                    "",
                    "the JIT runs on Cortex-M only",
                    "run it with --on m4, or with --engine interpreter"};
        case Fault::EntryNotVerified:
            return say("EntryNotVerified", Slot, "this slot is no entry that the verifier saw", "",
                       "an entry of the program", "`mbpf inspect` lists the entries");

        case Fault::MapEntryUnknown:
            return say("MapEntryUnknown", Nothing, "the map has no such key, or no record", "", "",
                       "the program has not put it there yet");
        case Fault::MapEntryExists:
            return say("MapEntryExists", Nothing, "the map has this key already", "", "",
                       "update it, or delete it first");
        case Fault::MapFull:
            return say("MapFull", Nothing, "the map has no room for another key", "",
                       "{allowed} entries", "delete a key, or declare more max_entries");

        case Fault::CodeTooLong:
            return say("CodeTooLong", Nothing, "the program is too long as native code",
                       "{found} bytes", "{allowed} bytes",
                       "split the program, or have it interpreted");

        case Fault::CborMalformed:
            return say("CborMalformed", Byte, "this is not well-formed, deterministic CBOR", "", "",
                       "the message was damaged, or made by another tool");
        case Fault::CborUnexpected:
            return say("CborUnexpected", Byte, "a CBOR item is not of the kind that belongs here",
                       "major type {found}", "major type {allowed}",
                       "the message was made for another purpose or version");
        case Fault::EnvelopeMalformed:
            return say("EnvelopeMalformed", Byte, "this is not a SUIT envelope or a signed command",
                       "", "", "sign the program again with `mbpf sign`");
        case Fault::ManifestVersion:
            return say("ManifestVersion", Byte,
                       "the manifest is of a version that is not understood", "version {found}",
                       "version {allowed}", "sign it for this device: `mbpf sign --profile`");
        case Fault::ManifestUnsupported:
            return say(
                "ManifestUnsupported", Byte,
                "the manifest uses a command, parameter or element that this device does not have",
                "number {found}", "", "sign it for this device: `mbpf sign --profile`");
        case Fault::ManifestTooLarge:
            return say("ManifestTooLarge", Nothing, "the signed part of the message is too large",
                       "{found} bytes", "{allowed} bytes", "use a shorter name or URI");
        case Fault::ConditionFailed:
            return say("ConditionFailed", Byte,
                       "the manifest is for another vendor, class or device", "condition {found}",
                       "", "`mbpf device info` says what this device is");
        case Fault::AlgorithmUnsupported:
            return say(
                "AlgorithmUnsupported", Byte,
                "the signature or digest is made with an algorithm that this device does not have",
                "algorithm {found_signed}", "", "sign with an Ed25519 key: `mbpf key new`");
        case Fault::SignerUnknown:
            return say("SignerUnknown", Nothing,
                       "no signer of this device's policy made this signature", "", "",
                       "sign with a key that the device knows, or let an administrator add yours");
        case Fault::SignatureInvalid:
            return say("SignatureInvalid", Nothing, "the signature does not fit the message", "",
                       "", "the message was changed on its way: sign and send it again");
        case Fault::DigestMismatch:
            return say("DigestMismatch", Nothing,
                       "the image is not the one that the manifest describes", "", "",
                       "the image was damaged on its way: send it again");
        case Fault::SequenceNotNewer:
            return say("SequenceNotNewer", Nothing,
                       "this message was overtaken by a newer one, or sent before",
                       "sequence number {found}", "{allowed_sequence}",
                       "sign again with a higher sequence number, or for another name");
        case Fault::ComponentUnknown:
            return say("ComponentUnknown", Byte,
                       "the manifest is not about a container of this device", "", "",
                       "name the container with `mbpf sign --name`");
        case Fault::ImageTooLarge:
            return say("ImageTooLarge", Nothing,
                       "the image does not fit into a slot of this device", "{found} bytes",
                       "{allowed} bytes", "use `mbpf build --strip`, or a smaller program");
        case Fault::SequenceReserved:
            return say("SequenceReserved", Nothing, "numbers that high are for administrators",
                       "sequence number {found}", "up to {allowed}",
                       "sign with a lower number, or for another name; an administrator may remove "
                       "a container whose numbers are used up");
        case Fault::StorageFull:
            return say("StorageFull", Nothing, "the device has no free slot for another image",
                       "{found} slots, all in use", "", "remove a container: `mbpf rm`");
        case Fault::StorageFailed:
            return say("StorageFailed", Byte, "the flash memory of the device could not be written",
                       "", "", "the flash memory may be worn out");
        case Fault::StorageMalformed:
            return say("StorageMalformed", Byte, "the device's storage holds nonsense", "", "",
                       "format it again: everything on it is lost");
        case Fault::RecordTooLarge:
            return say("RecordTooLarge", Nothing, "a record does not fit into the journal",
                       "{found} bytes", "{allowed} bytes", "use fewer or smaller records");
        case Fault::JournalFull:
            return say("JournalFull", Nothing,
                       "the journal of the device has no room for another record", "{found} bytes",
                       "{allowed} bytes", "remove a container: `mbpf rm`");

        case Fault::ContainerUnknown:
            return say("ContainerUnknown", Nothing, "there is no container of that name", "", "",
                       "`mbpf ps` lists the containers");
        case Fault::TooManyContainers:
            return say("TooManyContainers", Nothing,
                       "the device holds as many containers as it can", "{found} containers",
                       "{allowed} containers", "remove one: `mbpf rm`");
        case Fault::NameMalformed:
            return say("NameMalformed", Nothing,
                       "a container's name is 1 to 23 of a-z, 0-9, - and _", "", "",
                       "choose another name");
        case Fault::HookMalformed:
            return say("HookMalformed", Byte, "a hook of the program makes no sense",
                       "hook {found}", "", "see SPEC.md, \"Image\": hooks");
        case Fault::HookNotGranted:
            return say("HookNotGranted", Nothing,
                       "the program asks for a kind of hook that its signer may not give it",
                       "kind {found_hook}", "",
                       "ask an administrator of the device for this right");
        case Fault::KeysNotGranted:
            return say(
                "KeysNotGranted", Nothing,
                "the program asks for keys of the global store that its signer may not give it",
                "keys from {found} on", "", "ask an administrator of the device for this right");
        case Fault::BudgetNotGranted:
            return say("BudgetNotGranted", Nothing,
                       "the program asks for more instructions than its signer may give it",
                       "{found} instructions", "{allowed} instructions",
                       "ask for less, or ask an administrator of the device");
        case Fault::MemoryNotGranted:
            return say("MemoryNotGranted", Nothing,
                       "the program needs more memory than its signer may give it", "{found} bytes",
                       "{allowed} bytes", "use less data and stack");
        case Fault::NotAllowed:
            return say("NotAllowed", Nothing, "this signer may not do that", "command {found}", "",
                       "ask an administrator of the device");
        case Fault::CommandUnknown:
            return say("CommandUnknown", Nothing, "the device knows no such command",
                       "command {found}", "", "use a toolkit of the device's version");
        case Fault::PolicyMalformed:
            return say("PolicyMalformed", Byte, "the policy makes no sense", "", "",
                       "write it with `mbpf device policy`");
        case Fault::ContainerBusy:
            return say("ContainerBusy", Nothing,
                       "the container is running, or as many runs are under way as may be", "", "",
                       "try again, as another installation may be under way; or stop it: "
                       "`mbpf stop`");
        case Fault::ContainerStopped:
            return say("ContainerStopped", Nothing, "the container is stopped", "", "",
                       "start it: `mbpf start`");
        case Fault::HookUnknown:
            return say("HookUnknown", Nothing, "nothing is attached to that hook", "", "",
                       "`mbpf ps` lists the hooks");
        case Fault::QuotaExhausted:
            return say("QuotaExhausted", Nothing,
                       "the container has used up its instructions for this second",
                       "{found} instructions", "",
                       "call it less often, or ask for a larger budget");
        case Fault::FetchFailed:
            return say("FetchFailed", Nothing,
                       "the device did not get the image from where its manifest says",
                       "{found_fetch}", "", "is its server there, where the device can reach it?");
        case Fault::UriUnsupported:
            return say("UriUnsupported", Nothing, "the device cannot fetch from such a URI", "",
                       "coap://IPV4[:PORT]/PATH", "name the server by its IPv4 address");
        case Fault::TransferBroken:
            return say("TransferBroken", Nothing,
                       "a block of the transfer is missing or came too late", "offset {found}",
                       "offset {allowed}", "send it again from the start");
        case Fault::PathTaken:
            return say("PathTaken", Nothing, "another container answers on that path already",
                       "hook {found}", "",
                       "give the hook another path, or remove the other container: `mbpf ps`");
    }
    return {};
}

}  // namespace

Sentence sentence_of(Fault fault) { return sentence(fault); }

}  // namespace mbpf::toolkit::explain
