#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random programs (random_programs.py) do the same interpreted and compiled on the emulated
Cortex-M4: results, instructions, traps with their slots and addresses, memory, output. Half of them
also do the same on the PC, whose engine the unit tests and fuzzers compare with a reference.

    random_test.py [--programs N] [--seed FIRST] [--m4-only] [--record FILE]

The campaign is `random_test.py --programs 1000000 --m4-only --record build/random/campaign`: it
goes on where the record says that it was stopped. A program that does not do the same is made as
short as it can be, and written to build/random/; in tests/firmware/random/, those of former times
run first."""

import argparse
import dataclasses
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import time

import places
import random_programs
import wire

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BOARD = "mps2-an386"
FOUND = ROOT / "build" / "random"
KEPT = ROOT / "tests" / "firmware" / "random"
SKIPPED = 77
PROGRAMS, BATCH = 2000, 500
TIME_LIMIT_SECONDS = 200
HOST_WAYS = [{}, {"accelerated": True}]
M4_WAYS = [{"accelerated": True}, {"engine": 1}]
OUT_OF_BUDGET, ILLEGAL = 1, 8
# In a reply; see runner/wire.hpp.
TRAP, SLOT, ADDRESS, RESULT = 6, slice(20, 24), slice(24, 32), slice(32, 40)
INSTRUCTIONS, CONTEXT_SIZE = slice(40, 44), 56


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    program: bytes
    context: bytes
    budget: int
    format: int = wire.FORMAT_IMAGE
    suite: int = random_programs.STANDARD
    recursion: bool = False
    leaks: bool = False
    drops: bool = False  # Compiled, it loses its bytecode.

    @staticmethod
    def of_seed(seed: int) -> "Case":
        made = random_programs.Program(seed, leaks=seed % 2 == 1)
        return Case(str(seed), made.program, made.context, made.budget, wire.FORMAT_IMAGE,
                    made.suite, made.recursion, made.leaks, seed % 8 >= 6)

    @staticmethod
    def load(path: pathlib.Path) -> "Case":
        found = json.loads(path.read_text())
        return Case(path.name, bytes.fromhex(found["program"]), bytes.fromhex(found["context"]),
                    found["budget"], found["format"], found["suite"], found["recursion"],
                    found["leaks"], found["drops"])

    def to_json(self) -> str:
        fields = dataclasses.asdict(self) | {"program": self.program.hex(),
                                             "context": self.context.hex()}
        del fields["name"]
        return json.dumps(fields, indent=1) + "\n"

    def request(self, way: dict) -> bytes:
        return wire.request(self.program, self.context, self.budget, **{
            "format": self.format, "suite": self.suite, "recursion": self.recursion,
            "wants": wire.WANTS_MEMORY, **way,
            **({"accelerated": wire.DROPPED} if self.drops and "engine" in way else {})})

    def text(self) -> slice:
        """Where its instructions are."""
        if self.format != wire.FORMAT_IMAGE:
            return slice(0, len(self.program))
        start = 8 + 4 * self.program[5]
        start += -start % 8
        return slice(start, start + (struct.unpack_from("<I", self.program, 8)[0] >> 8))


def run(place: list[str], requests: list[bytes]) -> list[bytes] | None:
    """Replies, or None if not all of them came."""
    try:
        return places.run(place, requests, TIME_LIMIT_SECONDS)
    except subprocess.SubprocessError:
        return None


def observe(place: list[str], ways: list[dict], cases: list[Case]) -> list[list[bytes]]:
    """What each case did, each way."""
    replies = run(place, [case.request(way) for case in cases for way in ways])
    if replies is not None:
        return [replies[i:i + len(ways)] for i in range(0, len(replies), len(ways))]
    if len(cases) == 1:  # Who crashed says nothing.
        return [[b""] * len(ways)]
    half = len(cases) // 2
    return observe(place, ways, cases[:half]) + observe(place, ways, cases[half:])


def meaning(reply: bytes) -> bytearray:
    """Without what means nothing: where a run that returned ended, what one left that did not."""
    plain = bytearray(reply)
    if reply:
        part = RESULT if reply[TRAP] else SLOT
        plain[part] = bytes(part.stop - part.start)
    return plain


def agrees(expected: bytes, compiled: bytes) -> bool:
    """Compiled code looks at the budget at other places (SPEC.md, "Budget"), and counts the stretch
    that traps as a whole."""
    one, other = meaning(expected), meaning(compiled)
    if one == other:
        return True
    if not one or not other or 0 in (one[TRAP], other[TRAP]):
        return False
    other[INSTRUCTIONS] = one[INSTRUCTIONS]
    return one == other or OUT_OF_BUDGET in (one[TRAP], other[TRAP])


def could_not_start(reply: bytes) -> bool:
    """Its context is not what the code wants: it would be interpreted, if it had its bytecode."""
    return bool(reply) and reply[TRAP] == ILLEGAL and not any(reply[INSTRUCTIONS])


def without_addresses(case: Case, reply: bytes) -> bytes:
    """Without the address of a trap, and its own memory, which may hold some."""
    plain = meaning(reply)
    plain[ADDRESS] = bytes(8)
    if plain[TRAP]:
        return bytes(plain[:CONTEXT_SIZE])
    head = wire.REPLY_HEAD_BYTES
    end = head + len(case.context)
    at = head + len(wire.padded(bytes(struct.unpack_from("<I", reply, CONTEXT_SIZE)[0])))
    return bytes(plain[:CONTEXT_SIZE] + plain[end - len(case.context):end] + plain[at:])


def difference(case: Case, m4: list[bytes], host: list[bytes]) -> str:
    if not agrees(m4[0], m4[1]) and not (case.drops and could_not_start(m4[1])):
        return f"interpreted: {wire.text(m4[0])}\n    compiled:    {wire.text(m4[1])}"
    for way, reply in zip(HOST_WAYS, host):
        if not reply or not m4[0] or \
                without_addresses(case, reply) != without_addresses(case, m4[0]):
            return f"m4: {wire.text(m4[0])}\n    host {way}: {wire.text(reply)}"
    return ""


def differences(cases: list[Case], m4_only: bool) -> list[str]:
    m4 = observe(places.emulated(BOARD), M4_WAYS, cases)
    portable = [] if m4_only else [case for case in cases if not case.leaks]
    host = dict(zip((case.name for case in portable),
                    observe(places.HOST, HOST_WAYS, portable) if portable else []))
    return [difference(case, seen, host.get(case.name, [])) for case, seen in zip(cases, m4)], m4


def shrink(case: Case, m4_only: bool) -> Case:
    """As many instructions as can be are jumps to the next one: stretches of half of it, a quarter,
    ... are tried, all of one length in one start of the emulator."""
    nop = random_programs.ins(random_programs.JUMP)
    text = case.text()
    slots = (text.stop - text.start) // 8
    length = max(1, slots // 2)
    while length >= 1:
        tried = []
        for first in range(0, slots, length):
            start = text.start + 8 * first
            end = min(start + 8 * length, text.stop)
            program = case.program[:start] + nop * ((end - start) // 8) + case.program[end:]
            if program != case.program:
                tried.append(dataclasses.replace(case, program=program, name=str(first)))
        found, m4 = differences(tried, m4_only) if tried else ([], [])
        left = [one for one, text_, seen in zip(tried, found, m4)
                if text_ and seen[0] and seen[0][4] < 2]
        if left:
            case = dataclasses.replace(left[0], name=case.name)
        else:
            length //= 2
    return case


def check(cases: list[Case], m4_only: bool, ends: dict[str, int]) -> list[str]:
    """Says what is wrong, and counts how the cases ended."""
    wrong = []
    found, m4 = differences(cases, m4_only)
    for case, text, seen in zip(cases, found, m4):
        end = "could not start" if could_not_start(seen[1]) else wire.end(seen[0])
        ends[end] = ends.get(end, 0) + 1
        if text:
            FOUND.mkdir(parents=True, exist_ok=True)
            path = FOUND / f"{case.name}.json"
            path.write_text(case.to_json())
            path.write_text(shrink(case, m4_only).to_json())
            wrong.append(f"{case.name}: {path} holds what is left of it\n    {text}")
    return wrong


def campaign(options) -> list[str]:
    """Batches, from the seed on that the record says is next."""
    record = pathlib.Path(options.record) if options.record else None
    first, end = options.seed, options.seed + options.programs
    state = {"next": first, "end": end, "ends": {}, "wrong": [], "seconds": 0.0}
    if record is not None and record.exists():
        known = json.loads(record.read_text())
        state = known if known["end"] == end and first <= known["next"] <= end else state
    while state["next"] < end:
        begun = time.monotonic()
        seeds = range(state["next"], min(state["next"] + BATCH, end))
        state["wrong"] += check([Case.of_seed(seed) for seed in seeds], options.m4_only,
                                state["ends"])
        state["next"] = seeds.stop
        state["seconds"] += time.monotonic() - begun
        if record is not None:
            record.parent.mkdir(parents=True, exist_ok=True)
            record.write_text(json.dumps(state) + "\n")
        if options.programs > PROGRAMS:
            done = state["next"] - first
            print(f"{done} programs, {done / state['seconds']:.0f} per second, "
                  f"{len(state['wrong'])} do not do the same", flush=True)
    ends = state["ends"]
    if ends.get("ran", 0) < options.programs // 10 or \
            ends.get("could not start", 0) > options.programs // 8:
        state["wrong"].append(f"of {options.programs} programs too few are any use: {ends}")
    print(f"{options.programs} programs: {dict(sorted(ends.items()))}")
    return state["wrong"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=int, default=PROGRAMS)
    parser.add_argument("--seed", type=int, default=10_001, help="the first")
    parser.add_argument("--m4-only", action="store_true", help="not on the PC")
    parser.add_argument("--record", help="file that says how far it got")
    options = parser.parse_args()
    missing = [name for name, there in [
        ("qemu-system-arm", shutil.which("qemu-system-arm")),
        (places.image(BOARD), places.image(BOARD).exists()),
        (places.HOST[0], options.m4_only or os.access(places.HOST[0], os.X_OK))]
        if not there]
    if missing:
        print("needs", *missing)
        return SKIPPED
    kept = [Case.load(path) for path in sorted(KEPT.glob("*.json"))]
    wrong = check(kept, options.m4_only, {}) + campaign(options)
    print("\n".join(wrong[:20]) or "they do the same")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
