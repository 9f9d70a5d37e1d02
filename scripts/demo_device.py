#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shows programs being compiled, signed, sent over the network into a running device, and what the
device does with those it should not take. A part of ./dev demo, on the emulated board."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOL = ROOT / "build" / "mbpf"
BOLD = "\033[1m{}\033[0m" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else "{}"

BLINK = """#include "mbpf.h"
int blink(void) {
    static uint32_t turns;
    bpf_printf("TEXT %u\\n", ++turns);
    return 0;
}
"""
SUM = """#include "mbpf.h"
uint64_t sum(uint8_t const* bytes, uint64_t count) {
    uint32_t low = 0, high = 0;
    for (uint64_t i = 0; i < count; i++) {
        low = (low + bytes[i]) % 255;
        high = (high + low) % 255;
    }
    return high << 8 | low;
}
"""
CRASH = """#include "mbpf.h"
int crash(void) {
    uint32_t volatile* nowhere = (uint32_t volatile*)0x1000;
    return (int)*nowhere;
}
"""
DONE, REFUSED = 0, 5


class Demo:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.good = True
        self.environment = {**os.environ, "MBPF_HOME": str(folder / "home"),
                            "MBPF_INCLUDE": str(ROOT / "examples" / "include")}

    def say(self, text: str) -> None:
        print("\n" + BOLD.format(text))

    def run(self, *words: str, code: int = DONE, quietly: bool = False) -> str:
        done = subprocess.run([TOOL, *words], capture_output=True, text=True, timeout=120,
                              env=self.environment, cwd=self.folder)
        text = done.stdout + done.stderr
        if not quietly or done.returncode != code:
            print("$ mbpf " + " ".join(words))
            print("".join(f"  {line}\n" for line in text.splitlines()), end="")
        if done.returncode != code:
            print(f"  WRONG: it ended with {done.returncode}, not {code}")
            self.good = False
        return text

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)


def limit_guest(demo: Demo) -> None:
    """A second signer, whose programs run on request only."""
    demo.run("key", "new", "guest", quietly=True)
    policy = json.loads(demo.run("device", "policy", "show", quietly=True))
    guest = {"key": "guest", "helpers": ["printf"], "hooks": ["coap"]}
    demo.write("policy.json", json.dumps({"signers": [*policy["signers"], guest]}))
    demo.run("device", "policy", "set", "policy.json", quietly=True)


def show(demo: Demo) -> None:
    demo.write("blink.c", BLINK.replace("TEXT", "blink"))
    demo.write("sum.c", SUM)
    demo.write("crash.c", CRASH)
    demo.say("A device boots: a Cortex-M4 with a network (QEMU mps2-an386).")
    demo.run("key", "new", quietly=True)
    demo.run("device", "start", "board")
    demo.say("Programs are compiled, signed, sent, verified, installed and run. No reboot.")
    demo.run("deploy", "blink.c", "--on-timer", "200ms")
    demo.run("deploy", "sum.c", "--engine", "jit")
    demo.run("call", "sum", "--data", "hello")
    demo.say("One is replaced while it runs; one crashes, and the others do not notice.")
    demo.write("blink.c", BLINK.replace("TEXT", "new blink"))
    demo.run("deploy", "blink.c", "--on-timer", "200ms")
    demo.run("deploy", "crash.c", "--on-timer", "50ms")
    time.sleep(1)
    demo.run("log")
    demo.run("fault", "crash")
    demo.run("ps")
    demo.say("What the device does not take: a stranger's signature, rights that nobody gave, and "
             "what it took before.")
    demo.run("key", "new", "stranger", quietly=True)
    demo.run("deploy", "sum.c", "--name", "other", "--key", "stranger", code=REFUSED)
    limit_guest(demo)
    demo.run("deploy", "blink.c", "--name", "mine", "--key", "guest", "--on-timer", "1s",
             code=REFUSED)
    demo.run("build", "sum.c", "--on-request", "sum", "--engine", "jit", "-o",
             "sum.mbpf", quietly=True)
    demo.run("sign", "sum.mbpf", "--name", "sum", "--sequence", "2", "-o", "sum.suit")
    demo.run("deploy", "sum.suit")
    demo.run("deploy", "sum.suit", code=REFUSED)
    demo.run("stop", "crash")
    demo.say("It is switched off and on again: everything is still there.")
    demo.run("device", "stop")
    demo.run("device", "start", "board")
    demo.run("ps")
    demo.run("rollback", "blink")
    demo.run("call", "sum", "--data", "hello")
    demo.run("device", "stop", quietly=True)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo(pathlib.Path(folder))
        try:
            show(demo)
        finally:
            subprocess.run([TOOL, "device", "stop"], capture_output=True, env=demo.environment)
    return 0 if demo.good else 1


if __name__ == "__main__":
    sys.exit(main())
