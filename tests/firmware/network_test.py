#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The device image on every board with a network: what it knows of cryptography, memory and time
is right, what breaks a rule of memory is stopped and reported, datagrams of all sizes come back,
floods and garbage do no harm, and flash outlives a power cut."""

import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

import frames

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
FIRMWARE = pathlib.Path(os.environ.get("MBPF_FIRMWARE", SOURCE / "build" / "firmware"))
SKIPPED = 77
BOARDS = ["mps2-an386", "mps2-an385", "mps2-an500"]
CORE_FAULT = 4
COAP = 5683
FLASH_BYTES = 512 * 1024
NOT_CODE = "this memory may not be executed"
RULES = {"data": NOT_CODE, "open-code": NOT_CODE, "code": "it may not access 0x20000000",
         "image": "it may not access 0x000", "nothing-there": "it may not access 0x60000000",
         "run-stack": "it may not access 0x200", "stack": ""}


def command(board: str, words: list[str], more: list[str] = ()) -> list[str]:
    arguments = "".join(f",arg={word}" for word in ["device", *words])
    return ["qemu-system-arm", "-M", board, "-nographic", "-monitor", "none", "-serial", "none",
            "-kernel", str(FIRMWARE / f"device-{board}.elf"),
            "-semihosting-config", "enable=on,target=native" + arguments, *more]


def once(board: str, *words: str) -> tuple[int, str]:
    """Exit code and console of an image that ends by itself."""
    done = subprocess.run(command(board, list(words)), capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Device:
    """A device that listens, and a socket that is connected to it: to its port, or, raw, to the
    wire."""

    def __init__(self, board: str, *words: str, is_raw: bool = False):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        own, port = self.socket.getsockname()[1], free_port()
        network = (f"socket,model=lan9118,udp=127.0.0.1:{own},localaddr=127.0.0.1:{port}" if is_raw
                   else f"user,model=lan9118,hostfwd=udp:127.0.0.1:{port}-10.0.2.15:{COAP}")
        self.process = subprocess.Popen(
            command(board, list(words), ["-nic", network]), text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.console: list[str] = []
        self.listening = threading.Event()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.socket.connect(("127.0.0.1", port))
        self.socket.settimeout(5)
        if not self.listening.wait(30):
            self.kill()
            raise AssertionError(f"{board} does not listen: {self.console}")

    def read(self) -> None:
        for line in self.process.stdout:
            if "Slirp" not in line:  # The PC's side drops datagrams of a flood, and says so.
                self.console.append(line.strip())
            if line == "listening\n":
                self.listening.set()

    def echo(self, data: bytes) -> bytes:
        self.socket.send(data)
        return self.socket.recv(2048)

    def drain(self, seconds: float) -> int:
        count, end = 0, time.monotonic() + seconds
        self.socket.settimeout(min(0.2, seconds))
        while time.monotonic() < end:
            try:
                self.socket.recv(2048)
                count += 1
            except socket.timeout:
                break
        self.socket.settimeout(5)
        return count

    def cpu_seconds(self) -> float:
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2]
        return sum(map(int, fields.split()[11:13])) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


def check_board(board: str):
    code, console = once(board, "selftest")
    if code != 0 or console.count("right: ") != 7 or "WRONG" in console:
        yield f"the test of the board ends with {code}: {console}"
    for rule, report in RULES.items():
        code, console = once(board, f"break={rule}")
        if code != CORE_FAULT or "memory protection" not in console or report not in console:
            yield f"breaking {rule} ends with {code}: {console}"
    for words in (["bogus"], ["ip=10.0.2"], ["ip=10.0.2.256"], ["ip=10.0.2.15/33"], ["ip="],
                  ["ip=10.0.2.15x"], ["gateway=ten"]):
        code, console = once(board, *words)
        if code != 2 or "usage" not in console:
            yield f"{words} ends with {code}: {console}"


def check_echo(device: Device):
    """Every size there is, then each of many answered: none is lost when sent one at a time."""
    seconds = []
    for size in [*range(1, 1401), 1471, 1472]:
        data = random.randbytes(size)
        start = time.perf_counter()
        if device.echo(data) != data:
            yield f"a datagram of {size} bytes comes back as another"
        seconds.append(time.perf_counter() - start)
    for number in range(2000):
        if device.echo(number.to_bytes(4, "little")) != number.to_bytes(4, "little"):
            yield f"datagram {number} comes back as another"
    seconds.sort()
    print(f"round trip: half take less than {1e3 * seconds[len(seconds) // 2]:.2f} ms")


def check_flood(device: Device):
    for number in range(2000):
        device.socket.send(number.to_bytes(4, "little") * 16)
    count = device.drain(5)
    print(f"flood: {count} of 2000 come back")
    if count == 0:
        yield "nothing comes back of a flood"
    for _ in range(300):
        device.socket.send(random.randbytes(random.choice([1, 100, 1472, 1473, 3000, 9000])))
    device.drain(5)
    if device.echo(b"still there") != b"still there":
        yield "a flood silences the device"


def answers(device: Device, frame: bytes, part: bytes) -> bool:
    """Whether a frame with `part` in it comes back. The device may ask for our address first."""
    device.socket.settimeout(0.5)
    device.socket.send(frame)
    for _ in range(20):
        try:
            reply = device.socket.recv(2048)
        except socket.timeout:
            return False
        if reply[12:14] == b"\x08\x06" and reply[20:22] == b"\0\1":
            device.socket.send(frames.arp_reply())
        if part in reply:
            return True
    return False


def check_frames(device: Device):
    data = random.randbytes(100)
    for name, frame, part in (
            ("an ARP request", frames.arp_request(), frames.DEVICE_MAC + frames.DEVICE),
            ("a ping", frames.ping(data), data),
            ("a datagram", frames.udp(COAP, data), data)):
        if not answers(device, frame, part):
            yield f"{name} gets no answer"
    for name, frame in (("a datagram with a wrong checksum", frames.udp(COAP, data, wrong=1)),
                        ("a fragment", frames.udp(COAP, data, fragment=0x2000)),
                        ("a frame cut short", frames.udp(COAP, data)[:-1]),
                        ("another's frame", b"\2" + frames.udp(COAP, data)[1:])):
        if answers(device, frame, data):
            yield f"{name} is answered"


def check_garbage(device: Device):
    """Frames that are almost right, and frames that are nothing."""
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    for number in range(6000):
        frame = bytearray(chance.choice([
            frames.arp_request(), frames.arp_reply(), frames.ping(chance.randbytes(300)),
            frames.udp(COAP, chance.randbytes(600)), frames.udp(COAP, b"", fragment=0x2000),
            frames.DEVICE_MAC + chance.randbytes(chance.randrange(1, 1600))]))
        for _ in range(chance.randrange(4)):
            frame[chance.randrange(6, max(7, min(50, len(frame))))] = chance.randrange(256)
        device.socket.send(frame[:chance.choice([len(frame), chance.randrange(1, 1600)])])
        if number % 50 == 0:  # Otherwise most would be lost in front of the controller.
            device.drain(0.01)
    device.drain(5)
    if not answers(device, frames.ping(b"still there" * 9), b"still there" * 9):
        yield f"garbage silences the device (seed {seed}): {device.console}"


def check_sleep(device: Device):
    device.drain(1)
    start = device.cpu_seconds()
    time.sleep(3)
    share = (device.cpu_seconds() - start) / 3
    print(f"idle: {share:.1%} of a core of the PC")
    if share > 0.25:  # A tenth is what it takes; the rest is for a busy PC.
        yield f"an idle device burns {share:.1%} of a core"


def check_flash(board: str, folder: pathlib.Path):
    """Every boot writes a record to flash, and is killed: the next one finds it."""
    file = folder / "flash"
    for boot in (1, 2, 3):
        with Device(board, "echo", f"flash={file}") as device:
            if device.console[0] != f"boot {boot}":
                yield f"boot {boot} finds something else: {device.console}"
        data = file.read_bytes()
        expected = bytes(8 * boot) + b"\xff" * (FLASH_BYTES - 8 * boot)
        if data != expected:
            yield f"after boot {boot} the flash file holds something else"
    file.write_bytes(b"\0" * 4096 + data[4096:])  # The sector is full: it is erased first.
    with Device(board, "echo", f"flash={file}"):
        if file.read_bytes() != bytes(8) + b"\xff" * (FLASH_BYTES - 8):
            yield "a full sector is not erased"
    for content in (b"", bytes(FLASH_BYTES - 1), bytes(FLASH_BYTES + 1)):
        file.write_bytes(content)
        code, console = once(board, "echo", f"flash={file}")
        if code == 0 or "flash file" not in console or file.read_bytes() != content:
            yield f"a flash file of {len(content)} bytes ends with {code}: {console}"
    code, console = once(board, "echo", f"flash={folder}/no/such")
    if code == 0 or "flash file" not in console:
        yield f"a flash file that cannot be created ends with {code}: {console}"


def problems_of(board: str, folder: pathlib.Path):
    yield from check_board(board)
    yield from check_flash(board, folder)
    if board == BOARDS[0]:
        with Device(board, "echo") as device:
            for check in (check_echo, check_flood, check_sleep):
                yield from check(device)
            if device.process.poll() is not None or device.console != ["listening"]:
                yield f"the device says {device.console}"
        with Device(board, "echo", is_raw=True) as device:
            yield from check_frames(device)
            yield from check_garbage(device)
    else:
        with Device(board, "echo") as device:
            if device.echo(b"hello") != b"hello":
                yield "hello comes back as something else"


def main() -> int:
    if shutil.which("qemu-system-arm") is None or not all(
            (FIRMWARE / f"device-{board}.elf").exists() for board in BOARDS):
        print("needs qemu-system-arm and the device images: ./dev build makes them")
        return SKIPPED
    wrong = []
    for board in BOARDS:
        with tempfile.TemporaryDirectory() as folder:
            try:
                wrong += [f"{board}: {text}" for text in problems_of(board, pathlib.Path(folder))]
            except (AssertionError, socket.timeout, subprocess.TimeoutExpired) as error:
                wrong.append(f"{board}: {error!r}")
    print("\n".join(wrong) or f"the device is right on {', '.join(BOARDS)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
