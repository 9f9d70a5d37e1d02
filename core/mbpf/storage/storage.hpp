// SPDX-License-Identifier: MIT
// Door of the storage layer: slots for images and a journal of records in flash that loses power at
// any write. Depends on port.
#pragma once

#include "mbpf/storage/medium.hpp"
#include "mbpf/storage/slot_writer.hpp"
