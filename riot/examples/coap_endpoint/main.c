/* SPDX-License-Identifier: MIT */

#include "blob/sum.mbpf.h"
#include "microbpf.h"
#include "shell.h"

MICROBPF_IMAGE(sum, sum_mbpf, sizeof(sum_mbpf));

int main(void)
{
    char line[SHELL_DEFAULT_BUFSIZE];

    shell_run(NULL, line, sizeof(line));
    return 0;
}
