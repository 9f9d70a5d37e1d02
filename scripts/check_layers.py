#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks who includes whom. A folder includes itself and what LAYERS lists for it, directly or not,
and another folder only through its door, folder/folder.hpp. With --write, draws docs/layers.md;
without, fails if the drawing is stale."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DRAWING = ROOT / "docs" / "layers.md"

# In include order: layer, its folder, the layers right below it.
LAYERS = [
    ("base", "core/mbpf/base", []),
    ("port", "core/mbpf/port", ["base"]),
    ("isa", "core/mbpf/isa", ["base"]),
    ("program", "core/mbpf/program", ["isa"]),
    ("machine", "core/mbpf/machine", ["program"]),
    ("verifier", "core/mbpf/verifier", ["machine"]),
    ("maps", "core/mbpf/maps", ["machine"]),
    ("coap", "core/mbpf/coap", ["base"]),
    ("helpers", "core/mbpf/helpers", ["maps", "coap"]),
    ("interpreter", "core/mbpf/interpreter", ["verifier", "port"]),
    ("jit", "core/mbpf/jit", ["interpreter"]),
    ("cbor", "core/mbpf/cbor", ["base"]),
    ("suit", "core/mbpf/suit", ["cbor", "port"]),
    ("storage", "core/mbpf/storage", ["port"]),
    ("container", "core/mbpf/container", ["jit", "helpers", "storage"]),
    ("agent", "core/mbpf/agent", ["container", "coap", "suit"]),
    ("include", "include", []),
    ("femto", "core/mbpf/femto", ["jit", "include"]),
    ("capi", "core/mbpf/capi", ["agent", "include"]),
    ("runner", "runner", ["jit", "helpers"]),
    ("device", "device", ["agent"]),
    ("toolkit", "toolkit", ["runner", "device"]),
    ("firmware", "firmware", ["runner", "device"]),
    ("examples", "examples/embed", ["include"]),
    ("bench", "bench", ["runner", "firmware", "examples"]),
]

# Headers that others may include although they are not a door, and who may.
SIDE_DOORS = {
    "core/mbpf/program/femto_header.hpp": {"toolkit"},  # The toolkit encodes what the core decodes,
    "core/mbpf/program/image_layout.hpp": {"toolkit"},  # from one set of records.
    "core/mbpf/program/records.hpp": {"toolkit"},
    "runner/wire.hpp": {"toolkit", "firmware", "bench"},  # For those who talk to each other.
    "core/mbpf/interpreter/frame.hpp": {"jit"},  # They share the slow paths.
    "core/mbpf/interpreter/slow.hpp": {"jit"},
    "core/mbpf/interpreter/arithmetic.hpp": {"jit"},
    "firmware/semihosting.hpp": {"bench"},  # Its images run on the board, too.
    "firmware/memory.hpp": {"bench"},
    "include/mbpf_program.h": {"capi"}, "include/mbpf_device.h": {"capi"},  # All are doors.
    "include/mbpf_map.h": {"capi"},
    "include/f12r.h": {"femto", "bench"}, "include/mbpf.h": {"examples"},
    "examples/embed/programs/fletcher32.h": {"bench"},
}
# Nobody includes these, so they need no door that says what they are.
DOORLESS = {"include": "Headers of C11 for embedders.", "toolkit": "The command `mbpf`.",
            "firmware": "Images for emulated and real boards, which run programs for the toolkit.",
            "examples": "The C interface at work.",
            "bench": "Measurements on the Cortex-M4."}
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def folder_of(layer: str) -> str:
    return next(folder for name, folder, _ in LAYERS if name == layer)


def layer_of(path: str) -> str | None:
    return next((name for name, folder, _ in LAYERS if path.startswith(folder + "/")), None)


def reachable(layer: str) -> set[str]:
    below = next(below for name, _, below in LAYERS if name == layer)
    return set(below).union(*(reachable(name) for name in below))


def purpose(layer: str) -> str:
    """What the door says about its layer, up to the end of the sentence."""
    door = ROOT / folder_of(layer) / f"{layer}.hpp"
    if not door.exists():
        return DOORLESS.get(layer, "")
    comment = re.match(r"// SPDX[^\n]*\n((?://[^\n]*\n)+)", door.read_text())
    text = re.sub(r"\s*//\s*", " ", comment.group(1)).strip() if comment else ""
    text = re.sub(r"^Door of the [a-z ]+: ", "", text.split(". ")[0].rstrip("."))
    return text[:1].upper() + text[1:] + "."


def target_of(source: pathlib.Path, include: str) -> str | None:
    """Path of an included file from the root of the repository."""
    for base in (ROOT / "core", ROOT, source.parent):
        if (base / include).exists():
            return (base / include).resolve().relative_to(ROOT).as_posix()
    return None


def problems_of(source: pathlib.Path) -> list[str]:
    name = source.relative_to(ROOT).as_posix()
    layer = layer_of(name)
    problems = []
    for include in INCLUDE.findall(source.read_text()):
        target = target_of(source, include)
        if target is None:
            if layer not in DOORLESS:  # Generated files, a third party's headers.
                problems.append(f'{name}: no file "{include}"')
            continue
        other = layer_of(target)
        if other == layer:
            continue
        if other is None or other not in reachable(layer):
            problems.append(f"{name}: {layer} must not include {target}")
        elif (target != f"{folder_of(other)}/{other}.hpp"
              and layer not in SIDE_DOORS.get(target, set())):
            problems.append(f"{name}: include the door {other}/{other}.hpp, not {target}")
    return problems


def drawing() -> str:
    rows = ["# Layers", "",
            "Drawn by `scripts/check_layers.py --write`; without `--write` the script fails when",
            "a file breaks the order. A layer includes those under \"may use\" and all that these",
            "may use, each through its door, `layer/layer.hpp`.", "", "```",
            "base <- isa <- program <- machine <- verifier <- interpreter <- jit <- runner",
            "base <- port <- storage                 {jit, helpers, storage} <- container",
            "base <- cbor <- suit                        {container, coap, suit} <- agent",
            "machine <- maps             {coap, maps} <- helpers             agent <- device",
            "device <- firmware                            {runner, device} <- toolkit",
            "{agent, include} <- capi                      {jit, include} <- femto", "```", "",
            "| layer | folder | may use | what it is |", "|---|---|---|---|"]
    table = [f"| {name} | `{folder}/` | {', '.join(below) or '-'} | {purpose(name)} |"
             for name, folder, below in LAYERS]
    return "\n".join(rows + table) + "\n"


def main() -> int:
    if "--write" in sys.argv:
        DRAWING.write_text(drawing())
    files = [path for _, folder, _ in LAYERS for path in sorted((ROOT / folder).rglob("*"))
             if path.suffix in (".hpp", ".cpp", ".h")]
    problems = [problem for path in files for problem in problems_of(path)]
    if not DRAWING.exists() or DRAWING.read_text() != drawing():
        problems.append("docs/layers.md is stale: run scripts/check_layers.py --write")
    print("\n".join(problems) or f"{len(files)} files keep the order of the layers")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
