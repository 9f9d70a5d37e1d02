// SPDX-License-Identifier: MIT
// Nothing: cmake/tests.cmake has the headers compiled with it that all tests include.
