# SPDX-License-Identifier: MIT
"""A folder of one's own for keys and devices, and the command mbpf in it."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

SOURCE = pathlib.Path(os.environ.get("MBPF_SOURCE_DIR",
                                     pathlib.Path(__file__).resolve().parent.parent.parent))
TOOL = os.environ.get("MBPF_TOOL", str(SOURCE / "build" / "mbpf"))
BOARD_IMAGE = pathlib.Path(os.environ.get("MBPF_FIRMWARE", SOURCE / "build" / "firmware")) / \
    "device-mps2-an386.elf"
SKIPPED = 77
DONE, TRAPPED, REJECTED, UNUSABLE, UNAVAILABLE, REFUSED, USAGE = 0, 1, 2, 3, 4, 5, 64


class World:
    def __init__(self, folder):
        self.folder = folder
        self.environment = {**os.environ, "MBPF_HOME": str(folder / "home"),
                            "MBPF_INCLUDE": str(SOURCE / "examples" / "include")}

    def run(self, *arguments, code=DONE):
        done = subprocess.run([TOOL, *map(str, arguments)], capture_output=True, text=True,
                              timeout=120, env=self.environment, cwd=self.folder)
        call = " ".join(["mbpf", *map(str, arguments)])
        text = f"`{call}`\n{done.stdout}{done.stderr}"
        assert done.returncode == code, f"{text}: ended with {done.returncode}, not {code}"
        return done.stdout + done.stderr

    def json(self, *arguments, code=DONE):
        return json.loads(self.run(*arguments, "--json", code=code))

    def containers(self):
        return {each["name"]: each for each in self.json("ps")["containers"]}

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path


def on_board(make, *checks) -> int:
    """Calls each check with make(folder), beside the emulated board, which runs. An exit code: 77
    without QEMU or image."""
    if shutil.which("qemu-system-arm") is None or not BOARD_IMAGE.exists():
        print(f"no QEMU, or no {BOARD_IMAGE.name}: ./dev build makes it")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        world = make(pathlib.Path(folder))
        try:
            world.run("key", "new")
            world.run("device", "start", "board")
            for check in checks:
                check(world)
                print(f"{check.__name__}: good")
        finally:
            subprocess.run([TOOL, "device", "stop"], env=world.environment, capture_output=True)
    return 0
