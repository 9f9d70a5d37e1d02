// SPDX-License-Identifier: MIT
// Door of the container layer: installed programs, their rights, hooks and budgets, and when they
// run. Depends on jit, helpers and storage.
#pragma once

#include "mbpf/container/journal.hpp"
#include "mbpf/container/log.hpp"
#include "mbpf/container/name.hpp"
#include "mbpf/container/policy.hpp"
#include "mbpf/container/runtime.hpp"
