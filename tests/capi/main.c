// SPDX-License-Identifier: MIT
// The C interface, used from C11 and from C++20: these files are compiled as both.
#include <string.h>

#include "check.h"

unsigned checks_failed = 0;

int main(void) {
    test_programs();
    test_helpers();
    test_code();
    test_environment();
    test_maps();
    test_device();
    TELL("%u checks failed\n", checks_failed);
    return checks_failed == 0 ? 0 : 1;
}
