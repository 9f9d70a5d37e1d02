#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the rules of style that clang-format does not know: each is a function below that takes a
file and yields what is wrong with it. Exceptions are named, with their reason."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SPDX = "SPDX-License-Identifier: MIT"
MAX_LINES, MAX_COLUMNS = 500, 100
SCRIPT_MAX_LINES = 150

# Tables, which a reader looks things up in rather than reads.
LONG_FILES = {"core/mbpf/isa/opcode.hpp", "bench/plugin/m4cyc.c"}
# `#define` where no constexpr can do: an #ifdef around a translation unit's global registers.
# One list of programs for C++, CMake and Python.
MACROS = {"core/mbpf/interpreter/pinned_registers.hpp": {"MBPF_PINNED_REGISTERS"},
          "bench/firmware/native.cpp": {"PROGRAM"},
          "core/mbpf/capi/capi_faults.cpp": {"MBPF_FAULT_ROW"}}  # One list for C and C++.
# Casts between unrelated pointers: here every one is an address that the machine has checked, or
# that comes from a device's manual.
CASTS = {
    "core/mbpf/base/bytes.hpp",
    "core/mbpf/jit/compile_call.cpp",  # The address of a function goes into the code.
    "core/mbpf/jit/gate.cpp", "core/mbpf/jit/gate.hpp",
    "core/mbpf/machine/helper.hpp",  # A register to a pointer parameter of a helper.
}
# Device registers; libFuzzer's and C's types; sockets.
CAST_FOLDERS = ("firmware/", "bench/", "tests/", "device/host/")
# Where the preprocessor may choose (besides include guards of another language's headers).
CONDITIONS = {
    "core/mbpf/port/critical_section.hpp",
    "core/mbpf/port/fiber.cpp",
    "core/mbpf/port/fiber.hpp",
    "core/mbpf/port/mark.hpp",
    "core/mbpf/jit/gate.cpp", "core/mbpf/jit/gate.hpp",
    "core/mbpf/jit/jit.hpp", "core/mbpf/jit/target.hpp",
    "core/mbpf/interpreter/pinned_registers.hpp",
    "core/mbpf/interpreter/state.hpp",
    "core/mbpf/interpreter/dispatch.cpp",
    "core/mbpf/interpreter/table.hpp",
    "core/mbpf/isa/config.hpp", "core/mbpf/interpreter/run.cpp",  # An attribute of clang's.
}
CPP = (".hpp", ".cpp")
C = (".c", ".h")
COMMENT_OF = {".hpp": "//", ".cpp": "//", ".c": "//", ".h": "//", ".py": "#", ".sh": "#",
              ".cmake": "#", ".ld": "/*"}
# C for a BPF or bench program's own rules; the plugin keeps the header it was published with.
FOREIGN_C = ("bench/",)
NOTE = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))")


def without_literals(line: str) -> str:
    line = re.sub(r'"(\\.|[^"\\])*"', '""', line)
    return re.sub(r"//.*", "", line)


def check_beginning(name, suffix, lines):
    mark = COMMENT_OF.get(suffix)
    if mark is None or not lines or (suffix in C and name.startswith(FOREIGN_C)):
        return
    first = 1 if lines[0].startswith("#!") else 0
    if SPDX not in (lines[first] if first < len(lines) else ""):
        yield first + 1, f"starts without \"{SPDX}\""
    elif suffix == ".hpp" and not (len(lines) > 1 and lines[1].startswith("// ")):
        yield 2, "says nothing about its purpose behind the SPDX line"
    if suffix == ".hpp" and "#pragma once" not in lines:
        yield 1, "has no #pragma once"


def check_length(name, suffix, lines):
    limit = SCRIPT_MAX_LINES if suffix == ".py" and name.startswith("scripts/") else MAX_LINES
    if suffix in COMMENT_OF and len(lines) > limit and name not in LONG_FILES:
        yield len(lines), f"is longer than {limit} lines"


def check_lines(name, suffix, lines):
    if suffix not in COMMENT_OF:
        return
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_COLUMNS:
            yield number, f"is wider than {MAX_COLUMNS} columns"
        if "\t" in line:
            yield number, "has a tab"
        if line != line.rstrip():
            yield number, "ends in white space"
        if NOTE.search(line) and not name.endswith("check_style.py"):
            yield number, "leaves a note to do something: write TODO(#number), or do it"


def check_dialect(name, suffix, lines):
    if suffix not in CPP:
        return
    for number, line in enumerate(lines, 1):
        code = without_literals(line)
        define = re.match(r"\s*#\s*define\s+(\w+)", code)
        if define and define.group(1) not in MACROS.get(name, set()):
            yield number, f"defines a macro, {define.group(1)}"
        if re.match(r"\s*#\s*(if|ifdef|ifndef|elif)\b", code) and name not in CONDITIONS:
            yield number, "chooses with the preprocessor: use if constexpr, or a port"
        casts = name in CASTS or name.startswith(CAST_FOLDERS)
        if "reinterpret_cast" in code and not casts:
            yield number, "has a reinterpret_cast: use base/bytes.hpp"
        if re.search(r"\bconst (auto|std::|char|int|unsigned|[A-Z]\w*\b)", code):
            yield number, "writes const first: it stands behind what it qualifies"
        if re.match(r"using namespace\b", code):
            yield number, "opens a namespace for a whole file"


def check_core(name, suffix, lines):
    if suffix not in CPP or not name.startswith("core/"):
        return
    banned = {r"\bthrow\b": "throws", r"\btry\s*\{": "catches",
              r"(?<!<)\bnew\b(?!\s*\()": "allocates",
              r"\bdynamic_cast\b|\btypeid\b": "uses RTTI", r"\bvirtual\b": "has a virtual function",
              r"#include <(vector|string|map|functional|iostream|memory|cstdio|cstdlib)>":
                  "includes a header that allocates or needs an operating system"}
    for number, line in enumerate(lines, 1):
        code = without_literals(line)
        for pattern, what in banned.items():
            if re.search(pattern, code):
                yield number, what


RULES = (check_beginning, check_length, check_lines, check_dialect, check_core)


def files() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout.splitlines()
    return sorted(name for name in listed if (ROOT / name).is_file()
                  and (pathlib.Path(name).suffix in COMMENT_OF))


def main() -> int:
    names, problems = files(), []
    for name in names:
        lines = (ROOT / name).read_text().splitlines()
        for rule in RULES:
            for number, what in rule(name, pathlib.Path(name).suffix, lines):
                problems.append(f"{name}:{number}: {what}")
    print("\n".join(problems) or f"{len(names)} files keep the rules of style")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
