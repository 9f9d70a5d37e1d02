// SPDX-License-Identifier: MIT
// Door of the CBOR layer: a bounded pull reader and a deterministic writer (RFC 8949, 4.2.1), the
// subset that COSE, SUIT and the agent need. Depends on base.
#pragma once

#include "mbpf/cbor/major.hpp"
#include "mbpf/cbor/reader.hpp"
#include "mbpf/cbor/writer.hpp"
