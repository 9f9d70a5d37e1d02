#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The verbs of deployment from outside: keys, envelopes, and a device that is a process."""

import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

from world import DONE, REFUSED, SKIPPED, SOURCE, TOOL, TRAPPED, UNAVAILABLE, UNUSABLE, USAGE, World

EXAMPLES = SOURCE / "examples"

PROGRAM = """#include "mbpf.h"
#define SEC(name) __attribute__((section(name), used))
SEC("coap/peek@2")
uint64_t peek(uint8_t const* bytes, uint64_t count) {
    bpf_printf("peek %d\\n", (int)count);
    return bytes[count == 1 ? 1000 : 0];
}
SEC("event/7")
uint64_t note(void) { return 1; }
"""


def test_no_device_is_said_clearly(world):
    for verb in [["ps"], ["log"], ["device", "info"], ["call", "x"], ["fault", "x"]]:
        text = world.run(*verb, "--device", "coap://127.0.0.1:9", code=UNAVAILABLE)
        assert "coap://127.0.0.1:9" in text, text
        assert "device ls" in world.run(*verb, "--device", "nix", code=UNAVAILABLE), verb


def test_device_answers(world):
    info = world.json("device", "info")
    assert info["board"] == "host" and info["policy_sequence"] >= 1, info
    assert world.json("device", "ping")["took_us"] > 0
    listed = world.json("device", "ls")
    assert listed["current"] == "d" and listed["devices"][0]["running"], listed
    assert "runs already" in world.run("device", "start", "d", "--host")


def test_deploy_call_and_fault(world):
    program = world.write("peek.c", PROGRAM)
    first = world.json("deploy", program)
    assert first["name"] == "peek" and first["sequence"] == 1, first
    assert world.run("call", "peek", "--data", "hex:41 42") == "65\n"
    failed = world.json("call", "peek", "--data", "A", code=TRAPPED)["report"]
    assert failed["name"] == "LoadOutside" and failed["file"] == "peek.c", failed
    world.run("build", program, "-o", "peek.mbpf")
    world.run("deploy", "peek.mbpf", "--entry", "note", code=USAGE)
    taken = world.run("deploy", program, "--name", "another", code=REFUSED)
    assert "request to /c/peek" in taken, taken
    fault = world.json("fault", "peek")
    assert fault["run"] == 2 and fault["faults"] == 1, fault
    assert fault["report"]["line"] == 6 and "1000" in fault["report"]["source"], fault
    row = world.json("ps")["containers"][0]
    assert [hook["kind"] for hook in row["hooks"]] == ["coap", "event"], row
    assert row["hooks"][0]["order"] == 2 and row["runs"] == 2, row
    assert "peek: peek 2\n" in world.run("log")
    text = world.run("log", "--from", 99_999)
    assert "shorter" in text and "peek: peek 2\n" in text, text
    program.write_text(PROGRAM + "// Longer.\n")
    assert "has changed" in world.run("fault", "peek")


def test_what_is_not_compiled_is_said(world):
    program = EXAMPLES / "01_hello.c"
    plain = world.json("deploy", program, "--name", "plain")
    assert "warnings" not in plain and plain["hooks"] == "request to /c/plain", plain
    wished = world.json("deploy", program, "--name", "plain", "--engine", "jit")
    assert wished["warnings"] == "interpreted: the device compiles nothing", wished
    world.run("rm", "plain")


def test_rollback(world):
    one = world.write("one.c", '#include "mbpf.h"\nuint64_t run(void) { return 1; }\n')
    two = world.write("two.c", '#include "mbpf.h"\nuint64_t run(void) { return 2; }\n')
    world.run("deploy", one, "--name", "both")
    world.run("rollback", "both", code=REFUSED)
    world.run("deploy", two, "--name", "both")
    assert world.run("call", "both") == "2\n"
    assert world.json("rollback", "both")["sequence"] == 3
    assert world.run("call", "both") == "1\n"
    # Any PC with the key can do it: what is kept here of the images is not needed.
    shutil.rmtree(world.folder / "home" / "images")
    world.run("rollback", "both")
    assert world.run("call", "both") == "2\n"


