#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the seeds of the fuzzers, corpus/<fuzzer>/<seed>, from tests/golden, tests/vectors, C
source that clang compiles (MBPF_CLANG, or clang-19) and signed messages of the test executable
write_envelopes (MBPF_WRITE_ENVELOPES). What it wrote is part of the repository: it need not run
again unless one of these changes."""

import json
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "firmware"))

import wire  # noqa: E402

CORPUS = TESTS / "fuzz" / "corpus"
CLANG = os.environ.get("MBPF_CLANG") or "clang-19"
SOURCES = {
    "smallest": "int f(void) { return 42; }",
    "calls": """static __attribute__((noinline)) int g(int x) { return x * 3; }
                int f(char *p) { return g(p[0]) + g(p[1]); }""",
    "data": """static const char text[] = "v=%d"; int counter = 7, zeros[5];
               static int (*const print)(const char *, int) = (void *)1;
               int f(void) { zeros[counter & 3]++; return print(text, counter++); }""",
    "pointers": """static const char a[] = "ab", b[] = "cd"; const char *names[] = {a, b};
                   int f(unsigned i) { return names[i & 1][0]; }""",
    "sections": """__attribute__((section("first"))) int f(void) { return 1; }
                   __attribute__((section("second"))) int g(void) { return 2; }""",
    "common": """int shared[4]; static int mine; int f(int i) { return shared[i & 3] + mine++; }
                 int g(void) { return f(3); }""",
}


def write(fuzzer: str, name: str, data: bytes) -> None:
    folder = CORPUS / fuzzer
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def golden(path: pathlib.Path) -> bytes:
    return bytes.fromhex("".join(re.sub(r"#.*", "", line) for line in path.open()))


def write_goldens() -> None:
    for path in sorted((TESTS / "golden").glob("*.hex")):
        data, kind = golden(path), path.stem.split("_")[0]
        write(kind, path.stem, data)
        write("open", path.stem, data)


def write_objects() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, source in SOURCES.items():
            object_file = pathlib.Path(folder) / "object.o"
            options = ["-fcommon"] if name == "common" else []
            subprocess.run([CLANG, "-target", "bpf", "-mcpu=v3", "-O1", *options, "-c", "-x", "c",
                            "-", "-o", object_file], input=source.encode(), check=True)
            write("elf", name, object_file.read_bytes())


def write_types() -> None:
    """Sections .BTF of objects, and sessions of fuzz_maps: an array, a hash and a ring buffer."""
    with tempfile.TemporaryDirectory() as folder:
        source = TESTS.parent / "examples" / "11_maps.c"
        object_file = pathlib.Path(folder) / "object.o"
        subprocess.run([CLANG, "-target", "bpf", "-mcpu=v3", "-O2", "-g", "-I",
                        source.parent / "include", "-c", source, "-o", object_file], check=True)
        data = object_file.read_bytes()
    table, size, count = struct.unpack_from("<Q10xHH", data, 40)
    headers = [struct.unpack_from("<IIQQQQ", data, table + i * size) for i in range(count)]
    parts = [data[offset:offset + length] for _, kind, _, _, offset, length in headers
             if kind == 1 and data[offset:offset + 2] == bytes.fromhex("9feb")]
    write("btf", "maps", struct.pack("<H", len(parts[0])) + b"".join(parts))
    records = [struct.pack("<BBHIII", *row) for row in
               ((2, 0, 4, 8, 4, 0), (1, 0, 4, 12, 4, 0), (27, 0, 0, 0, 64, 0))]
    for seed in range(8):
        session = random.Random(seed).randbytes(100 << seed % 4)
        write("maps", f"random_{seed}",
              bytes([48]) + b"".join(records) + bytes([seed, 0, 0, 0, 1]) + session)


def write_messages() -> None:
    program = bytes.fromhex("b7000000 2a000000 95000000 00000000")
    write("wire", "request", wire.request(program, b"context", entry=b"main"))
    write("wire", "request_empty", wire.request(b"", b""))
    head = struct.pack("<4s4B3IIQQIIIHBBIIII", b"mRp1", 1, 0, 2, 4, 0, 0, 0, 1, 0x2000_0000, 0, 2,
                       2, 64, 16, 1, 0, 5, 3, 8, 0)
    write("wire", "reply", head + wire.padded(b"bytes") + wire.padded(b"hi\n") + bytes(8))
    write("wire", "batch", wire.batch([]))


def write_envelopes() -> None:
    """Whole messages, the manifests in them and what these hold."""
    writer = os.environ.get("MBPF_WRITE_ENVELOPES", "build/host/tests/write_envelopes")
    lines = subprocess.run([writer], check=True, capture_output=True, text=True).stdout
    for name, _, digits in (line.split() for line in lines.splitlines()):
        message = bytes.fromhex(digits)
        write("suit", name, message)
        write("cbor", name, message)
        manifest = message.find(b"\x03\x58")  # Behind the key and the head of its byte string.
        if manifest > 0:
            content = message[manifest + 3:][:message[manifest + 2]]
            write("suit", f"{name}_manifest", content)
            write("cbor", f"{name}_manifest", content)
    examples = ("1bffffffffffffffff", "3bffffffffffffffff", "8301820203820405",
                "a26161016162820203", "d818456449455446", "83f4f5f6")
    for index, digits in enumerate(examples):
        write("cbor", f"example_{index}", bytes.fromhex(digits))


def write_packets() -> None:
    """Answers as a program may write them: token a1a2; start, format, finish; contents."""
    for name, content in {"good": "62450000a1a2c132ff7b7d", "request": "62020000a1a2",
                          "options": "62450000a1a2c20032d10001", "critical": "62450000a1a2b161",
                          "long": "62450000a1a2e10001ff" + "ff" * 40}.items():
        data = bytes.fromhex(content)
        for scribbled_first in (0, 1):
            head = struct.pack("<BHBQ", 2, 0b100100, scribbled_first, len(data))
            write("packet", f"{name}_{scribbled_first}", head + bytes.fromhex("a1a2") + data)


def write_texts() -> None:
    """Programs of the public suite behind the eight bytes of parameters of fuzz_verifier."""
    vectors = json.loads((TESTS / "vectors" / "conformance.json").read_text())["values"]
    for vector in vectors[::12]:
        program = bytes.fromhex(vector["program"])
        write("verifier", vector["name"], bytes([0x10, 24, 8, 8, 8, 0, 4, 0]) + program)
    for vector in vectors[::36]:
        head = bytes([0x10, 24, 8, 8, 8, 100, 0, 0])  # As above, but a size instead of a budget.
        write("jit", vector["name"], head + bytes.fromhex(vector["program"]))
    write("open", "text", bytes.fromhex(vectors[0]["program"]))


def write_random() -> None:
    """What the generator makes programs of: long enough that it need not grow first."""
    for seed in range(12):
        data = random.Random(seed).randbytes(60 + 40 * seed)
        write("interpreter", f"random_{seed}", data)
        write("accelerate", f"random_{seed}", data)


def coap_message(code: int, number: int, options: list[tuple[int, bytes]], payload: bytes = b"",
                 kind: int = 0) -> bytes:
    """With a token of 4 bytes; deltas and lengths are below 269."""
    message, last = bytes([0x44 | kind << 4, code]) + struct.pack(">H", number) + b"toke", 0
    for option, value in options:
        nibbles = [min(n, 13) for n in (option - last, len(value))]
        extensions = bytes(n - 13 for n in (option - last, len(value)) if n >= 13)
        message += bytes([nibbles[0] << 4 | nibbles[1]]) + extensions + value
        last = option
    return message + (b"\xff" + payload if payload else b"")


def write_coap() -> None:
    """Sessions of fuzz_coap: steps of what, who or how long, length, datagram."""
    def step(what: int, argument: int, datagram: bytes = b"") -> bytes:
        return struct.pack("<BBH", what, argument, len(datagram)) + datagram

    post = coap_message(2, 1, [(11, b"echo")], b"payload")
    slow = coap_message(2, 2, [(11, b"slow")], b"payload")
    observe = coap_message(1, 3, [(6, b""), (11, b"counter")])
    increment = coap_message(2, 4, [(11, b"counter")])
    blocks = [coap_message(2, 10 + i, [(11, b"upload"), (27, bytes([i << 4 | 8 * (i < 2)]))],
                           b"x" * 16) for i in range(3)]
    big = coap_message(1, 20, [(11, b"big"), (15, b"bytes=100"), (17, b"\x2a"), (23, b"\x11")])
    answer = coap_message(69, 0, [(4, b"etag"), (23, b"\x0a")], b"y" * 64, kind=2)
    last = coap_message(69, 0, [(4, b"etag"), (23, b"\x12")], b"y", kind=0)
    write("coap", "post", step(5, 0, post) + step(5, 1, post) + step(0, 50))
    write("coap", "slow", step(5, 0, slow) + step(0, 40) + step(1, 2) + step(5, 0, b"\x60\0\0\x03"))
    write("coap", "observe", step(5, 0, observe) + (step(5, 1, increment) + step(2, 7) +
                                                    step(0, 1)) * 6 + step(1, 10))
    write("coap", "upload", b"".join(step(5, 0, block) for block in blocks))
    write("coap", "download", step(5, 0, big) + step(5, 0, b"\x40\0\0\x01"))
    write("coap", "fetch", step(3, 2, b"coap://10.0.0.1:9/a/b?c=%20d") + step(4, 0, answer) +
          step(4, 0, last))


def write_agent() -> None:
    """Sessions of fuzz_agent: steps of what, length, datagram."""
    def step(datagram: bytes, what: int = 1) -> bytes:
        return struct.pack("<BH", what, len(datagram)) + datagram

    def path(*segments: bytes) -> list:
        return [(11, segment) for segment in segments]

    for name in (b"ps", b"device", b"policy", b"log"):
        write("agent", name.decode(), step(coap_message(1, 1, path(b"mbpf", name))))
    write("agent", "links", step(coap_message(1, 2, path(b".well-known", b"core"))))
    envelope = (CORPUS / "suit" / "ietf").read_bytes() if (CORPUS / "suit" / "ietf").exists() \
        else b"\xd8\x6b\xa3\x02\x58\x20" + bytes(64)
    blocks = [envelope[i:i + 256] for i in range(0, len(envelope), 256)]
    write("agent", "install", b"".join(
        step(coap_message(2, 10 + i, path(b"mbpf", b"install") +
                          [(27, bytes([i << 4 | 8 * (i + 1 < len(blocks)) | 4]))], block))
        for i, block in enumerate(blocks)))
    command = b"\xd2\x84\x43\xa1\x01\x32\xa0\x48\x83\x02\x64beat\x06\x58\x40" + bytes(64)
    write("agent", "command", step(coap_message(2, 20, path(b"mbpf", b"command"), command)))
    write("agent", "call", step(coap_message(2, 30, path(b"c", b"x"), b"abc")) + step(b"", 200))


def write_answers() -> None:
    """Answers of a device, for fuzz_answers: what it is, then what a device said."""
    def cbor(value) -> bytes:
        if isinstance(value, dict):
            return bytes([0xa0 | len(value)]) + b"".join(
                cbor(key) + cbor(item) for key, item in value.items())
        if isinstance(value, list):
            return bytes([0x80 | len(value)]) + b"".join(map(cbor, value))
        if isinstance(value, (bytes, str)):
            kind, data = (0x40, value) if isinstance(value, bytes) else (0x60, value.encode())
            return (bytes([kind | len(data)]) if len(data) < 24 else
                    bytes([kind | 24, len(data)])) + data
        if value is None:
            return b"\xf6"
        head, number = (0, value) if value >= 0 else (0x20, -1 - value)
        return bytes([head | number]) if number < 24 else bytes([head | 26]) + number.to_bytes(4)

    container = {1: "beat", 2: 7, 3: 0, 4: 1, 5: 1000, 16: 2, 17: None, 18: bytes(32), 20: b"key1",
                 23: [[1, 0, 0, 500], [2, 0, 1, "weather"]], 24: [3, 4, 17, 999, 5, 100000, 0]}
    answers = {
        "device": (0, cbor({1: "mps2-an386", 2: "0.1.0", 3: 12345678, 4: bytes(16), 7: 16384,
                            14: [b"key1", b"key2"], 19: [["runtime", 9000, 8000]]})),
        "containers": (1, cbor([container])),
        "log": (2, cbor([40, "one line\n".encode()])),
        "refusal": (3, cbor([17, 3, 4, 5])),
        "trap": (3, cbor([-6, 3, 4, 5])),
        "array": (4, struct.pack("<BBHIII", 2, 0, 4, 8, 2, 0) + bytes(range(16))),
    }
    for name, (what, data) in answers.items():
        write("answers", name, bytes([what]) + data)


if __name__ == "__main__":
    write_goldens()
    write_objects()
    write_types()
    write_messages()
    write_envelopes()
    write_packets()
    write_texts()
    write_random()
    write_coap()
    write_agent()
    write_answers()
