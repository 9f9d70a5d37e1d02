# SPDX-License-Identifier: MIT
"""The example programs, what each states about itself, and how to run a batch of them with the
toolkit. For the demo and the tests."""

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOL = pathlib.Path(os.environ.get("MBPF_TOOL", ROOT / "build" / "mbpf"))


@dataclasses.dataclass
class Example:
    path: pathlib.Path
    title: str
    context: str = ""  # Hexadecimal.
    grant: str = "all"
    budget: int = 0    # 0: the toolkit's own.
    expect: str = ""   # A number, "trap Name" or "rejected Name".
    output: str = ""   # What it prints.
    after: str = ""    # The context, when the program is done; "" if that is not stated.

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def misbehaves(self) -> bool:
        return self.expect.startswith(("trap", "rejected"))

    def request(self) -> dict:
        """As `mbpf run --batch` wants it."""
        request = {"file": str(self.path), "context": self.context, "grant": self.grant}
        return {**request, "budget": self.budget} if self.budget else request


def read(path: pathlib.Path) -> Example:
    """Example from the comment that the file starts with: lines "key: value", repeated keys add."""
    head = path.read_text().split("\n#include")[0]
    lines = [line.removeprefix("// ") for line in head.splitlines()[1:]]
    example = Example(path, re.split(r"\.(?: |$)", " ".join(lines).removeprefix("Misbehaves: "))[0])
    for line in lines:
        key, colon, value = line.partition(": ")
        if not colon:
            continue
        if key == "context":
            example.context += value.replace(" ", "")
        elif key == "after":
            example.after += value.replace(" ", "")
        elif key == "after-text":
            example.after += value.encode().hex()
        elif key == "output":
            example.output += value + "\n"
        elif key in ("grant", "expect"):
            setattr(example, key, value.replace(" ", "") if key == "grant" else value)
        elif key == "budget":
            example.budget = int(value)
    return example


def all_examples() -> list[Example]:
    return [read(path) for path in sorted((ROOT / "examples").glob("[0-9]*.c"))]


def run(examples: list[Example], place: str, options: list[str] | None = None) -> list[dict]:
    """Runs them in order, on m4 all in one boot of the firmware; returns what the toolkit reports
    about each. Raises RuntimeError with its message if it could not."""
    with tempfile.TemporaryDirectory() as folder:
        batch = pathlib.Path(folder) / "batch.json"
        batch.write_text(json.dumps([example.request() for example in examples]))
        result = subprocess.run(
            [TOOL, "run", "--batch", batch, "--on", place, "--json", *(options or [])],
            capture_output=True, text=True, timeout=300)
    try:
        runs = json.loads(result.stdout)["runs"]
    except (ValueError, KeyError):
        raise RuntimeError(f"mbpf run ended with {result.returncode}:\n"
                           f"{result.stdout}{result.stderr}") from None
    if len(runs) != len(examples):
        raise RuntimeError(f"{len(examples)} programs, {len(runs)} answers")
    return runs


def number(value: int | str) -> int:
    return value if isinstance(value, int) else int(value, 0)


def differences(example: Example, run_report: dict) -> list[str]:
    """What is not as the example states it."""
    wrong = []

    def compare(what, expected, found):
        if expected != found:
            wrong.append(f"{example.name}: {what} is {found!r}, not {expected!r}")

    words = example.expect.split()
    if example.misbehaves:
        compare("status", {"trap": "trapped"}.get(words[0], words[0]), run_report.get("status"))
        compare("reason", words[1], run_report.get("report", {}).get("name"))
        return wrong
    compare("status", "ran", run_report.get("status"))
    if run_report.get("status") == "ran":
        compare("result", number(example.expect), number(run_report["result"]))
        compare("output", example.output, run_report.get("output", ""))
        if example.after:
            found = run_report.get("context", "")
            compare("context", example.after, found[:len(example.after)])
    return wrong
