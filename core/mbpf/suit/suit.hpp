// SPDX-License-Identifier: MIT
// Door of the SUIT layer: signed manifests (COSE_Sign1, RFC 9052) of two profiles, read and
// written. Depends on cbor and port.
#pragma once
