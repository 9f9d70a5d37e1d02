#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Devices that do not start, that share what they must not, or that keep somebody waiting."""

import os
import pathlib
import pty
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

from world import BOARD_IMAGE, SKIPPED, TOOL, UNAVAILABLE, UNUSABLE, USAGE, World


def test_what_a_failed_start_made_is_gone(world):
    flash = world.folder / "new.flash"
    world.environment["MBPF_FIRMWARE"] = str(world.folder)
    try:
        world.run("device", "start", "x", "--flash", flash, code=UNAVAILABLE)
    finally:
        world.environment["MBPF_FIRMWARE"] = str(BOARD_IMAGE.parent)
    assert not flash.exists()
    for content in (b"not a flash", b"\0" * 512 * 1024):
        flash.write_bytes(content)
        text = world.run("device", "start", "x", "--host", "--flash", flash, code=UNAVAILABLE)
        assert str(flash) in text, text
        assert flash.read_bytes() == content, len(content)
    assert world.json("device", "ls")["devices"] == []
    world.run("device", "start", "x", "--host", "--flash", world.folder, code=UNUSABLE)
    flash.write_bytes(b"")  # As mktemp makes it.
    world.run("device", "start", "x", "--host", "--flash", flash)
    assert len(world.json("device", "policy", "show")["signers"]) == 1
    world.run("device", "rm", "x")


def test_a_flash_has_one_device(world):
    other = World(world.folder)
    other.environment = {**world.environment, "MBPF_HOME": str(world.folder / "other home")}
    boards = [["--host"]]
    if shutil.which("qemu-system-arm") and BOARD_IMAGE.exists():
        boards.append(["--board", "mps2-an386"])
    for number, board in enumerate(boards):
        flash = world.folder / f"one,{number}.flash"
        process = world.json("device", "start", "one", *board, "--flash", flash)["process"]
        for second in boards:
            text = other.run("device", "start", "two", *second, "--flash", flash, code=UNUSABLE)
            assert str(flash) in text and "MBPF_HOME" in text, text
        assert world.json("device", "info")["policy_sequence"] == 1
        os.kill(process, signal.SIGKILL)  # Nothing stays locked.
        other.run("device", "start", "two", *board, "--flash", flash)
        other.run("device", "rm", "two")
        world.run("device", "rm", "one")
        assert flash.exists()  # It is the user's.


def test_a_device_that_is_there_stays_what_it_is(world):
    flash = world.json("device", "start", "d", "--host")["flash"]
    for words in (["--board", "mps2-an386"], ["--host", "--board", "mps2-an386"],
                  ["--flash", world.folder / "other"]):
        assert "usage" in world.run("device", "start", "d", *words, code=USAGE), words
    assert world.json("device", "start", "d", "--flash", flash)["was_running"]
    assert not (world.folder / "other").exists()


def test_a_key_that_does_not_fit_is_not_there(world):
    def write_nothing():  # As on a full disk.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    done = subprocess.run([TOOL, "key", "new"], env=world.environment, preexec_fn=write_nothing,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == UNUSABLE and "cannot write" in done.stderr, done
    world.run("key", "new")


def test_who_waits_is_told_and_can_leave(world):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        address = f"coap://127.0.0.1:{silent.getsockname()[1]}"
        ours, its = pty.openpty()
        calling = subprocess.Popen([TOOL, "call", "x", "--device", address], stderr=its,
                                   stdout=subprocess.PIPE, env=world.environment)
        os.close(its)
        try:
            said = os.read(ours, 200).decode()
            assert f"waiting for {address} to answer /mbpf/ps" in said, said
            calling.send_signal(signal.SIGINT)
            assert calling.wait(timeout=10) == -signal.SIGINT and not calling.stdout.read()
        finally:
            calling.kill()
            calling.communicate()
            os.close(ours)


def main():
    if not (pathlib.Path(TOOL).parent / "mbpf-device").exists():
        print("needs mbpf-device")
        return SKIPPED
    for test in [value for name, value in globals().items() if name.startswith("test_")]:
        with tempfile.TemporaryDirectory() as name:
            world = World(pathlib.Path(name))
            try:
                test(world)
            finally:
                for home in ("home", "other home"):
                    world.environment["MBPF_HOME"] = str(world.folder / home)
                    for device in world.json("device", "ls")["devices"]:
                        world.run("device", "rm", device["name"])
        print(f"{test.__name__}: good")
    return 0


if __name__ == "__main__":
    sys.exit(main())
