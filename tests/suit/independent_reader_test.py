#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads what our encoder wrote with other people's CBOR and Ed25519: every byte of it is accounted
for, and its signature holds. The packages are Debian's, so this runs under Debian's Python."""

import hashlib
import os
import subprocess
import sys

SYSTEM_PYTHON = "/usr/bin/python3"
SKIPPED = 77

try:
    import cbor2
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    if os.path.realpath(sys.executable) == os.path.realpath(SYSTEM_PYTHON) \
            or not os.path.exists(SYSTEM_PYTHON):
        print("no cbor2 or cryptography (Debian: python3-cbor2, python3-cryptography)")
        sys.exit(SKIPPED)
    os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON, *sys.argv])

VENDOR, CLASS, DEVICE = (bytes(range(first, first + 16)) for first in (0x10, 0x20, 0x30))
DIGEST = bytes(range(0x40, 0x60))
PAYLOAD = b"an image in the envelope"
URI = "coap://[2001:db8::1]/blink"


def decoded(data: bytes):
    """The one item in `data`, which must be its canonical encoding."""
    item = cbor2.loads(data)
    expect(data, cbor2.dumps(item, canonical=True))
    return item


def expect(found, wanted):
    if found != wanted:
        raise AssertionError(f"found {found!r}, wanted {wanted!r}")


def verify_sign1(sign1, key: bytes, aad: bytes, algorithm: int, has_key_id: bool,
                 detached: bytes | None = None) -> bytes:
    """Checks a COSE_Sign1 (RFC 9052) and returns what it signs."""
    expect(sign1.tag, 18)
    headers, unprotected, payload, signature = sign1.value
    expect(unprotected, {})
    wanted = {1: algorithm} | ({4: hashlib.sha256(key).digest()[:8]} if has_key_id else {})
    expect(decoded(headers), wanted)
    if detached is not None:
        expect(payload, None)
        payload = detached
    signed = cbor2.dumps(["Signature1", headers, aad, payload])
    public = Ed25519PublicKey.from_public_bytes(key)
    public.verify(signature, signed)
    try:
        public.verify(signature, cbor2.dumps(["Signature1", headers, aad + b"x", payload]))
    except InvalidSignature:
        return payload
    raise AssertionError("the signature holds for anything")


def check_authentication(envelope: dict, manifest: bytes, key: bytes, is_ietf: bool):
    blocks = decoded(envelope[2])
    if is_ietf:
        digest, block = blocks
        verify_sign1(decoded(block), key, b"", -19, True, digest)
    else:
        block, = blocks
        digest = verify_sign1(decoded(block), key, b"", -8, False)
    wrapped = hashlib.sha256(cbor2.dumps(manifest)).digest()
    expect(decoded(digest), [-16 if is_ietf else 2, wrapped])


def check_envelope(data: bytes, key: bytes, name: str):
    is_ietf, has_device = name.startswith("ietf"), name.endswith("device")
    is_integrated = name.endswith("integrated")
    envelope = decoded(data)
    if is_ietf:
        expect(envelope.tag, 107)
        envelope = envelope.value
    expect(list(envelope), [2, 3] + (["#c"] if is_integrated else []))
    check_authentication(envelope, envelope[3], key, is_ietf)

    digest = hashlib.sha256(PAYLOAD).digest() if is_integrated else DIGEST
    size = len(PAYLOAD) if is_integrated else 400
    manifest = decoded(envelope[3])
    install, validate = (20, 7) if is_ietf else (9, 10)
    expect(list(manifest), [1, 2, 3] + sorted([install, validate]))
    expect((manifest[1], manifest[2]), (1, 70_000))
    common = decoded(manifest[3])
    expect(list(common), [2, 4])
    expect(common[2], [[b"mbpf", b"blink"] if is_ietf else [b"ram", b"0"]])
    parameters = {1: VENDOR, 2: CLASS, 3: cbor2.dumps([-16 if is_ietf else 2, digest]), 14: size}
    expect(decoded(common[4]), [20, parameters | ({24: DEVICE} if has_device else {}),
                                1, 15, 2, 15] + ([24, 15] if has_device else []))
    expect(decoded(manifest[install]), [20 if is_ietf else 19,
                                        {21: "#c" if is_integrated else URI}, 21, 2, 3, 15])
    expect(decoded(manifest[validate]), [3, 15])
    if is_integrated:
        expect(envelope["#c"], PAYLOAD)


def check_command(data: bytes, key: bytes):
    domain = b"mbpf-command" + VENDOR + CLASS + DEVICE
    expect(verify_sign1(decoded(data), key, domain, -19, True), b"stop")


def main() -> int:
    written = subprocess.run([os.environ["MBPF_WRITE_ENVELOPES"]], check=True,
                             capture_output=True, text=True).stdout.split()
    messages = list(zip(written[0::3], written[1::3], written[2::3]))
    expect([name for name, _, _ in messages],
           ["ietf", "ietf_device", "riot", "ietf_integrated", "command"])
    for name, key, message in messages:
        data = bytes.fromhex(message)
        if name == "command":
            check_command(data, bytes.fromhex(key))
        else:
            check_envelope(data, bytes.fromhex(key), name)
        print(f"{name}: {len(data)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
