// SPDX-License-Identifier: MIT
// Door of the container layer: installed programs, their rights, hooks and budgets, and when they
// run. Depends on jit, helpers and storage.
#pragma once