def test_devices_at_once(world):
    """Several that change the list of devices wait for one another."""
    names = [f"at-once-{number}" for number in range(4)]
    running = [subprocess.Popen([TOOL, "device", "start", name, "--host"], env=world.environment,
                                stdout=subprocess.DEVNULL) for name in names]
    try:
        assert [process.wait(timeout=60) for process in running] == [0] * len(names)
        listed = {device["name"] for device in world.json("device", "ls")["devices"]}
        assert listed >= {"d", *names}, listed
    finally:
        for name in names:
            world.run("device", "rm", name)
        world.run("device", "use", "d")


def test_commands(world):
    program = world.write("tick.c", '#include "mbpf.h"\nuint64_t t(void) { return 1; }\n')
    world.run("deploy", program, "--on-timer", "20ms", "--on-request", "tick")
    world.run("stop", "tick")
    assert "ContainerStopped" in json.dumps(world.json("call", "tick", code=REFUSED))
    runs = world.json("ps")["containers"]
    assert any(row["state"] == "stopped" for row in runs), runs
    world.run("start", "tick")
    time.sleep(0.3)
    rows = {row["name"]: row for row in world.json("ps")["containers"]}
    assert rows["tick"]["runs"] > 2, rows
    world.run("rm", "tick")
    assert "tick" not in world.run("ps")
    # A removed name keeps its number.
    assert world.json("deploy", program)["sequence"] == 5
    world.run("rm", "tick")
    for verb in ["stop", "start", "rm", "rollback", "call", "fault"]:
        world.run(verb, "nobody", code=REFUSED)


def test_policy(world):
    world.run("key", "new", "guest")
    program = world.write("guest.c", '#include "mbpf.h"\nuint64_t g(void) { return 5; }\n')
    refused = world.json("deploy", program, "--key", "guest", code=REFUSED)
    assert refused["report"]["name"] == "SignerUnknown", refused
    policy = json.loads(world.run("device", "policy", "show"))
    guest = {"key": "guest", "helpers": ["printf"], "hooks": ["coap"]}
    file = world.write("policy.json", json.dumps({"signers": [*policy["signers"], guest]}))
    world.run("device", "policy", "set", file, "--key", "guest", code=REFUSED)
    world.run("device", "policy", "set", file)
    world.run("deploy", program, "--key", "guest")
    refused = world.json("deploy", program, "--key", "guest", "--on-boot", code=REFUSED)
    assert refused["report"]["name"] == "HookNotGranted", refused
    world.run("rm", "guest", "--key", "guest")
    world.run("device", "policy", "set", world.write("bad.json", "{}"), code=UNUSABLE)
    shown = world.json("device", "policy", "show")
    world.run("device", "policy", "set", world.write("shown.json", json.dumps(shown)))
    shown["signer"] = []
    world.run("device", "policy", "set", world.write("bad.json", json.dumps(shown)), code=UNUSABLE)


def test_simulated_sensors_are_set_and_read(world):
    source = ('#include "mbpf.h"\nuint64_t warm(void) { phydat_t heat; '
              'uint32_t sensor = bpf_saul_reg_find_type(130); '
              'return bpf_saul_reg_read(sensor, &heat) == 1 ? (uint64_t)heat.val[0] : 9999; }\n')
    world.run("deploy", world.write("warm.c", source))
    for text, tenths in (("23.5", 235), ("-4", -40)):
        world.run("device", "set", "temp", text)
        assert int(world.run("call", "warm")) == tenths % 2**64, text
    for name, text in (("nothing", "1"), ("temp", "warm"), ("temp", "1e9")):
        world.run("device", "set", name, text, code=REFUSED)
    world.run("rm", "warm")


