# SPDX-License-Identifier: MIT
"""The vectors of this folder as one list, for the tests that run them in different places."""

import dataclasses
import json
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent
# Needs a call through a register, which RFC 9669 does not have: it must be refused.
NOT_IN_RFC_9669 = {"callx": "OpcodeCallRegister"}


@dataclasses.dataclass(frozen=True)
class Vector:
    name: str
    program: bytes
    memory: bytes = b""
    result: int = 0
    fault: str = ""  # It must be refused for this.
    trap: str = ""   # It must end in this.


def vector(row: dict) -> Vector:
    fault = NOT_IN_RFC_9669.get(row["name"], row.get("fault", ""))
    return Vector(row["name"], bytes.fromhex(row["program"]), bytes.fromhex(row.get("memory", "")),
                  int(row.get("result", "0"), 0), fault, row.get("trap", ""))


def all_vectors(*names: str) -> list[Vector]:
    """Those of the files, or all."""
    found = []
    for name in names or ("conformance", "edges", "defects"):
        parts = json.loads((FOLDER / f"{name}.json").read_text())
        for part in ("values", "rejects", "traps"):
            found += [vector(row) for row in parts.get(part, [])]
    return found


def report(wrong: list[str], runs: int) -> int:
    """Says what was wrong, or how many runs were right. An exit code."""
    shown = 20
    print("\n".join(wrong[:shown]) or f"{runs} runs are as they must be")
    if len(wrong) > shown:
        print(f"and {len(wrong) - shown} more")
    return 1 if wrong else 0
