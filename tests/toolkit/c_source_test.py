#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""C that compilers make something of that surprises: it has the result that the compiler of this PC
gives it, interpreted and compiled; and what cannot run is refused by name."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
TOOL = os.environ.get("MBPF_TOOL", str(SOURCE / "build" / "mbpf"))
CLANG = os.environ.get("MBPF_CLANG")
SKIPPED, UNUSABLE = 77, 3
PLACES = [["--on", "host"], ["--on", "m4"], ["--on", "m4", "--engine", "jit"]]
CONTEXT = bytes(range(9, 25)) + bytes(range(0, 240, 15))

# Each a function `start` of the context and its length. Clang takes the stack for 16-aligned, and
# reaches into what is with OR.
PROGRAMS = {
    "a local aligned to 16": """
        unsigned long long start(unsigned char *c, unsigned long n) {
            unsigned char t[16] __attribute__((aligned(16))) = {0};
            for (unsigned i = 0; i < n; i++) t[c[i] & 15] += i;
            unsigned sum = 0;
            for (int i = 0; i < 16; i++) sum = sum * 31 + t[i];
            return sum;
        }""",
    "locals aligned to 16, in two functions": """
        __attribute__((noinline)) static unsigned count(unsigned char *c, unsigned long n) {
            unsigned char t[16] __attribute__((aligned(16))) = {0}, odd = (unsigned char)n;
            for (unsigned i = 0; i < n; i++) t[(c[i] + odd) & 15] += 1;
            unsigned sum = 0;
            for (int i = 0; i < 16; i++) sum = sum * 31 + t[i];
            return sum;
        }
        unsigned long long start(unsigned char *c, unsigned long n) {
            unsigned char t[16] __attribute__((aligned(16))) = {0};
            for (unsigned i = 0; i < n; i++) t[c[i] & 15] += count(c + i, n - i);
            unsigned sum = count(c, n);
            for (int i = 0; i < 16; i++) sum = sum * 31 + t[i];
            return sum;
        }""",
    "loops that copy and clear": """
        static unsigned char history[16], spare[16];
        unsigned long long start(unsigned char *c, unsigned long n) {
            unsigned char sorted[16];
            unsigned filled = n < 16 ? n : 16;
            for (unsigned i = 0; i < filled; i++) history[i] = c[i];
            for (unsigned i = 0; i < filled; i++) sorted[i] = history[i];
            for (unsigned i = 1; i < filled; i++)
                for (unsigned k = i; k && sorted[k - 1] > sorted[k]; k--) {
                    unsigned char t = sorted[k];
                    sorted[k] = sorted[k - 1];
                    sorted[k - 1] = t;
                }
            unsigned result = sorted[filled / 2];
            for (unsigned i = 0; i < filled; i++) spare[i] = history[filled - 1 - i];
            for (unsigned i = 0; i < filled / 2; i++) history[i] = 0;
            for (int i = 0; i < 16; i++) result = result * 31 + history[i] + spare[i];
            return result;
        }""",
    "data, bss and constants aligned to 16": """
        static unsigned char first = 3;
        static unsigned char data[20] __attribute__((aligned(16))) = {1, 2, 3, 4};
        static unsigned char bss[16] __attribute__((aligned(16)));
        static unsigned char const small[3] = {5, 6, 7};
        static unsigned char const table[16] __attribute__((aligned(16))) = {9, 8, 7, 6, 5, 4, 3};
        unsigned long long start(unsigned char *c, unsigned long n) {
            unsigned sum = 0;
            for (unsigned i = 0; i < n; i++) {
                data[c[i] & 15] += first++;
                bss[c[i] & 15] += small[i % 3];
                sum = sum * 31 + table[c[i] & 15];
            }
            for (int i = 0; i < 16; i++) sum = sum * 31 + data[i] + 3 * bss[i];
            return sum;
        }""",
    "integers of 128 bits": """
        unsigned long long start(unsigned long long *c, unsigned long n) {
            unsigned __int128 volatile words[4];
            unsigned __int128 sum = 0;
            for (int i = 0; i < 4; i++) {
                words[i] = (unsigned __int128)c[i & 3] << 64 | c[(i + 1) & 3];
            }
            for (int i = 0; i < 4; i++) sum += words[c[i & 3] & 3] ^ words[i];
            return (unsigned long long)(sum >> 64) ^ (unsigned long long)sum ^ n;
        }""",
    "functions aligned to 64": """
        __attribute__((noinline, aligned(64))) static int square(int x) { return x * x + 3; }
        __attribute__((noinline, aligned(64))) static int cube(int x) { return x * square(x); }
        __attribute__((aligned(64))) unsigned long long start(unsigned char *c, unsigned long n) {
            return (unsigned long long)(cube((int)n) + square(c[0]));
        }""",
    "a function in a section that is named like a licence": """
        __attribute__((noinline, section("license_plate"))) static int plate(int x) {
            return x * 3 + 5;
        }
        unsigned long long start(unsigned char *c, unsigned long n) {
            return (unsigned long long)(plate((int)n) + c[1]);
        }""",
    "standard headers beside mbpf.h": """
        #include <limits.h>
        #include <stdbool.h>
        #include <stddef.h>
        #include <stdint.h>
        #ifdef __bpf__
        #include "mbpf.h"
        #endif
        uint64_t start(uint8_t const *c, size_t n) {
            bool const is_long = n > INT8_MAX;
            int64_t sum = INT_MIN + (int64_t)UINT32_MAX;
            for (size_t i = 0; i < n; i++) sum += c[i] << CHAR_BIT;
            return is_long ? 0 : sum;
        }""",
}