def press(world, temperature):
    world.run("device", "set", "temp", temperature)
    for level in "10":
        world.run("device", "set", "pin0.3", level)
        time.sleep(0.25)  # The program looks every 100 ms.


def test_maps_are_seen_from_outside_and_values_are_kept(world):
    words = ["--keys", "0:own", "--restart", "always"]
    world.run("deploy", EXAMPLES / "device" / "12_events.c", "--name", "events", *words)
    press(world, "23.5")
    press(world, "23.9")
    press(world, "-4")
    assert world.run("call", "events") == "3\n"
    listed = {row["name"]: row for row in world.json("map", "events")["maps"]}
    assert list(listed) == ["presses", "by_temperature"], listed
    assert listed["presses"]["memory_bytes"] == 264, listed
    assert "ring buffer of 256 bytes" in world.run("map", "events")
    assert sorted(world.run("map", "events", "by_temperature").split("\n")) == \
        ["", "0: 1", "23: 2"]
    taken = world.json("map", "events", "presses", "--take")["items"]
    records = [struct.unpack("<IIi", bytes.fromhex(item["value"])) for item in taken]
    assert [(number, heat) for number, _, heat in records] == [(1, 235), (2, 239), (3, -40)]
    assert records[0][1] < records[1][1] < records[2][1], records
    assert world.json("map", "events", "0")["items"] == []
    world.run("map", "events", "by_temperature", "--take", code=USAGE)
    world.run("map", "events", "nothing", code=USAGE)
    refused = world.json("map", "events", "2", code=REFUSED)
    assert refused["report"]["name"] == "MapUnknown", refused
    time.sleep(1.5)  # A change waits a second for others.
    world.run("device", "stop")
    world.run("device", "start", "d")
    assert world.run("call", "events") == "3\n"
    assert world.run("map", "events", "by_temperature") == ""
    world.run("rm", "events")


def test_a_program_that_never_restarts_stays_out(world):
    source = '#include "mbpf.h"\nint bad(void) { return *(volatile int*)1; }\n'
    world.run("deploy", world.write("bad.c", source), "--on-boot", "--restart", "never")
    time.sleep(0.5)
    row = {row["name"]: row for row in world.json("ps")["containers"]}["bad"]
    assert row["state"] == "failed" and row["faults"] == 1, row
    world.run("rm", "bad")


def test_declarations_of_maps_that_make_no_sense(world):
    source = ('#include "mbpf.h"\nstruct { __uint(type, 5); __uint(max_entries, 4); } queue '
              'SEC(".maps");\nvoid* f(int* key) { return bpf_map_lookup_elem(&queue, key); }\n')
    text = world.run("build", world.write("queue.c", source), code=UNUSABLE)
    assert "queue" in text and "type 5" in text and "BPF_MAP_TYPE_RINGBUF" in text, text


