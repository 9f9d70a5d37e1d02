# SPDX-License-Identifier: MIT
"""Batches of requests and replies as runner/wire.hpp draws them, written a second time from that
drawing: a mistake in the C++ that both ends share shows here."""

import dataclasses
import struct

BATCH_MAGIC, REQUEST_MAGIC, REPLY_MAGIC = b"mBt1", b"mRq1", b"mRp1"
REPLY_HEAD_BYTES = 72
FORMAT_TEXT, FORMAT_IMAGE = 0, 4
STATUS = ["ran", "trapped", "rejected", "unusable"]
ALL_HELPERS = b"\xff" * 32
WANTS_MEMORY, WANTS_CODE = 1, 2
DROPPED = 2  # Instead of accelerated: compiled, and the bytecode erased.


@dataclasses.dataclass
class Reply:
    status: str
    fault: int
    trap: int
    result: int
    instructions: int
    context: bytes
    output: str


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 8)


def request(program: bytes, context: bytes, budget: int = 1_000_000, *, accelerated: bool = False,
            grants: bytes = ALL_HELPERS, entry: bytes = b"", engine: int = 0,
            format: int = FORMAT_IMAGE, suite: int = 0, recursion: bool = False,
            wants: int = 0) -> bytes:
    head = struct.pack("<4s8BIIIII32s", REQUEST_MAGIC, format, engine, suite, int(accelerated),
                       8, int(recursion), wants, 0, 4096, budget, len(entry), len(context),
                       len(program), grants)
    return head + padded(program) + padded(context) + padded(entry)


def batch(messages: list[bytes]) -> bytes:
    parts = [BATCH_MAGIC, struct.pack("<I", len(messages))]
    for message in messages:
        parts += [struct.pack("<II", len(message), 0), message]
    return b"".join(parts)


def reply(message: bytes) -> Reply:
    (magic, status, fault, trap, _, _, _, _, _, _, result, instructions, _, _, _, _, _,
     context_bytes, output_bytes, map_bytes, _) = struct.unpack_from(
         "<4s4B3IIQQIIIHBBIIII", message)
    assert magic == REPLY_MAGIC
    context = message[REPLY_HEAD_BYTES:REPLY_HEAD_BYTES + context_bytes]
    output_at = REPLY_HEAD_BYTES + len(padded(context))
    assert len(message) == (output_at + len(padded(bytes(output_bytes)))
                            + len(padded(bytes(map_bytes))))
    return Reply(STATUS[status], fault, trap, result, instructions, context,
                 message[output_at:output_at + output_bytes].decode())


def messages(data: bytes) -> list[bytes]:
    assert data[:4] == BATCH_MAGIC
    count, at, found = struct.unpack_from("<I", data, 4)[0], 8, []
    for _ in range(count):
        size = struct.unpack_from("<II", data, at)[0]
        found.append(data[at + 8:at + 8 + size])
        at += 8 + size
    assert at == len(data)
    return found


def replies(data: bytes) -> list[Reply]:
    return [reply(message) for message in messages(data)]


def end(message: bytes) -> str:
    """How a run ended: a status, or the number of a trap."""
    if not message:
        return "crash"
    return f"trap {message[6]}" if STATUS[message[4]] == "trapped" else STATUS[message[4]]


def text(message: bytes) -> str:
    """All of a reply but for what is long."""
    if not message:
        return "crash"
    slot, address, result, instructions = struct.unpack_from("<IQQI", message, 20)
    fault, where = message[5], struct.unpack_from("<I", message, 8)[0]
    return (f"{end(message)}, fault {fault} at {where}, slot {slot}, address {address:#x}, result "
            f"{result:#x}, {instructions} instructions, {message[REPLY_HEAD_BYTES:].hex()[:240]}")
