#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The command mbpf from outside: every verb, on every layout, with good and bad input, as people
and as programs call it."""

import json
import os
import pathlib
import pty
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback

SOURCE = pathlib.Path(os.environ.get("MBPF_SOURCE_DIR",
                                     pathlib.Path(__file__).resolve().parent.parent.parent))
TOOL = os.environ.get("MBPF_TOOL", str(SOURCE / "build" / "mbpf"))
EXAMPLES = SOURCE / "examples"
SKIPPED = 77
DONE, TRAPPED, REJECTED, UNUSABLE, UNAVAILABLE, USAGE = 0, 1, 2, 3, 4, 64
SUFFIXES = {"image": ".mbpf", "elf": ".o", "extended": ".ext", "femto": ".rbf", "text": ".bin"}
VERBS = ["build", "run", "verify", "inspect", "disasm"]
DEVICE_VERBS = ["sign", "deploy", "rollback", "ps", "call", "log", "fault", "start", "stop", "rm"]
VERB_GROUPS = {"key": ["new", "ls", "show"], "manifest": ["show"],
               "device": ["start", "stop", "rm", "ls", "use", "info", "ping", "set"]}

# Fits every layout: calls a function and a helper, and has no data.
PROGRAM = """#include "mbpf.h"
__attribute__((noinline)) static uint64_t twice(uint64_t of) { return of * 2 + bpf_now_ms() * 0; }
uint64_t start(uint8_t const *bytes, uint64_t count) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; ++i) {
        sum += bytes[i];
    }
    return twice(sum);
}
"""


class Run:
    """One call of the command."""

    def __init__(self, *arguments, stdin="", **environment):
        done = subprocess.run(
            [TOOL, *map(str, arguments)], input=stdin, capture_output=True, text=True, timeout=60,
            env={**os.environ, "MBPF_INCLUDE": str(EXAMPLES / "include"), **environment})
        self.call = " ".join(["mbpf", *map(str, arguments)])
        self.code, self.out, self.errors = done.returncode, done.stdout, done.stderr

    def ends(self, code):
        assert self.code == code, f"{self}: ended with {self.code}, not {code}"
        return self

    def says(self, *parts):
        for part in parts:
            assert part in self.out + self.errors, f"{self}: does not say {part!r}"
        return self

    def json(self):
        assert not self.errors, f"{self}: writes to standard error"
        value = json.loads(self.out)
        for key in keys_of(value):
            assert re.fullmatch(r"[a-z][a-z0-9_]*", key), f"{self}: key {key!r}"
        return value

    def __str__(self):
        return f"`{self.call}`\n{self.out}{self.errors}"


def keys_of(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_of(inner)


def hex_of(*slots):
    """As the runner of the public suite writes bytes: two blanks behind each."""
    return "".join(f"{byte:02x}  " for byte in bytes.fromhex("".join(slots)))


EXIT = "9500000000000000"
LOAD_CONTEXT = "6110000000000000"
LOOP = "0500ffff00000000"


def program_in(folder):
    path = folder / "prog.c"
    path.write_text(PROGRAM)
    return path


def test_help_and_version(_):
    version = re.search(r"VERSION ([\d.]+)", (SOURCE / "CMakeLists.txt").read_text()
                        .split("project(")[1])[1]
    assert Run("--version").ends(DONE).out == f"mbpf {version}\n"
    text = Run("--help").ends(DONE).says("Exit codes", "  64  ", "MBPF_CLANG").out
    for verb in [*VERBS, *DEVICE_VERBS, "conformance-plugin"]:
        assert verb in text
        assert "--json" in Run(verb, "--help").ends(DONE).out
    for group, parts in VERB_GROUPS.items():
        for part in parts:
            assert "--json" in Run(group, part, "--help").ends(DONE).out, (group, part)
        Run(group).ends(USAGE)
    Run().ends(USAGE).says("Usage: mbpf")


def test_usage_errors(folder):
    source = program_in(folder)
    for arguments in (["frobnicate"], ["--frobnicate"], ["run"], ["run", "--frobnicate"],
                      ["run", source, "--on", "mars"], ["run", source, "--grant", "nonsense"],
                      ["run", source, "--grant", "256"], ["run", source, "--format", "pdf"],
                      ["run", source, "--budget", "99999999999999"],
                      ["run", source, "--budget", "-1"], ["run", source, "--budget", "many"],
                      ["run", source, "--time-limit", "0"], ["verify", source, source],
                      ["verify", source, "--max-depth", "9"],
                      ["verify", source, "--max-stack", "-1"],
                      ["disasm", source, "--entry", "nobody"],
                      ["build", source, "--layout", "pdf"], ["build", source, "--budget", "0"],
                      ["build", source, "--layout", "femto", "--grant", "printf"],
                      ["build", source, "--layout", "elf", "--entry", "start"],
                      ["key", "new", "--frobnicate"], ["key", "new", "a/b"],
                      ["device", "start", "No Name"], ["ps", "--device", "coap://h:99999"]):
        failed = Run(*arguments, MBPF_HOME=str(folder)).ends(USAGE).says("usage: ")
        assert not failed.out, failed
        report = Run(*arguments, "--json").ends(USAGE).json()
        assert report["status"] == "usage" and report["report"]["reason"], report
    Run("key", "new", "--frobnicate").says("`mbpf key new --help`")


def test_every_layout(folder):
    source = program_in(folder)
    for layout, suffix in SUFFIXES.items():
        path = folder / f"out{suffix}"
        Run("build", source, "-o", path, "--layout", layout).ends(DONE).says(
            str(path), layout, "slots", "clang ", f"{path.stat().st_size} bytes")
        report = Run("inspect", path, "--json").ends(DONE).json()
        assert (report["status"], report["format"]) == ("ok", layout), report
        assert report["file_bytes"] == path.stat().st_size
        assert report["sections"]["text"] == 8 * report["slots"]
        assert [helper["name"] for helper in report["helpers_called"]] == ["now_ms"]
        assert report["verified"] and report["plan"]["call_depth"] == 2, report
        has_rights = layout in ("image", "elf", "extended")
        assert (report["rights"] is not None) == has_rights, report
        assert (report["lines"] is not None) == (layout in ("image", "elf")), report
        Run("inspect", path, "--format", layout).ends(DONE).says(layout, "slots", "of RAM")
        Run("disasm", path).ends(DONE).says("call now_ms#32", "exit", "L1:")
        Run("verify", path).ends(DONE).says("accepted", "of RAM", "now_ms#32")
        result = Run("run", path, "--context", "01 02 03", "--json").ends(DONE).json()
        assert result["result"] == 12, result
        Run("run", path, "--context", "010203", "--bytecode", "in-place").ends(DONE).says(
            ": 12 (0xc)", "instructions")


def test_default_names(folder):
    source = program_in(folder)
    before = pathlib.Path.cwd()
    os.chdir(folder)
    try:
        for layout, suffix in SUFFIXES.items():
            report = Run("build", source, "--layout", layout, "--json").ends(DONE).json()
            assert report["output"] == "prog" + suffix, report
            assert report["bytes"] == (folder / report["output"]).stat().st_size, report
        Run("build", "prog.mbpf").ends(UNUSABLE).says("overwrite")
        Run("build", "prog.o", "--layout", "elf").ends(UNUSABLE).says("overwrite")
    finally:
        os.chdir(before)


def test_conversions(folder):
    """From any layout to any other, the instructions stay."""
    source = program_in(folder)
    expected = None
    for layout, suffix in SUFFIXES.items():
        first = folder / f"first{suffix}"
        Run("build", source, "-o", first, "--layout", layout).ends(DONE)
        for other, other_suffix in SUFFIXES.items():
            second = folder / f"second{other_suffix}"
            made = Run("build", first, "-o", second, "--layout", other)
            if other == "elf" and layout != "elf":
                made.ends(UNUSABLE).says("layouts that can: ", "image")
                continue
            made.ends(DONE)
            listing = Run("disasm", second, "--json").ends(DONE).json()["instructions"]
            text = [instruction["bytes"] for instruction in listing]
            expected = expected or text
            assert text == expected, f"{layout} to {other}"


def test_build_rights_and_lines(folder):
    source = program_in(folder)
    image = folder / "a.mbpf"
    Run("build", source, "-o", image, "--grant", "now_ms,0x02").ends(DONE)
    rights = Run("inspect", image, "--json").ends(DONE).json()["rights"]
    assert [helper["id"] for helper in rights["helpers"]] == [2, 32], rights
    whole = image.stat().st_size
    Run("build", source, "-o", image, "--strip").ends(DONE)
    assert image.stat().st_size < whole
    assert Run("inspect", image, "--json").ends(DONE).json()["lines"] is None
    Run("disasm", "--source", image).ends(DONE).says("no C lines")
    kept = image.read_bytes()
    Run("build", source, "-o", image, "--grant", "none").ends(REJECTED).says(
        "now_ms#32", "prog.c:2", "what the image asks for")
    assert image.read_bytes() == kept, "a failed build changed its output"
    assert sorted(path.name for path in folder.iterdir()) == ["a.mbpf", "prog.c"]


def test_standard_streams(folder):
    source = program_in(folder)
    built = subprocess.run([TOOL, "build", source, "-o", "-"], capture_output=True, cwd=folder,
                           env={**os.environ, "MBPF_INCLUDE": str(EXAMPLES / "include")},
                           timeout=60)
    assert built.returncode == DONE and b"image" in built.stderr, built
    seen = subprocess.run([TOOL, "inspect", "-", "--json"], input=built.stdout, timeout=60,
                          capture_output=True, cwd=folder)
    report = json.loads(seen.stdout)
    assert (report["format"], report["file_bytes"]) == ("image", len(built.stdout)), report
    assert [path.name for path in folder.iterdir()] == ["prog.c"]


def test_a_format_that_it_is_not(folder):
    path = folder / "prog.mbpf"
    Run("build", program_in(folder), "-o", path).ends(DONE)
    for wrong in ("elf", "femto", "extended"):
        Run("inspect", path, "--format", wrong).ends(UNUSABLE).says(f"format {wrong}", "leave")
    Run("inspect", folder / "prog.c", "--format", "image").ends(UNUSABLE).says("format image")


def test_native_of_what_devices_refuse(folder):
    source = folder / "calls.c"
    source.write_text("static long (*const unheard_of)(void) = (void *)201;\n"
                      "long start(void) { return unheard_of(); }\n")
    for verb in (["disasm", "--native"], ["size"], ["verify"]):
        Run(*verb, source).ends(REJECTED).says("no such helper", "calls.c:2", "slot 0")


def test_build_flags_and_failures(folder):
    source = program_in(folder)
    image = folder / "a.mbpf"
    Run("build", source, "-o", image, "--", "-DUNUSED=3", "-mcpu=v2").ends(DONE).says("-mcpu=v2")
    bad = folder / "bad.c"
    bad.write_text("int start(void) { return nothing; }\n")
    Run("build", bad, "-o", image).ends(UNUSABLE).says("does not compile", "bad.c:1:26", "nothing")
    bad.write_text("int other(int); int start(void) { return other(1); }\n")
    Run("build", bad, "-o", image).ends(UNUSABLE).says("--> bad.c:1, in start", "other")
    bad.write_text("")
    Run("build", bad, "-o", image).ends(UNUSABLE).says("no function")
    bad.write_text("int start(void) { int unused; return 1; }\n")
    Run("build", bad, "-o", image, "--", "-Wall").ends(DONE).says("unused variable")
    assert "unused variable" in Run("build", bad, "-o", image, "--json", "--",
                                    "-Wall").ends(DONE).json()["warnings"]
    Run("build", source, "-o", folder / "no" / "file").ends(UNUSABLE).says("cannot write")
    Run("build", source, "-o", folder).ends(UNUSABLE).says("directory")
    Run("build", source, "-o", image).ends(DONE)
    piped = subprocess.run([TOOL, "build", source, "-o", "/dev/stdout"], capture_output=True,
                           env={**os.environ, "MBPF_INCLUDE": str(EXAMPLES / "include")})
    assert piped.stdout == image.read_bytes(), piped
    Run("build", source, "-o", "-", "--json").ends(USAGE).says("standard output")
    Run("build", EXAMPLES / "11_maps.c", "-o", folder / "maps.mbpf").ends(DONE)
    Run("run", folder / "maps.mbpf", "--entry", "nobody").ends(UNUSABLE).says("no entry")
    Run("build", "").ends(UNUSABLE).says("''")
    Run("build", source, "--entry", "nobody", "-o", image).ends(UNUSABLE).says("start")
    Run("build", EXAMPLES / "01_hello.c", "--layout", "text", "-o", image).ends(UNUSABLE).says(
        "bytes of rodata", "layouts that can")
    Run("build", source, "-o", image, MBPF_CLANG="/bin/true").ends(UNAVAILABLE).says(
        "clang 14 or newer", "apt-get install")
    Run("build", source, "-o", image, MBPF_CLANG="", PATH=str(folder)).ends(UNAVAILABLE)
    bad.write_text("int start(void) {\n    return ((int (*)(int))0xf0)(1); }\n")
    Run("build", bad, "-o", image).ends(DONE).says("bad.c:2, slot", "no such helper")
    built = Run("build", bad, "-o", image, "--json").ends(DONE).json()
    assert not built["verified"] and built["report"]["line"] == 2, built
    Run("build", source, "-o", folder / "a.o", "--layout", "elf", "--strip").ends(USAGE).says("-g0")
    Run("build", source, "-o", folder / "a.rbf", "--layout", "femto").ends(DONE).says("-mcpu=v2")


def test_disassembly(folder):
    source = program_in(folder)
    text = Run("disasm", "--source", source).ends(DONE).out
    assert "; prog.c:6  sum += bytes[i];" in text, text
    assert text.index("start:") < text.index("call now_ms#32"), text
    only = Run("disasm", source, "--entry", "twice").ends(DONE).out
    assert "twice:" in only and "start:" not in only, only
    listing = Run("disasm", source, "--json").ends(DONE).json()["instructions"]
    assert listing[0]["label"] == "start" and listing[0]["line"] in (3, 4, 5), listing[0]
    assert any(instruction.get("source") == "sum += bytes[i];" for instruction in listing)
    assert listing[-1]["text"] == "exit", listing[-1]


def test_verify(folder):
    source = program_in(folder)
    plan = Run("verify", source, "--json").ends(DONE).json()["plan"]
    assert plan["call_depth"] == 2 and plan["memory_bytes"] >= plan["saved_bytes"] > 0, plan
    Run("verify", source, "--grant", "now_ms", "--refuse-dead-code").ends(DONE)
    refused = Run("verify", source, "--grant", "none").ends(REJECTED)
    refused.says("rejected: ", "prog.c:2, in twice", "call now_ms#32", "allowed", "suggestion")
    report = Run("verify", source, "--grant", "1", "--json").ends(REJECTED).json()["report"]
    assert (report["name"], report["line"]) == ("HelperNotGranted", 2), report
    Run("verify", source, "--max-depth", "1").ends(REJECTED).says("2 functions deep")
    Run("verify", EXAMPLES / "06_sort.c", "--max-stack", "16").ends(REJECTED).says("16 bytes")
    recursive = folder / "recursive.bin"
    recursive.write_bytes(bytes.fromhex("8510000001000000" + EXIT + "85100000ffffffff" + EXIT))
    Run("verify", recursive).ends(REJECTED).says("calls itself")
    Run("verify", recursive, "--allow-recursion").ends(DONE)
    dead = folder / "dead.bin"
    dead.write_bytes(bytes.fromhex(EXIT + EXIT))
    Run("verify", dead).ends(DONE)
    Run("verify", dead, "--refuse-dead-code").ends(REJECTED).says("slot 1")


def test_run(_):
    Run("run", EXAMPLES / "01_hello.c").ends(DONE).says("answer 42!\n", ": 42 (0x2a)")
    Run("run", EXAMPLES / "90_reads_outside.c").ends(TRAPPED).says(
        "90_reads_outside.c:12, in reads_outside", "*firmware;", "found", "0x20000000", "allowed")
    Run("run", EXAMPLES / "92_ungranted_helper.c", "--grant", "printf").ends(REJECTED).says(
        "store_global#17")
    both = Run("run", EXAMPLES / "01_hello.c", EXAMPLES / "91_loops_forever.c", "--budget", "1000",
               "--json").ends(TRAPPED).json()["runs"]
    assert [run["status"] for run in both] == ["ran", "trapped"], both
    assert both[1]["report"]["name"] == "OutOfBudget", both
    Run("run", EXAMPLES / "01_hello.c", "--budget", "4294967295").ends(DONE)
    for context in ("xyz", "123", "0g"):
        Run("run", EXAMPLES / "01_hello.c", "--context", context).ends(UNUSABLE).says(context)


def test_batch(folder):
    batch = folder / "batch.json"
    batch.write_text(json.dumps([{"file": str(program_in(folder)), "context": "0101"},
                                 {"file": str(folder / "missing.c")},
                                 {"file": str(EXAMPLES / "01_hello.c"), "grant": "none"}]))
    runs = Run("run", "--batch", batch, "--json").ends(UNUSABLE).json()["runs"]
    assert [run["status"] for run in runs] == ["ran", "unusable", "rejected"], runs
    assert runs[0]["result"] == 4, runs
    # What a run does not say is as on the command line.
    batch.write_text(json.dumps([{"file": str(program_in(folder))},
                                 {"file": str(program_in(folder)), "context": "01"},
                                 {"file": str(EXAMPLES / "01_hello.c"), "budget": 1}]))
    runs = Run("run", "--batch", batch, "--context", "0101", "--budget", "100000", "--json").ends(
        TRAPPED).json()["runs"]
    assert [run.get("result") for run in runs] == [4, 2, None], runs
    for text, part in (("", "no JSON"), ("{}", "array"), ("[1]", "run 1"), ("[{}]", "file"),
                       ('[{"file": 1}]', "file is no text"),
                       ('[{"file": "a.c", "budget": -1}]', "the budget -1"),
                       ('[{"file": "a.c", "budget": 1e20}]', "the budget 1e+20"),
                       ('[{"file": "a.c"}, {"file": "a.c", "bugdet": 3}]', "run 2")):
        batch.write_text(text)
        Run("run", "--batch", batch).ends(UNUSABLE).says("batch.json", part)


def test_bad_files(folder):
    (folder / "empty").write_bytes(b"")
    (folder / "odd").write_bytes(b"\xff" * 13)
    (folder / "cut.mbpf").write_bytes(b"mBPF\x01")
    (folder / "cut.o").write_bytes(b"\x7fELF" + bytes(40))
    (folder / "cut.rbf").write_bytes(b"rBPF" + bytes(30))
    (folder / "directory").mkdir()
    names = ["empty", "odd", "cut.mbpf", "cut.o", "cut.rbf", "directory", "missing", "missing.c"]
    for verb in VERBS:
        for name in names:
            path = folder / name
            failed = Run(verb, path, *(["-o", folder / "out"] if verb == "build" else []))
            failed.ends(UNUSABLE).says("unusable: ", name)
            assert not failed.out, failed
            report = Run(verb, path, "--json").ends(UNUSABLE).json()
            assert report["status"] == "unusable" and report["report"]["reason"], report
    assert not (folder / "out").exists()
    nonsense = folder / "nonsense.bin"
    nonsense.write_bytes(b"\xff" * 16)
    Run("verify", nonsense).ends(REJECTED).says("slot 0", "0xff")
    Run("inspect", nonsense).ends(DONE).says("refused", "slot 0")
    Run("disasm", nonsense).ends(DONE).says("unknown opcode")


def elf_header(bits, order, kind, machine):
    return (b"\x7fELF" + bytes([bits, order, 1]) + bytes(9) +
            b"".join(n.to_bytes(2, "little" if order == 1 else "big") for n in (kind, machine)) +
            bytes(44))


def test_files_of_others(folder):
    other = folder / "other.o"
    for bits, order, kind, machine, text in (
            (2, 1, 1, 62, "64-bit little-endian relocatable object for x86-64"),
            (2, 2, 1, 247, "64-bit big-endian relocatable object for eBPF"),
            (1, 1, 2, 40, "32-bit little-endian executable for Arm"),
            (2, 1, 9, 9, "64-bit little-endian file for machine 9")):
        other.write_bytes(elf_header(bits, order, kind, machine))
        Run("inspect", other).ends(UNUSABLE).says(f"found       a {text}\n")
    other.write_bytes(b"")
    Run("inspect", other).ends(UNUSABLE).says("the file is empty")
    other.write_bytes(b"\xd8\x6b\xa2")
    Run("run", other).ends(UNUSABLE).says("signed envelope", "mbpf deploy")
    source = program_in(folder)
    Run("run", source, MBPF_INCLUDE=str(folder)).ends(UNUSABLE).says("mbpf.h", "MBPF_INCLUDE")
    missing = Run("run", source, "--on", "m4", MBPF_FIRMWARE=str(source)).ends(UNAVAILABLE)
    assert "no ELF file" in missing.errors or "not in PATH" in missing.errors, missing


def test_programs_do_not_control_terminals(folder):
    program = folder / "escape.c"
    program.write_text('#include "mbpf.h"\n'
                       'int f(void) { bpf_printf("\\x1b[31m\\xc2\\x9b\\n"); return 0; }\n')
    assert "\x1b[31m\x9b\n" in Run("run", program).ends(DONE).out
    ours, its = pty.openpty()
    subprocess.run([TOOL, "run", program], stdout=its, check=True, timeout=60, env={
        **os.environ, "MBPF_INCLUDE": str(EXAMPLES / "include"), "NO_COLOR": "1"})
    os.close(its)
    with os.fdopen(ours, "rb") as terminal:
        assert terminal.readline() == b"\\x1b[31m\\xc2\\x9b\r\n"
    ours, its = pty.openpty()
    subprocess.run([TOOL, "build", "\x1b]0;x\x07.c"], stderr=its, timeout=60, check=False,
                   env={**os.environ, "NO_COLOR": "1"})
    os.close(its)
    with os.fdopen(ours, "rb") as terminal:
        assert b"\\x1b]0;x\\x07.c: cannot read" in terminal.readline()


def test_who_interrupts_leaves_nothing_behind(folder):
    fake = folder / "clang"
    fake.write_text("#!/bin/sh\n[ \"$1\" = -dumpversion ] && echo 19 && exit\n"
                    f"touch {folder}/compiling\nexec sleep 50\n")
    fake.chmod(0o755)
    (folder / "temporary").mkdir()
    building = subprocess.Popen(
        [TOOL, "build", program_in(folder)], stdout=subprocess.DEVNULL, env={
            **os.environ, "MBPF_INCLUDE": str(EXAMPLES / "include"), "MBPF_CLANG": str(fake),
            "TMPDIR": str(folder / "temporary")})
    while not (folder / "compiling").exists() and building.poll() is None:
        time.sleep(0.01)
    assert len(list((folder / "temporary").iterdir())) == 1
    building.send_signal(signal.SIGINT)
    assert building.wait(timeout=20) == -signal.SIGINT
    assert not list((folder / "temporary").iterdir())


def test_plugin(_):
    add = hex_of("b700000028000000", "0700000002000000", EXIT) + "\n"
    assert Run("conformance-plugin", stdin=add).ends(DONE).out == "2a\n"
    read = hex_of(LOAD_CONTEXT, EXIT) + "\n"
    memory = hex_of("efbeadde")
    options = ["--bytecode", "in-place", "--on", "host", "--engine", "interpreter"]
    for arguments in ([memory, "conformance-plugin"], ["conformance-plugin", memory],
                      [memory, "conformance-plugin", *options],
                      ["conformance-plugin", *options, memory],
                      ["conformance-plugin", *options[:2], memory, *options[2:]]):
        assert Run(*arguments, stdin=read).ends(DONE).out == "deadbeef\n", arguments
    minus = hex_of("b7000000ffffffff", EXIT)
    assert Run("conformance-plugin", stdin=minus).ends(DONE).out == "f" * 16 + "\n"
    assert Run("conformance-plugin", "--program", minus).ends(DONE).out == "f" * 16 + "\n"
    length = hex_of("bf20000000000000", EXIT)
    assert Run(memory, "conformance-plugin", stdin=length).ends(DONE).out == "4\n"
    unwind = hex_of("b701000007000000", "8500000005000000", EXIT)
    assert Run("conformance-plugin", stdin=unwind).ends(DONE).out == "7\n"
    assert Run("conformance-plugin", "--json", stdin=add).ends(DONE).json()["result"] == 42


def test_plugin_failures(folder):
    for text in ("", "b7", "zz", "b70000000000000", "nonsense"):
        failed = Run("conformance-plugin", stdin=text).ends(UNUSABLE)
        assert failed.errors and not failed.out, failed
    Run("conformance-plugin", "0", stdin=hex_of(EXIT)).ends(UNUSABLE).says("memory")
    Run("conformance-plugin", stdin=hex_of(LOAD_CONTEXT, EXIT)).ends(TRAPPED).says("slot 0")
    Run("conformance-plugin", stdin=hex_of("ff00000000000000")).ends(REJECTED)
    Run("conformance-plugin", stdin=hex_of(LOOP, EXIT)).ends(TRAPPED).says("budget")
    Run("conformance-plugin", "--debug", stdin=hex_of(EXIT)).ends(USAGE)
    source = folder / "prog.c"
    source.write_text("unsigned long start(unsigned char *m, unsigned long n) { return m[n-1]; }")
    Run("build", source, "-o", folder / "prog.o", "--layout", "elf").ends(DONE)
    program = hex_of((folder / "prog.o").read_bytes().hex())
    assert Run("01  07  ", "conformance-plugin", "--elf", stdin=program).ends(DONE).out == "7\n"
    Run("conformance-plugin", "--elf", stdin=hex_of(EXIT)).ends(UNUSABLE)


def main() -> int:
    if not os.environ.get("MBPF_CLANG"):
        print("needs clang")
        return SKIPPED
    failures = 0
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    for name, test in tests:
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(pathlib.Path(folder))
            except Exception:  # One that fails must not hide the others.
                failures += 1
                print(f"{name} failed:\n{traceback.format_exc()}")
    print(f"{len(tests) - failures} of {len(tests)} tests passed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
