#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The examples for a device as containers of the emulated board: deployed, and left to their hooks.
Sensors are set, and libcoap's client reads answers. The weather station goes on beside a container
that misbehaves. Exits with 77 if QEMU, the firmware or the client is missing."""

import shutil
import subprocess
import sys
import time

from world import SKIPPED, SOURCE, World, on_board

WAIT_SECONDS = 30


class Board(World):
    def deploy(self, example, name, *words):
        self.run("deploy", SOURCE / "examples" / "device" / f"{example}.c", "--name", name, *words)

    def set(self, **values):
        for name, value in values.items():
            self.run("device", "set", name, value)

    def request(self, path, method="get", data=None):
        """What libcoap's client prints: the payload, or the code of an answer that is none."""
        address = self.json("device", "info")["address"]
        done = subprocess.run(["coap-client-notls", "-m", method, *(["-e", data] if data else []),
                               f"{address}/{path}"], capture_output=True, text=True, timeout=60)
        return (done.stdout + done.stderr).strip()


def eventually(what, look, expected):
    deadline = time.monotonic() + WAIT_SECONDS
    while (found := look()) != expected:
        assert time.monotonic() < deadline, f"{what}: {found!r}, not {expected!r}"
        time.sleep(0.1)


WEATHER = '{"temperature": 22.3, "humidity": 65.3}'


def check_station(board):
    board.set(temp="22.3", hum="65.3", light="40", sound="70.5")
    board.deploy("07_station_climate", "climate", "--keys", "0-1:w")
    board.deploy("08_station_sound_light", "surroundings", "--keys", "4-5:w", "--engine", "jit")
    board.deploy("09_station_display", "display", "--keys", "0-5:r")
    board.deploy("10_station_query", "query", "--keys", "0-5:r", "--engine", "jit")
    eventually("climate", lambda: board.request("c/climate"), WEATHER)
    eventually("surroundings", lambda: board.request("c/surroundings"),
               '{"light_intensity": 40.0, "sound_volume": 70.5}')
    board.set(temp="-4.5")
    eventually("colder", lambda: board.request("c/climate"), WEATHER.replace("22.3", "-4.5"))
    listed = board.request("mbpf")  # By a client that knows nothing of ours.
    assert all(f"{name} #1 ready" in listed for name in ("climate", "display", "query")), listed
    eventually("shown", lambda: "Temperature: " in board.run("log"), True)


def check_misbehaviour(board):
    """The button lets it follow a bad pointer; the four go on."""
    board.deploy("90_display_bug", "bug")
    board.set(button="1")
    eventually("a fault", lambda: board.containers()["bug"]["faults"] > 0, True)
    fault = board.run("fault", "bug")
    assert "90_display_bug.c:16" in fault, fault
    before = board.containers()
    board.set(temp="30.1")
    eventually("warmer", lambda: board.request("c/climate"), WEATHER.replace("22.3", "30.1"))
    after = board.containers()
    for name in ("climate", "surroundings", "display", "query"):
        assert after[name]["runs"] > before[name]["runs"], name
        assert after[name]["faults"] == 0, name
    for name in ("bug", "display", "surroundings", "query"):
        board.run("rm", name)


def check_sensors_and_storage(board):
    board.deploy("01_sensor_average", "average", "--keys", "15:w")
    board.deploy("02_counters", "count", "--keys", "32:rw")
    board.deploy("02_counters", "other", "--keys", "32:rw", "--", '-DPATH="other"')
    assert [board.request("c/count"), board.request("c/count"), board.request("c/other")] == \
        ["1 1", "2 2", "1 3"]
    eventually("an average", lambda: board.containers()["average"]["runs"] >= 4, True)
    assert board.containers()["average"]["faults"] == 0
    for name in ("average", "count", "other"):
        board.run("rm", name)


def check_answers(board):
    board.set(temp="22.3")
    board.deploy("03_weather_packet", "packet", "--keys", "0-1:r", "--engine", "jit")
    board.deploy("04_weather_reply", "reply", "--keys", "0-1:r")
    board.deploy("05_checksum", "checksum", "--engine", "jit")
    eventually("plain", lambda: board.request("c/weather-plain"), WEATHER)
    assert board.request("c/weather") == WEATHER
    assert board.request("c/checksum", "post", "abcdefgh") == str(0xebe19591)
    for name in ("packet", "reply", "checksum", "climate"):
        board.run("rm", name)


def check_control(board):
    board.deploy("06_thermostat", "thermostat", "--engine", "jit")
    assert board.request("c/thermostat") == "21.0"
    board.set(temp="18.0")
    eventually("heating", lambda: board.request("sim/led0"), "1")
    assert board.request("c/thermostat", "put", "17.2") == "17.2"
    eventually("not heating", lambda: board.request("sim/led0"), "0")
    assert "4.00" in board.request("c/thermostat", "put", "warm")
    board.run("rm", "thermostat")
    board.deploy("11_blink", "blink")
    eventually("a lamp", lambda: board.request("sim/led0"), "1")
    eventually("a lamp", lambda: board.request("sim/led0"), "0")
    board.run("stop", "blink")  # In the middle of its sleep.
    assert board.containers()["blink"]["state"] == "stopped"


if __name__ == "__main__":
    if shutil.which("coap-client-notls") is None:
        print("no coap-client-notls (Debian: libcoap3-bin)")
        sys.exit(SKIPPED)
    sys.exit(on_board(Board, check_station, check_misbehaviour, check_sensors_and_storage,
                      check_answers, check_control))
