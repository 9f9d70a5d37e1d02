#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The server meets clients that others have written: Debian's libcoap and npm's coap, over a socket
that loses what a test wants it to lose. Needs libcoap3-bin, nodejs and npm."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
SERVER = pathlib.Path(os.environ.get("MBPF_COAP_SERVER", "build/host/tests/coap_server"))
CLIENT = "coap-client-notls"
PATIENCE_SECONDS = 120


def big_text(size: int) -> str:
    text = ""
    while len(text) < size:
        text += f"{len(text)} "
    return text[:size]


def upload_summary(text: str) -> str:
    total = 0
    for letter in text.encode():
        total = (total * 31 + letter) % 2**32
    return f"{len(text)} {total}"


class Server:
    def __enter__(self):
        self.process = subprocess.Popen([SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()
        assert self.process.returncode == 0, "the server has failed"


class Lossy:
    """Between one client and the server: loses or doubles datagrams by their number, from 1, or
    delivers a request behind the two that come after."""

    def __init__(self, port: int, lost_answers=(), doubled_requests=(), late_requests=()):
        self.server, self.lost, self.doubled = ("127.0.0.1", port), lost_answers, doubled_requests
        self.late, self.kept = late_requests, {}
        self.client = None
        self.requests = self.answers = 0

    def __enter__(self):
        self.front, self.back = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in "ab")
        self.front.bind(("127.0.0.1", 0))
        self.back.bind(("127.0.0.1", 0))
        for end in (self.front, self.back):
            end.settimeout(0.1)
        self.port = self.front.getsockname()[1]
        self.is_open = True
        self.threads = [threading.Thread(target=self.run, args=(way,))
                        for way in (self.pass_request, self.pass_answer)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_open = False
        for thread in self.threads:
            thread.join()
        self.front.close()
        self.back.close()

    def run(self, way):
        while self.is_open:
            try:
                way()
            except TimeoutError:
                pass

    def pass_request(self):
        datagram, self.client = self.front.recvfrom(2048)
        self.requests += 1
        if self.requests in self.late:
            self.kept[self.requests + 2] = datagram
        else:
            for _ in range(2 if self.requests in self.doubled else 1):
                self.back.sendto(datagram, self.server)
        if self.requests in self.kept:
            self.back.sendto(self.kept.pop(self.requests), self.server)

    def pass_answer(self):
        datagram, _ = self.back.recvfrom(2048)
        self.answers += 1
        if self.answers not in self.lost:
            self.front.sendto(datagram, self.client)


def client(port: int, path: str, *options: str) -> str:
    """What libcoap's client prints: the payload, or a line with the code."""
    run = subprocess.run([CLIENT, *options, f"coap://127.0.0.1:{port}/{path}"], text=True,
                         capture_output=True, timeout=PATIENCE_SECONDS)
    return (run.stdout + run.stderr).removesuffix("\n")


class Libcoap(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server())
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def ask(self, path: str, *options: str) -> str:
        return client(self.server.port, path, *options)

    def upload(self, text: str, *options: str) -> str:
        file = self.folder / "upload"
        file.write_text(text)
        return self.ask("upload", "-m", "put", "-f", str(file), *options)

    def test_echo(self):
        self.assertEqual(self.ask("echo", "-m", "post", "-e", "hello"), "hello")
        self.assertEqual(self.ask("echo", "-m", "post", "-N", "-e", "hello"), "hello")

    def test_refusals(self):
        self.assertIn("4.04", self.ask("missing"))
        self.assertIn("4.05", self.ask("counter", "-m", "delete"))
        self.assertIn("4.02", self.ask("counter", "-O", "9,x"))
        self.assertIn("4.04", self.ask("1/2/3/4/5/6/7"))

    def test_download(self):
        self.assertEqual(self.ask("big"), big_text(5000))
        for size in (16, 64, 256, 1024):
            self.assertEqual(self.ask("big", "-b", str(size)), big_text(5000), size)
        self.assertEqual(self.ask("big?bytes=20000"), big_text(20000))

    def test_download_with_loss(self):
        self.assertEqual(self.ask("big", "-b", "512", "-l", "2,5"), big_text(5000))

    def test_upload(self):
        for size in (1, 64, 65, 1024, 1025, 5000):
            text = big_text(size)
            for block in (16, 64, 1024):
                self.assertEqual(self.upload(text, "-b", str(block)), upload_summary(text),
                                 (size, block))

    def test_upload_with_loss(self):
        text = big_text(3000)
        self.assertEqual(self.upload(text, "-b", "512", "-l", "2,4"), upload_summary(text))

    def test_upload_in_another_order(self):
        text = big_text(3000)
        file = self.folder / "upload"
        file.write_text(text)
        with Lossy(self.server.port, late_requests=(2, 5)) as network:
            self.assertEqual(client(network.port, "upload", "-m", "put", "-f", str(file), "-b",
                                    "512"), upload_summary(text))
            self.assertEqual(network.kept, {})

    def test_a_post_that_comes_late_is_not_executed_again(self):
        with Lossy(self.server.port, late_requests=(1,)) as network:
            self.assertEqual(client(network.port, "counter", "-m", "post"), "1")
            self.assertEqual(client(network.port, "counter", "-m", "get"), "1")
            self.assertEqual(network.kept, {})
        self.assertEqual(self.ask("counter"), "1")

    def test_deferred(self):
        started = time.monotonic()
        self.assertEqual(self.ask("slow").strip(), "slow")
        self.assertGreater(time.monotonic() - started, 0.9)

    def test_deferred_with_its_acknowledgement_lost(self):
        with Lossy(self.server.port, lost_answers=(1, 2)) as network:
            self.assertEqual(client(network.port, "slow", "-m", "post", "-e", "x"), "slow x")

    def test_a_post_is_executed_once_if_its_answer_is_lost(self):
        with Lossy(self.server.port, lost_answers=(1,)) as network:
            self.assertEqual(client(network.port, "counter", "-m", "post"), "1")
            self.assertGreaterEqual(network.requests, 2)
        self.assertEqual(self.ask("counter"), "1")

    def test_a_post_is_executed_once_if_it_is_doubled(self):
        with Lossy(self.server.port, doubled_requests=(1,)) as network:
            self.assertEqual(client(network.port, "counter", "-m", "post"), "1")
        self.assertEqual(self.ask("counter"), "1")

    def test_observation(self):
        changes = 7  # The fifth is confirmable.
        observer = subprocess.Popen([CLIENT, "-w", "-s", "6", f"coap://127.0.0.1:{self.server.port}"
                                     "/counter"], stdout=subprocess.PIPE, text=True)
        time.sleep(1)
        for _ in range(changes):
            self.ask("counter", "-m", "post")
            time.sleep(0.2)
        output, _ = observer.communicate(timeout=PATIENCE_SECONDS)
        # The last one answers the end of the observation.
        self.assertEqual([int(value) for value in output.split()][:changes + 1],
                         list(range(changes + 1)))

    def test_ping(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.settimeout(5)
            end.sendto(bytes.fromhex("40001234"), ("127.0.0.1", self.server.port))
            self.assertEqual(end.recv(64).hex(), "70001234")


class Node(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = SERVER.resolve().parent / "coap_peer"
        cls.folder.mkdir(exist_ok=True)
        lock = cls.folder / "package-lock.json"
        is_new = not lock.exists() or lock.read_text() != (HERE / lock.name).read_text()
        for name in ("package.json", "peer.js"):
            shutil.copy(HERE / name, cls.folder)
        if is_new:
            shutil.copy(HERE / lock.name, cls.folder / "npm-shrinkwrap.json")
            subprocess.run(["npm", "ci", "--omit=dev", "--no-audit", "--no-fund"], cwd=cls.folder,
                           check=True, timeout=PATIENCE_SECONDS * 2)
            shutil.copy(HERE / lock.name, lock)  # Last: now it is installed.

    def test_everything(self):
        with Server() as server, Lossy(server.port, lost_answers=(1,)) as network:
            run = subprocess.run(["node", "peer.js", str(network.port)], cwd=self.folder, text=True,
                                 capture_output=True, timeout=PATIENCE_SECONDS)
        self.assertEqual(run.returncode, 0, run.stderr)
        results = json.loads(run.stdout)
        self.assertEqual(results["echo"], {"code": "2.04", "payload": "hello"})
        self.assertEqual(results["unconfirmed"], {"code": "2.04", "payload": "non"})
        self.assertEqual(results["missing"]["code"], "4.04")
        self.assertEqual(results["big"], {"code": "2.05", "payload": big_text(5000)})
        self.assertEqual(results["slow"], {"code": "2.04", "payload": "slow "})
        self.assertEqual(results["upload"],
                         {"code": "2.04", "payload": upload_summary("upload " * 200)})
        self.assertEqual(results["observe"], list(range(8)))


def main() -> int:
    needed = {CLIENT: "libcoap3-bin", "node": "nodejs", "npm": "npm"}
    missing = [f"{command} (Debian: {package})" for command, package in needed.items()
               if shutil.which(command) is None]
    if missing:
        print(f"not there, and this test needs it: {', '.join(missing)}")
        return 1
    if not SERVER.exists():
        print(f"not built: {SERVER}, the target coap_server")
        return 1
    return 0 if unittest.main(argv=sys.argv[:1], exit=False).result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
