# SPDX-License-Identifier: MIT
"""The glue for RIOT compiles with RIOT's warnings as errors, against declarations of ours, for this
PC and for Cortex-M cores with Thumb-2 and without."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ["MBPF_SOURCE_DIR"])
MODULE = ROOT / "riot" / "microbpf"
DECLARATIONS = ROOT / "tests" / "riot" / "declarations"
WARNINGS = ["-std=gnu11", "-Os", "-Wall", "-Wextra", "-Werror", "-Wcast-align",
            "-Wstrict-prototypes", "-Wold-style-definition", "-Wmissing-include-dirs",
            "-Wstrict-overflow", "-Wformat=2", "-fwrapv", "-fno-common",
            "-ffunction-sections", "-fdata-sections"]
TARGETS = {"gcc": [[]],
           "arm-none-eabi-gcc": [["-mthumb", "-fshort-enums", f"-mcpu={core}"]
                                 for core in ("cortex-m4", "cortex-m0plus")]}
OWN = {"microbpf.h", "microbpf_config.h", "microbpf_gpio.h", "microbpf_legacy.h", "mbpf.h"}
OF_C = {"stdbool.h", "stddef.h", "stdint.h", "stdio.h", "string.h", "inttypes.h"}
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)', re.MULTILINE)


def headers_of_riot(files) -> set[str]:
    names = {name for file in files for name in INCLUDE.findall(file.read_text())}
    return names - OWN - OF_C


def compile_with(compiler, options, source, folder) -> str:
    command = [compiler, *WARNINGS, *options, "-I", folder, "-I", DECLARATIONS,
               "-I", MODULE / "include", "-I", ROOT / "include", "-c", source, "-o", os.devnull]
    return subprocess.run(command, capture_output=True, text=True).stderr


def main() -> int:
    sources = sorted(MODULE.glob("*.c"))
    problems, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for name in headers_of_riot([*sources, *(MODULE / "include").glob("*.h")]):
            header = pathlib.Path(folder) / name
            header.parent.mkdir(parents=True, exist_ok=True)
            header.write_text('#include "riot.h"\n')
        for compiler, variants in TARGETS.items():
            if shutil.which(compiler) is None:
                problems += [f"{compiler} is not installed"] if compiler == "gcc" else []
                continue
            for options in variants:
                for more in ([], ["-DMODULE_MPU_NOEXEC_RAM"]):
                    for source in sources if not more else [MODULE / "jit.c"]:
                        problems += filter(None, [compile_with(compiler, [*options, *more], source,
                                                               folder)])
                        count += 1
    print("\n".join(problems) or f"{count} compilations without a warning")
    return 1 if problems or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
