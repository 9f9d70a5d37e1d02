// SPDX-License-Identifier: MIT
// Requests and replies as bytes, between a PC and the firmware that runs a program for it. Both
// ends are the same code. Freestanding; a decoder checks every field and copies nothing, so what
// it yields points into its input. All numbers little-endian, all messages a multiple of 8 bytes.
//
//   request                               reply
//   +--------------------------------+    +--------------------------------+
//   |  0 u32 "mRq1"                  |    |  0 u32 "mRp1"                  |
//   |  4 u8  format                  |    |  4 u8  status                  |
//   |  5 u8  engine                  |    |  5 u8  fault                   |
//   |  6 u8  suite                   |    |  6 u8  trap                    |
//   |  7 u8  bytecode                |    |  7 u8  bytes of the trap       |
//   |  8 u8  call depth allowed      |    |  8 u32 where                   |
//   |  9 u8  recursion               |    | 12 u32 found                   |
//   | 10 u8  wants, u8 zero          |    | 16 u32 allowed                 |
//   | 12 u32 stack bytes allowed     |    | 20 u32 slot of the trap        |
//   | 16 u32 budget, instructions    |    | 24 u64 address of the trap     |
//   | 20 u32 bytes of the entry      |    | 32 u64 result                  |
//   | 24 u32 bytes of the context    |    | 40 u32 instructions            |
//   | 28 u32 bytes of the program    |    | 44 u32 text slots              |
//   | 32 256 bits, bit n: helper n   |    | 48 u32 memory bytes            |
//   |        is granted              |    | 52 u16 frame bytes             |
//   +--------------------------------+    | 54 u8  call depth              |
//   | program, context, entry: each  |    | 55 u8  zero                    |
//   | zero-padded to 8               |    | 56 u32 bytes of the context    |
//   +--------------------------------+    | 60 u32 bytes of the output     |
//                                         | 64 u32 bytes of the maps       |
//   batch, of either                      | 68 u32 zero                    |
//   +--------------------------------+    +--------------------------------+
//   | u32 "mBt1", u32 count          |    | context, output, maps: each    |
//   | count times:                   |    | zero-padded to 8               |
//   |   u32 bytes, u32 zero, message |    +--------------------------------+
//   +--------------------------------+    Fields without a meaning for a status are zero.
//
// The firmware. QEMU hands it the names of two files, a batch of requests to read and a batch of
// replies to write, of the same count and order:
//
//   qemu-system-arm -M mps2-an386 -nographic -monitor none -serial none -kernel mps2-an386.elf
//     -semihosting-config enable=on,target=native,arg=mbpf,arg=REQUESTS,arg=REPLIES
//
// Names must hold no space; QEMU wants a comma doubled. It exits with FirmwareExit::Done when all
// replies are written, whatever they say; otherwise it says on the console what went wrong.
// A request larger than its memory gets a reply: Status::Unusable with Fault::MemoryTooSmall.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runner/runner.hpp"

namespace mbpf::runner {

enum class FirmwareExit : std::uint8_t {
    Done = 0,
    BadCommandLine = 2,
    BadFile = 3,    // A file that cannot be opened, read or written, or is no batch.
    CoreFault = 4,  // The firmware itself faulted: a bug.
};

inline constexpr std::size_t message_alignment = 8;
inline constexpr std::size_t batch_header_bytes = 8;
inline constexpr std::size_t message_header_bytes = 8;  // In front of each message of a batch.
inline constexpr std::size_t fixed_request_bytes = 64;
inline constexpr std::size_t fixed_reply_bytes = 72;

// Length of a message; what encoders need room for.
[[nodiscard]] std::size_t request_bytes(Request const& request);
[[nodiscard]] std::size_t reply_bytes(Reply const& reply);

// Writes a message and returns its length; 0 if `output` is too small for it.
[[nodiscard]] std::size_t encode_request(Request const& request, WritableBytes output);
[[nodiscard]] std::size_t encode_reply(Reply const& reply, WritableBytes output);

// `message` is one message, to its last byte. Faults, with the offset of the field: FormatUnknown
// (not a message), Truncated, TrailingBytes, SectionMalformed (a field without that value).
[[nodiscard]] Result<Request> decode_request(Bytes message);
[[nodiscard]] Result<Reply> decode_reply(Bytes message);

// Batches are written and read piece by piece, so that neither end has to hold one.
[[nodiscard]] std::size_t encode_batch_header(std::uint32_t count, WritableBytes output);
[[nodiscard]] std::size_t encode_message_header(std::size_t bytes, WritableBytes output);

// Number of messages, from the batch_header_bytes a batch starts with.
[[nodiscard]] Result<std::uint32_t> decode_batch_header(Bytes header);
// Bytes of the message behind this header.
[[nodiscard]] Result<std::uint32_t> decode_message_header(Bytes header);

}  // namespace mbpf::runner
