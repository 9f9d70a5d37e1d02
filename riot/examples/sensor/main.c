/* SPDX-License-Identifier: MIT */

/* A sensor that is not there, an event with a context, and a helper of the application. */

#include <inttypes.h>
#include <stdio.h>

#include "blob/average.mbpf.h"
#include "microbpf.h"
#include "phydat.h"
#include "saul_reg.h"
#include "shell.h"

#define EVENT_LOOK      7

typedef struct {
    int32_t tenths;
    int32_t average;
} limit_t;

MICROBPF_IMAGE(average, average_mbpf, sizeof(average_mbpf));

static uint64_t _raise_alarm(mbpf_caller_t *caller, const uint64_t *args)
{
    (void)caller;
    printf("alarm: %" PRId32 " tenths\n", (int32_t)args[0]);
    return 1;
}

MICROBPF_HELPERS(raise_alarm_helper) =
    MBPF_HELPER(0xa0, _raise_alarm, MBPF_SCALAR, 0, 0, 0, 0);

static int _read(const void *dev, phydat_t *data)
{
    (void)dev;
    data->val[0] = 235;
    data->unit = UNIT_TEMP_C;
    data->scale = -1;
    return 1;
}

static const saul_driver_t _driver = { .read = _read, .write = saul_write_notsup,
                                       .type = SAUL_SENSE_TEMP };
static saul_reg_t _thermometer = { .name = "thermometer", .driver = &_driver };

static int _look(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    limit_t limit = { .tenths = 200 };
    mbpf_hook_result_t result;
    uint32_t ran = microbpf_hook_run(EVENT_LOOK, &limit, sizeof(limit), MBPF_READ_WRITE, &result);

    printf("%" PRIu32 " ran, average %" PRId32 ", result %" PRId32 "\n", ran, limit.average,
           (int32_t)result.result);
    return 0;
}

SHELL_COMMAND(look, "Raise the event that asks for the average", _look);

int main(void)
{
    char line[SHELL_DEFAULT_BUFSIZE];

    saul_reg_add(&_thermometer);
    microbpf_install_own("average", NULL);
    shell_run(NULL, line, sizeof(line));
    return 0;
}
