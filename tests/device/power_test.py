#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The emulated board loses power (its QEMU is killed) at any moment of installing, updating and
removing: what it starts with is the old or the new, whole, and numbers never go back. Every single
write is cut in tests/unit/storage and tests/unit/agent; these are samples of the real path. Exits
with 77 if QEMU or the firmware is missing."""

import json
import os
import random
import signal
import subprocess
import sys
import time

from world import TOOL, World, on_board

CUTS = 20
LONGEST_SECONDS = 0.25  # From the command to the cut.

PROGRAM = """#include "mbpf.h"
static uint32_t const padding[256] = {FILL};
uint64_t number(void const* bytes, uint64_t count) { return padding[count % 256] + VERSION; }
"""


class Board(World):
    def cut_during(self, seconds, *command):
        """Starts a command and cuts the power. Whether the command was done by then."""
        running = subprocess.Popen([TOOL, *map(str, command)], env=self.environment,
                                   cwd=self.folder, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        is_done = running.poll() == 0
        devices = json.loads((self.folder / "home" / "devices.json").read_text())["devices"]
        os.kill(devices[0]["process"], signal.SIGKILL)
        running.kill()
        running.wait()
        self.run("device", "stop")
        self.run("device", "start", "board")
        return is_done

    def version(self, number):
        fill = ", ".join(str(number * 1_000_000 + i) for i in range(256))
        return self.write("number.c", PROGRAM.replace("FILL", fill).replace("VERSION", str(number)))

    def installed(self):
        """Sequence number and answer, or neither."""
        listed = self.containers()
        if "number" not in listed:
            return 0, None
        return listed["number"]["sequence"], int(self.run("call", "number").strip())


def check_cuts(board):
    randomness = random.Random(5)
    sequence, answer = 0, None
    outcomes = {"old": 0, "new": 0}
    for number in range(1, CUTS + 1):
        removes = number % 4 == 0 and answer is not None
        command = ["rm", "number"] if removes else ["deploy", board.version(number)]
        wanted = None if removes else number * 1_000_001
        is_done = board.cut_during(randomness.uniform(0, LONGEST_SECONDS), *command)
        found_sequence, found = board.installed()
        what = f"cut {number}: answers {found}, was {answer}, {'' if is_done else 'not '}done"
        assert found == wanted or (found == answer and not is_done), what
        assert found is None or found_sequence >= sequence, what
        outcomes["new" if found == wanted else "old"] += 1
        sequence, answer = max(sequence, found_sequence), found
    board.run("deploy", board.version(CUTS + 1))
    found_sequence, found = board.installed()
    assert found == (CUTS + 1) * 1_000_001 and found_sequence > sequence
    print(f"{CUTS} cuts: {outcomes['old']} times the old, {outcomes['new']} times the new")


if __name__ == "__main__":
    sys.exit(on_board(Board, check_cuts))