def test_a_device_fetches_its_image(world):
    two = world.write("two.c", '#include "mbpf.h"\nuint64_t run(void) { return 2; }\n')
    sent = world.json("deploy", two, "--name", "pulled", "--pull")
    assert sent["uri"].startswith("coap://127.0.0.1:") and sent["sent_bytes"] < 400, sent
    assert world.run("call", "pulled") == "2\n"
    if shutil.which("coap-server-notls") is None:
        print("no coap-server-notls: --uri is left out")
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(["coap-server-notls", "-A", "127.0.0.1", "-p", str(port), "-d", "4",
                               "-v", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def put(name, file):
        for _ in range(20):
            done = subprocess.run(["coap-client-notls", "-m", "put", "-B", "2", "-f", file,
                                   f"coap://127.0.0.1:{port}/{name}"], capture_output=True)
            shown = subprocess.run(["coap-client-notls", "-m", "get", "-B", "2", "-o", "-",
                                    f"coap://127.0.0.1:{port}/{name}"], capture_output=True)
            if shown.stdout == file.read_bytes():
                return f"coap://127.0.0.1:{port}/{name}"
        raise AssertionError(f"the server does not take {name}: {done}")

    try:
        padding = "".join(f"x ^= {n * 77_777_777 % 2**31}u; x *= x + {n}u;\n" for n in range(60))
        three = world.write("three.c", '#include "mbpf.h"\nuint32_t three(uint32_t* p, uint64_t n)'
                            " { uint32_t x = n; " + padding + " return x * 0 + 3; }\n")
        image = world.folder / "three.mbpf"
        world.run("build", three, "--strip", "--on-request", "three", "-o", image)
        uri = put("three", image)
        world.run("deploy", image, "--name", "pulled", "--uri", uri)
        assert world.run("call", "pulled") == "3\n"
        world.run("build", two, "--strip", "--on-request", "two", "-o", world.folder / "2.mbpf")
        for command, name in ((["2.mbpf", "--uri", uri], "DigestMismatch"),
                              (["2.mbpf", "--uri", uri + "x"], "FetchFailed"),
                              (["2.mbpf", "--uri", "coap://localhost/x"], "UriUnsupported")):
            refused = world.json("deploy", *command, "--name", "pulled", code=REFUSED)
            assert refused["report"]["name"] == name, refused
            assert world.run("call", "pulled") == "3\n"
        assert "4.04" in world.run("deploy", "2.mbpf", "--name", "pulled", "--uri", uri + "x",
                                   code=REFUSED)
    finally:
        server.kill()
        server.wait()
    world.run("deploy", two, "--pull", "--uri", uri, code=USAGE)
    world.run("rm", "pulled")


def test_a_silent_server_keeps_nobody_waiting(world):
    world.run("deploy", EXAMPLES / "01_hello.c", "--name", "patient")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.settimeout(10)
        uri = f"coap://127.0.0.1:{silent.getsockname()[1]}/nothing"
        waiting = subprocess.Popen([TOOL, "deploy", EXAMPLES / "01_hello.c", "--name", "patient",
                                    "--uri", uri], env=world.environment, cwd=world.folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            silent.recv(2048)  # It is being asked.
            started = time.monotonic()
            assert world.run("call", "patient") == "42\n"
            assert time.monotonic() - started < 2
            refused = world.json("deploy", EXAMPLES / "01_hello.c", "--name", "other", code=REFUSED)
            assert refused["report"]["name"] == "ContainerBusy", refused
            world.run("stop", "patient")
        finally:
            waiting.kill()
            waiting.wait()


def test_device_keeps_its_containers(world):
    world.run("device", "stop")  # It may be waiting for a server.
    world.run("device", "start", "d")
    world.run("deploy", EXAMPLES / "01_hello.c", "--name", "stays")
    world.run("device", "stop")
    assert "does not run" in world.run("ps", code=UNAVAILABLE)
    world.run("device", "start", "d")
    assert world.run("call", "stays") == "42\n"


def test_bad_arguments(world):
    world.run("deploy", EXAMPLES / "01_hello.c", "--name", "Not Good", code=USAGE)
    world.run("deploy", EXAMPLES / "01_hello.c", "--on-timer", "5", code=USAGE)
    world.run("deploy", EXAMPLES / "01_hello.c", "--on-event", "nobody=5", code=USAGE)
    world.run("deploy", EXAMPLES / "01_hello.c", "--keys", "1", code=USAGE)
    world.run("deploy", "missing.c", code=UNUSABLE)
    world.run("deploy", EXAMPLES / "01_hello.c", "--key", "missing", code=UNUSABLE)
    world.run("call", "stays", "--data", "hex:0", code=USAGE)
    assert "it has no maps" in world.run("map", "stays", "counts", code=USAGE)
    for size in (300, 3000):
        text = world.run("call", "stays", "--data", "a" * size, code=REFUSED)
        assert "payload is larger" in text and f"{size} bytes" in text and "256 bytes" in text, text
    assert "no decimal number" in world.run("device", "set", "temp", "hot", code=REFUSED)
    flash = world.json("device", "start", "d")["flash"]
    assert "device d," in world.run("device", "start", "e", "--host", "--flash", flash,
                                    code=UNUSABLE)


# Which look like options.
def test_names_with_a_dash_in_front(world):
    world.write("-dash.c", "int dash(void) { return N; }\n")
    world.run("deploy", "./-dash.c", "--name=-dash", "--", "-DN=5")
    assert world.run("deploy", "./-dash.c", "--", "-DN=6").startswith("dash #1")
    assert world.run("call", "--", "-dash") == "5\n"
    world.run("rm", "--", "-dash")
    world.run("rm", "dash")
    world.run("rm", "--", "dash", "more", code=USAGE)


def test_what_is_signed_elsewhere_is_taken_once(world):
    world.write("signed.c", "int signed_away(void) { return 42; }\n")
    world.run("build", "signed.c", "--on-request", "signed", "-o", "signed.mbpf")
    world.run("sign", "signed.mbpf", "--name", "signed", "--sequence", 3, "--class",
              world.json("device", "info")["class"], "-o", "signed.suit")
    assert "another one" in world.run("deploy", "signed.suit", "--name", "other", code=USAGE)
    sent = world.json("deploy", "signed.suit")
    assert (sent["name"], sent["sequence"]) == ("signed", 3), sent
    assert world.run("call", "signed").strip() == "42"
    assert "sent before" in world.run("deploy", "signed.suit", code=REFUSED)
    envelope = bytearray((world.folder / "signed.suit").read_bytes())
    envelope[-1] ^= 1
    (world.folder / "changed.suit").write_bytes(envelope)
    world.run("deploy", "changed.suit", code=REFUSED)
    (world.folder / "cut.suit").write_bytes(envelope[:50])
    world.run("deploy", "cut.suit", code=UNUSABLE)
    world.run("rm", "signed")


def test_pipes_give_their_bytes_once(world):
    def deploy(data, file, *words, code=DONE):
        done = subprocess.run([TOOL, "deploy", file, *words], input=data, capture_output=True,
                              timeout=60, env=world.environment, cwd=world.folder)
        assert done.returncode == code, done
        return (done.stdout + done.stderr).decode()

    def deploy_fifo(data, name, **how):
        os.mkfifo(world.folder / name)
        threading.Thread(target=(world.folder / name).write_bytes, args=(data,),
                         daemon=True).start()
        return deploy(None, name, **how)

    source = world.write("piped.c", "int piped(int* p, long n) { return n ? p[99] : 7; }\n")
    world.run("build", source, "-o", "piped.mbpf")
    world.run("sign", "piped.mbpf", "--name", "piped", "--sequence", 9, "--class",
              world.json("device", "info")["class"], "-o", "piped.suit")
    image, envelope = ((world.folder / f"piped.{end}").read_bytes() for end in ("mbpf", "suit"))
    deploy(image, "/dev/stdin", "--name", "piped")
    assert world.run("call", "piped").strip() == "7"
    world.run("call", "piped", "--data", "A", code=TRAPPED)
    fault = world.run("fault", "piped")
    assert "piped.c:1" in fault and "gone" not in fault, fault
    assert "piped #9" in deploy_fifo(envelope, "pipe")
    deploy_fifo(image, "image-pipe")
    assert world.run("call", "image-pipe").strip() == "7"
    assert "from a file" in deploy_fifo(source.read_bytes(), "pipe.c", code=UNUSABLE)
    deploy(b"", "/dev/stdin", code=UNUSABLE)
    world.run("rm", "piped")
    world.run("rm", "image-pipe")


def test_watching_says_what_is_missing(world):
    watching = subprocess.Popen([TOOL, "deploy", "absent.c", "--watch"], env=world.environment,
                                cwd=world.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True)
    try:
        assert "absent.c" in watching.stderr.readline()
        whole = world.write("whole.c", "int absent(void) { return 8; }\n")
        whole.rename(world.folder / "absent.c")
        assert "absent #1" in watching.stdout.readline()
    finally:
        watching.kill()
        watching.communicate()
    world.run("rm", "absent")


def test_a_process_of_others_is_no_device(world):
    other = subprocess.Popen(["sleep", "60"])
    home = world.folder / "other"
    home.mkdir()
    (home / "devices.json").write_text(json.dumps({"current": "x", "devices": [
        {"name": "x", "board": "host", "port": 5, "process": other.pid, "flash": ""}]}))
    own, world.environment["MBPF_HOME"] = world.environment["MBPF_HOME"], str(home)
    try:
        assert not world.json("device", "ls")["devices"][0]["running"]
        assert "did not run" in world.run("device", "stop")
        assert other.poll() is None
    finally:
        world.environment["MBPF_HOME"] = own
        other.kill()
        other.wait()


def test_envelopes_show_what_was_changed(world):
    world.run("build", EXAMPLES / "01_hello.c", "-o", "h.mbpf")
    world.run("sign", "h.mbpf", "--name", "h", "--sequence", 9)
    over = ["sign", "h.mbpf", "--name", "h", "--sequence", 9, "-o", "h.mbpf"]
    assert "overwrite" in world.run(*over, code=UNUSABLE)
    world.run("sign", "h.mbpf", "--name", "h", "--sequence", 0, code=USAGE)
    for uri in ("http://192.0.2.1/x", "coap://localhost/x"):
        world.run("sign", "h.mbpf", "--name", "h", "--sequence", 9, "--uri", uri, code=USAGE)
    shown = world.json("manifest", "show", "h.suit")
    assert shown["signed_by"] == "default" and shown["payload_matches"], shown
    changed = bytearray((world.folder / "h.suit").read_bytes())
    changed[200] ^= 1  # In the manifest.
    (world.folder / "x.suit").write_bytes(changed)
    world.run("manifest", "show", "x.suit", code=UNUSABLE)
    assert "no signed envelope" in world.run("manifest", "show", "h.mbpf", code=UNUSABLE)


def test_keys_of_others_stay_and_none_is_needed_to_look(world):
    keys = world.folder / "home" / "keys"
    (keys / "folder.pem").mkdir()
    assert [key["name"] for key in world.json("key", "ls")["keys"]].count("folder") == 0
    world.run("key", "new", "mine")
    (keys / "mine.pub").rename(keys / "theirs.pub")  # Theirs is known by its public half only.
    assert "already" in world.run("key", "new", "theirs", code=UNUSABLE)
    assert not (keys / "theirs.pem").exists()
    own, world.environment["MBPF_HOME"] = world.environment["MBPF_HOME"], "/proc/nowhere"
    try:
        assert "none of the keys here" in world.run("manifest", "show", "h.suit")
        assert "no key yet" in world.run("key", "ls")
        assert "/proc/nowhere" in world.run("key", "new", code=UNUSABLE)
    finally:
        world.environment["MBPF_HOME"] = own


def main():
    device = pathlib.Path(TOOL).parent / "mbpf-device"
    if not os.environ.get("MBPF_CLANG", "x") or not device.exists():
        print("needs clang and mbpf-device")
        return SKIPPED
    tests = [value for name, value in globals().items() if name.startswith("test_")]
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        world = World(pathlib.Path(name))
        world.run("device", "start", "d", "--host")
        try:
            for test in tests:
                try:
                    test(world)
                except Exception:  # The others still run.
                    failed += 1
                    print(f"{test.__name__} failed")
                    traceback.print_exc()
        finally:
            world.run("device", "rm", "d")
    print(f"{len(tests) - failed} of {len(tests)} passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
