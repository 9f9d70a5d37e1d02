# SPDX-License-Identifier: MIT
"""What RIOT's build reads of the module fits together: suffixes and files, options and fallbacks;
documents name files that are there; and the programs of the examples can be built."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ["MBPF_SOURCE_DIR"])
MODULE = ROOT / "riot" / "microbpf"
EXAMPLES = ROOT / "riot" / "examples"
# Suffixes without a C file: they choose among the sources of the core.
WITHOUT_FILE = {"femto"}


def suffixes(text: str) -> set[str]:
    return set(re.findall(r"\bmicrobpf_([a-z]+)\b", text)) - {"devices", "config"}


def problems_of_suffixes():
    files = {path.stem for path in MODULE.glob("*.c")}
    for name in sorted(suffixes((MODULE / "Makefile.dep").read_text()) - files - WITHOUT_FILE):
        yield f"Makefile.dep: there is no {name}.c for microbpf_{name}"
    documented = suffixes((MODULE / "doc.md").read_text())
    for name in sorted(files - documented):
        yield f"doc.md says nothing of microbpf_{name}"


def problems_of_options():
    header = (MODULE / "include" / "microbpf_config.h").read_text()
    fallbacks = dict(re.findall(r"#define CONFIG_(MICROBPF_\w+)\s+\(?(.+?)\)?$", header, re.M))
    guarded = set(re.findall(r"#ifndef CONFIG_(MICROBPF_\w+)", header))
    kconfig = (MODULE / "Kconfig").read_text()
    options = dict(re.findall(r"config (MICROBPF_\w+)\n(?:.*\n)*?\s+default (.+)", kconfig))
    used = {name for path in MODULE.glob("*.c")
            for name in re.findall(r"\bCONFIG_(MICROBPF_\w+)", path.read_text())}
    for name in sorted(used | set(options)):
        if name not in guarded:
            yield f"CONFIG_{name} has no fallback"
    for name, default in options.items():
        if fallbacks.get(name, "").rstrip("U") != default:
            yield f"CONFIG_{name}: Kconfig says {default}, the fallback {fallbacks.get(name)}"


def problems_of_links():
    for document in [EXAMPLES / "README.md", ROOT / "docs" / "riot.md"]:
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
            if not (document.parent / target).exists():
                yield f"{document.name}: there is no {target}"


def problems_of_programs():
    tool = os.environ["MBPF_TOOL"]
    with tempfile.TemporaryDirectory() as folder:
        for source in sorted(EXAMPLES.glob("*/*.c")):
            if source.name == "main.c":
                continue
            built = subprocess.run([tool, "build", source, "-o", f"{folder}/image"],
                                   capture_output=True, text=True)
            if built.returncode != 0:
                yield f"{source.name}: {built.stderr}"


def main() -> int:
    problems = [*problems_of_suffixes(), *problems_of_options(), *problems_of_links(),
                *problems_of_programs()]
    print("\n".join(problems) or "the module fits together")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
