#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Deployment over a network that loses one datagram in five, each way, delivers some twice, and is
not there for a while."""

import json
import pathlib
import select
import socket
import subprocess
import sys
import tempfile
import threading

from world import TOOL, World

LOST, DOUBLED = 5, 7  # Every so many datagrams.


def copies_of(number: int) -> int:
    return 0 if number % LOST == 0 else 2 if number % DOUBLED == 0 else 1


class LossyPath:
    """Between one client at a time and a device on this PC."""

    def __init__(self, device_port: int):
        self.front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.front.bind(("127.0.0.1", 0))
        self.back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.back.connect(("127.0.0.1", device_port))
        self.port = self.front.getsockname()[1]
        self.requests = self.responses = 0
        self.outage = 0  # So many requests are lost from now on.
        self.is_closed = False
        self.thread = threading.Thread(target=self.carry, daemon=True)
        self.thread.start()

    def carry(self) -> None:
        client = None
        while not self.is_closed:
            for ready in select.select([self.front, self.back], [], [], 0.2)[0]:
                if ready is self.front:
                    datagram, client = self.front.recvfrom(2048)
                    self.requests += 1
                    self.outage -= 1
                    copies = 0 if self.outage >= 0 else copies_of(self.requests)
                    for _ in range(copies):
                        self.back.send(datagram)
                else:
                    datagram = self.back.recv(2048)
                    self.responses += 1
                    for _ in range(copies_of(self.responses)):
                        self.front.sendto(datagram, client)

    def close(self) -> None:
        self.is_closed = True
        self.thread.join()


def check(world, path) -> None:
    world.run("device", "use", f"coap://127.0.0.1:{path.port}")
    table = ",".join(str(value % 251) for value in range(1500))
    for name, result in (("first", 7), ("second", 8)):
        source = world.write(f"{name}.c", f"""
            #include "mbpf.h"
            static uint8_t const table[] = {{{table}}};
            SEC("coap/{name}") int start(uint8_t const* c, uint64_t n) {{
                return table[n] + {result};
            }}""")
        deployed = json.loads(world.run("deploy", source, "--json"))
        assert deployed["sequence"] == 1, deployed  # Doubled messages install nothing twice.
        assert world.run("call", name).strip() == str(result)
    path.outage = 3
    for _ in range(3):
        world.run("stop", "first")
        world.run("start", "first")
    containers = world.containers()
    assert containers["first"]["sequence"] == 7 and len(containers) == 2, containers
    world.run("rm", "first")
    assert list(world.containers()) == ["second"]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        world = World(pathlib.Path(folder))
        try:
            world.run("key", "new")
            world.run("device", "start", "d", "--host")
            address = world.json("device", "ls")["devices"][0]["address"]
            path = LossyPath(int(address.rsplit(":", 1)[1]))
            check(world, path)
            path.close()
            assert min(path.requests, path.responses) > 30, (path.requests, path.responses)
            print(f"{path.requests} requests, {path.responses} responses: 1 in {LOST} was lost")
        finally:
            subprocess.run([TOOL, "device", "stop"], env=world.environment, capture_output=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
