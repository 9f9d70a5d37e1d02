#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every vector but those of a compiler through `mbpf conformance-plugin` on this PC, called as the
runner of the public suite calls a plugin: memory as the first argument and the program on standard
input, both in its spaced hex; r0 in hex on standard output. In place and accelerated."""

import concurrent.futures
import json
import os
import subprocess
import sys

import make_defects
import make_edges
import vectors

TOOL = os.environ.get("MBPF_TOOL", "build/mbpf")
SKIPPED = 77
BYTECODES = ("in-place", "accelerated")
TIME_LIMIT_SECONDS = 10
REJECTED, TRAPPED = 2, 1  # Exit codes


def spaced(data: bytes) -> str:
    return "".join(f"{byte:02x}  " for byte in data)


def run(vector: vectors.Vector, *options: str) -> subprocess.CompletedProcess:
    memory = [spaced(vector.memory)] if vector.memory else []
    # The runner's option --plugin_options holds the verb, and stands behind the memory.
    command = [TOOL, *memory, "conformance-plugin", *options]
    return subprocess.run(command, input=spaced(vector.program) + "\n", capture_output=True,
                          text=True, timeout=TIME_LIMIT_SECONDS)


def refusal_difference(vector: vectors.Vector, bytecode: str) -> str:
    expected = (REJECTED, vector.fault) if vector.fault else (TRAPPED, vector.trap)
    done = run(vector, "--bytecode", bytecode, "--json")
    try:
        found = (done.returncode, json.loads(done.stdout)["report"]["name"])
    except (ValueError, KeyError):
        return f"exit code {done.returncode}, not {expected[1]}: {done.stdout}{done.stderr}"
    return "" if found == expected else f"{found}, not {expected}"


def result_difference(vector: vectors.Vector, bytecode: str) -> str:
    done = run(vector, "--bytecode", bytecode)
    if done.returncode != 0:
        return f"exit code {done.returncode}: {done.stderr}"
    result = int(done.stdout.removesuffix("\n"), 16)
    return "" if result == vector.result else f"{result:#x}, not {vector.result:#x}"


def difference(vector: vectors.Vector, bytecode: str) -> str:
    is_refusal = vector.fault != "" or vector.trap != ""
    return (refusal_difference if is_refusal else result_difference)(vector, bytecode)


def stale_file(name: str, made: str) -> str:
    written = (vectors.FOLDER / f"{name}.json").read_text()
    return "" if written == made else f"{name}.json is not what make_{name}.py writes"


def main() -> int:
    if not os.access(TOOL, os.X_OK):
        print(f"there is no {TOOL}")
        return SKIPPED
    stale = [stale_file("edges", make_edges.text()), stale_file("defects", make_defects.text())]
    wrong = [text for text in stale if text]
    cases = [(vector, bytecode)
             for vector in vectors.all_vectors("conformance", "edges") for bytecode in BYTECODES]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda case: difference(*case), cases)
    for (vector, bytecode), text in zip(cases, found):
        if text:
            wrong.append(f"{vector.name}, {bytecode}: {text}")
    return vectors.report(wrong, len(cases))


if __name__ == "__main__":
    sys.exit(main())
