#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Eight examples as containers on eight hooks of the emulated board, all of which run: runtime,
programs, compiled code and stacks take at most 64 KiB of RAM, as the linker and the runtime say.
Exits with 77 if QEMU or the firmware is missing."""

import sys
import time

from world import SOURCE, World, on_board

LIMIT = 64 * 1024
# Example: keys of the global store. All have a hook of their own, most of them a timer's.
PERIODIC = {"01_sensor_average": "15:w", "07_station_climate": "0-1:w",
            "08_station_sound_light": "4-5:w", "09_station_display": "0-5:r"}
ON_REQUEST = {"02_counters": "32:rw", "03_weather_packet": "0-1:r", "04_weather_reply": "0-1:r",
              "05_checksum": None}


def deploy_all(world):
    for name, keys in {**PERIODIC, **ON_REQUEST}.items():
        world.run("deploy", SOURCE / "examples" / "device" / f"{name}.c", "--name", name,
                  *(["--keys", keys] if keys else []))


def wait_until_all_have_run(world):
    for name in ON_REQUEST:
        world.run("call", name, "--data", "bytes to add")
    deadline = time.monotonic() + 60
    while True:
        containers = world.json("ps", "--map")["containers"]
        idle = [each["name"] for each in containers if each["runs"] == 0]
        if not idle:
            return containers
        assert time.monotonic() < deadline, f"these have not run: {idle}"
        time.sleep(0.2)


def check_memory(world):
    containers = wait_until_all_have_run(world)
    assert len(containers) == 8, containers
    assert all(each["faults"] == 0 and each["state"] == "ready" for each in containers), containers
    assert len({(each["hooks"][0]["kind"], each["hooks"][0].get("path", each["name"]))
                for each in containers}) == 8
    ram = world.json("ps", "--map")["ram"]
    parts = {each["name"]: each for each in ram["parts"]}
    assert parts.keys() == {"runtime", "programs", "code", "stack", "network"}, parts
    assert sum(each["bytes"] for name, each in parts.items() if name != "network") == \
        ram["bytes_without_network"] <= LIMIT, ram
    # What containers have fits into what the board says that it has for them.
    assert sum(each["memory_bytes"] for each in containers) <= parts["programs"]["bytes"]
    # The stack is measured, and some of it was never used.
    assert 512 < parts["stack"]["used_bytes"] < parts["stack"]["bytes"], parts
    return ram


def check_all(world):
    deploy_all(world)
    ram = check_memory(world)
    print(world.run("ps", "--map"))
    print(f"eight containers in {ram['bytes_without_network']} bytes of RAM")


if __name__ == "__main__":
    sys.exit(on_board(World, check_all))