HARNESS = """
#include <stdio.h>
unsigned char context[] __attribute__((aligned(16))) = {%s};
int main(void) {
    printf("%%llu", (unsigned long long)start((void *)context, sizeof context));
    return 0;
}
"""

# What is refused, and what the report must say.
REFUSED = {
    "undefined behaviour leaves nothing of a function": (
        "int start(int *c) { *c = 1; return 0; }\n"
        "int empty(void) { __builtin_unreachable(); }\n"
        "int other(void) { return 7; }\n", ["no instructions", "empty"]),
    "a variable aligned to more than memory is": (
        "static char line[64] __attribute__((aligned(64)));\n"
        "char start(unsigned long i) { return line[i & 63]++; }\n", ["64 bytes", "at most 16"]),
    "a table of functions": (
        "typedef int (*op)(int);\n"
        "__attribute__((noinline)) static int up(int x) { return x + 1; }\n"
        "__attribute__((noinline)) static int twice(int x) { return x * 2; }\n"
        "static op const table[] = {up, twice};\n"
        "int start(int *c) { return table[*c & 1](3); }\n", ["address of a function", "up"]),
    "an object of GCC": (
        "__asm__(\".pushsection .comment,\\\"MS\\\",@progbits,1\\n\"\n"
        "        \".asciz \\\"GCC: (GNU) 12.2\\\"\\n.popsection\");\n"
        "int counter = 5;\nint start(void) { return counter++; }\n", ["made by GCC"]),
    "maps as they were declared once": (
        "struct { int type; } counts __attribute__((section(\"maps\"), used)) = {2};\n"
        "int start(void) { return 0; }\n", ["section .maps, not in maps"]),
    "a function that is hidden": (
        "__attribute__((visibility(\"hidden\"))) int other(void) { return 1; }\n"
        "int start(void) { return 2; }\n", ["nor hidden"], "--entry", "other"),
    "two hooks with one path": (
        "__attribute__((section(\"coap/a\"), used)) int one(void) { return 1; }\n"
        "__attribute__((section(\"coap/a@2\"), used)) int two(void) { return 2; }\n",
        ["one path", "request to /c/a"]),
    "a path with nothing between two slashes": (
        "__attribute__((section(\"coap/a//b\"), used)) int one(void) { return 1; }\n",
        ["'a//b' is no path"]),
    "a header of the C library": (
        "#include <stdio.h>\nint start(void) { return 0; }\n", ["stdint.h", "no C library"]),
}

