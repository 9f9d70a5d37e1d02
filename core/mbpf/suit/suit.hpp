// SPDX-License-Identifier: MIT
// Door of the SUIT layer: signed manifests (COSE_Sign1, RFC 9052) of two profiles, read and
// written. Depends on cbor and port.
#pragma once

#include "mbpf/suit/command.hpp"
#include "mbpf/suit/config.hpp"
#include "mbpf/suit/head.hpp"
#include "mbpf/suit/manifest.hpp"
#include "mbpf/suit/profile.hpp"
#include "mbpf/suit/sign1.hpp"
#include "mbpf/suit/write.hpp"
