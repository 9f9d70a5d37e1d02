// SPDX-License-Identifier: MIT
// Door of the CoAP layer: messages (RFC 7252), block-wise transfer (RFC 7959), observation
// (RFC 7641), and a small server without sockets or heap. Depends on base.
#pragma once

#include "mbpf/coap/block.hpp"
#include "mbpf/coap/code.hpp"
#include "mbpf/coap/config.hpp"
#include "mbpf/coap/fetch.hpp"
#include "mbpf/coap/message.hpp"
#include "mbpf/coap/peer.hpp"
#include "mbpf/coap/reply.hpp"
#include "mbpf/coap/request.hpp"
#include "mbpf/coap/server.hpp"
#include "mbpf/coap/uri.hpp"