# What the compiler refuses; and what is suggested.
NOT_COMPILED = {
    "int start(void *c) { char big[600]; __asm__ volatile(\"\" :: \"r\"(big) : \"memory\");"
    " return big[*(int *)c]; }": "make large variables static",
    "int start(void *c, unsigned long n) { char some[n]; __asm__ volatile(\"\" :: \"r\"(some) :"
    " \"memory\"); return some[0]; }": "constant size",
    "#include \"mbpf.h\"\nint start(void *c, unsigned long n) {"
    " return bpf_printf(\"%d %d %d %d %d\", 1, 2, 3, 4, (int)n); }": "five arguments",
    "#include \"mbpf.h\"\nSEC(\"boot\") int boot(void) { return 0; }": "named as its section",
    "int start(char *c, unsigned long n) { __builtin_memcpy(c, c + 8, n); return 0; }":
    "bpf_memcpy",
    "float start(float a, float b) { return a * b; }": "no floating point",
    "int many(int n, ...) { __builtin_va_list l; __builtin_va_start(l, n);"
    " return __builtin_va_arg(l, int); }": "fixed number",
}


def natively(folder: pathlib.Path, name: str, text: str) -> int:
    source = folder / "native.c"
    source.write_text(text + HARNESS % ",".join(map(str, CONTEXT)))
    subprocess.run([CLANG, "-w", "-O0", source, "-o", folder / "native"], check=True, timeout=60)
    done = subprocess.run([folder / "native"], check=True, capture_output=True, text=True,
                          timeout=60)
    return int(done.stdout)


def run(arguments: list) -> tuple[int, str, str]:
    done = subprocess.run([TOOL, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def wrong_results(folder: pathlib.Path) -> list[str]:
    wrong = []
    sources, expected = [], []
    for number, (name, text) in enumerate(PROGRAMS.items()):
        for level in ("-O2", "-Os"):
            source = folder / f"{number}{level}.o"
            plain = folder / "program.c"
            plain.write_text(text)
            code, _, errors = run(["build", plain, "--layout", "elf", "-o", source, "--", level])
            if code != 0:
                return [f"{name}: {errors}"]
            sources.append((f"{name}, {level}", source))
            expected.append(natively(folder, name, text))
    for place in PLACES:
        files = [source for _, source in sources]
        _, text, errors = run(["run", *files, "--context", CONTEXT.hex(), "--json", *place])
        if not text:
            return [f"{place}: {errors}"]
        engine = "jit" if "jit" in place else "interpreter"
        for (name, _), result, report in zip(sources, expected, json.loads(text)["runs"]):
            if (report.get("result"), report.get("engine")) != (result, engine):
                wrong.append(f"{name}, {place}: {report}, not {result}")
    return wrong


def wrong_refusals(folder: pathlib.Path) -> list[str]:
    wrong = []
    for name, (text, parts, *options) in REFUSED.items():
        source = folder / "refused.c"
        source.write_text(text)
        code, _, errors = run(["build", source, "-o", folder / "refused.mbpf", *options])
        if code != UNUSABLE or not all(part in errors for part in parts):
            wrong.append(f"{name}: ended with {code}: {errors}")
    return wrong


def wrong_suggestions(folder: pathlib.Path) -> list[str]:
    wrong = []
    source = folder / "not.c"
    for text, part in NOT_COMPILED.items():
        source.write_text(text)
        code, _, errors = run(["build", source, "-o", folder / "not.mbpf"])
        suggestion = errors.partition("suggestion")[2]
        if code != UNUSABLE or part not in suggestion:
            wrong.append(f"{text}: ended with {code}: {errors}")
    return wrong


def main() -> int:
    if not CLANG:
        print("needs clang")
        return SKIPPED
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        wrong = wrong_results(folder) + wrong_refusals(folder) + wrong_suggestions(folder)
    print("\n".join(wrong) or f"{len(PROGRAMS)} programs are as natively, {len(REFUSED)} refused")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
