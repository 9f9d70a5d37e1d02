// SPDX-License-Identifier: MIT
// Door of the CoAP layer: messages (RFC 7252), block-wise transfer (RFC 7959), observation
// (RFC 7641), and a small server without sockets or heap. Depends on base.
#pragma once
