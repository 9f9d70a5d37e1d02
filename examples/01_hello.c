// SPDX-License-Identifier: MIT
// The smallest useful program: prints a line through a helper and returns a number.
//
// Try:  build/mbpf run examples/01_hello.c
//       build/mbpf disasm --source examples/01_hello.c
//
// grant: printf
// output: Hello from inside the sandbox, answer 42!
// expect: 42

#include "mbpf.h"

uint64_t hello(void) {
    uint32_t answer = 42;
    bpf_printf("Hello from inside the sandbox, answer %d!\n", answer);
    return answer;
}
