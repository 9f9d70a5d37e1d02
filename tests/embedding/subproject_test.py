#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""This repository as a part of somebody else's CMake project: for a PC, from C, and for a
Cortex-M4 without optimisation."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("MBPF_SOURCE_DIR",
                                     pathlib.Path(__file__).resolve().parent.parent.parent))
SKIPPED = 77

PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(embedder LANGUAGES C CXX)
add_subdirectory("{source}" microbpf EXCLUDE_FROM_ALL)
add_executable(embedder main.c)
target_link_libraries(embedder PRIVATE {library})
"""

MAIN = """
#include <mbpf.h>
static const uint8_t text[] __attribute__((aligned(8))) = {{
    0xb7, 0, 0, 0, 42, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0}};  // r0 = 42; exit
static mbpf_program_t program;
static mbpf_instance_t instance;
static unsigned char memory[64] __attribute__((aligned(8)));
int main(void) {{
    mbpf_helpers_t helpers = mbpf_standard_helpers();
    mbpf_policy_t policy = mbpf_policy_default();
    mbpf_outcome_t outcome;
    if (mbpf_open(&program, text, sizeof text, MBPF_FORMAT_TEXT, NULL) ||
        mbpf_verify(&program, &helpers, &policy, NULL, 0, NULL) ||
        mbpf_prepare(&instance, &program, memory, sizeof memory, &helpers, NULL) ||
        mbpf_run(&instance, 0, 100, &outcome, NULL)) {{
        return 1;
    }}
    return outcome.trap == MBPF_TRAP_NONE && outcome.result == 42 ? 0 : 2;
}}
"""

M4 = ["-DCMAKE_SYSTEM_NAME=Generic", "-DCMAKE_SYSTEM_PROCESSOR=arm",
      "-DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY", "-DCMAKE_C_COMPILER=arm-none-eabi-gcc",
      "-DCMAKE_CXX_COMPILER=arm-none-eabi-g++", "-DCMAKE_BUILD_TYPE=Debug",
      "-DCMAKE_C_FLAGS=-mcpu=cortex-m4 -mthumb",
      "-DCMAKE_CXX_FLAGS=-mcpu=cortex-m4 -mthumb -O0 -fno-exceptions -fno-rtti "
      "-fno-threadsafe-statics"]


def run(words: list, folder: pathlib.Path) -> None:
    done = subprocess.run([*map(str, words)], cwd=folder, capture_output=True, text=True,
                          timeout=280)
    assert done.returncode == 0, f"{words} ends with {done.returncode}: {done.stdout[-2000:]}" \
        f"{done.stderr[-2000:]}"


def build(folder: pathlib.Path, name: str, target: str, flags: list) -> pathlib.Path:
    (folder / "CMakeLists.txt").write_text(PROJECT.format(source=SOURCE, library="mbpf_capi"))
    (folder / "main.c").write_text(MAIN.format())
    build_folder = folder / name
    run(["cmake", "-G", "Ninja", "-S", folder, "-B", build_folder, *flags], folder)
    run(["ninja", "-C", build_folder, "-j", "2", target], folder)
    return build_folder


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        host = build(folder, "host", "embedder", ["-DCMAKE_BUILD_TYPE=Debug"])
        run([host / "embedder"], folder)
        if shutil.which("arm-none-eabi-g++"):
            build(folder, "m4", "mbpf_interpreter", M4)
    print("the core is a part of another project")
    return 0


if __name__ == "__main__":
    sys.exit(main())
