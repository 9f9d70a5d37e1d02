#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that a file does not compile, for the reason it states: the text of each of its lines
"// EXPECT: text" must appear in what the compiler says. Arguments: compiler, file."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def main() -> int:
    compiler, name = sys.argv[1:3]
    expected = re.findall(r"^// EXPECT: (.+)$", pathlib.Path(name).read_text(), re.MULTILINE)
    if not expected:
        print(f"{name} has no line \"// EXPECT: text\"")
        return 1
    result = subprocess.run([compiler, "-std=c++20", "-fsyntax-only", f"-I{ROOT / 'core'}",
                             f"-I{ROOT}", "-Werror=unused-result", name],
                            capture_output=True, text=True)
    if result.returncode == 0:
        print(f"{name} compiles, and must not")
        return 1
    missing = [text for text in expected if text not in result.stderr]
    for text in missing:
        print(f"{name}: the compiler does not say \"{text}\"")
    if missing:
        print(result.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
