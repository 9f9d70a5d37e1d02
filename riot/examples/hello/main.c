/* SPDX-License-Identifier: MIT */

#include "blob/hello.mbpf.h"
#include "microbpf.h"
#include "shell.h"

MICROBPF_IMAGE(hello, hello_mbpf, sizeof(hello_mbpf));

int main(void)
{
    char line[SHELL_DEFAULT_BUFSIZE];

    shell_run(NULL, line, sizeof(line));
    return 0;
}
