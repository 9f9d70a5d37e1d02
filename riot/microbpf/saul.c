/* SPDX-License-Identifier: MIT */

/**
 * @ingroup     sys_microbpf
 * @{
 *
 * @file
 * @brief       Sensors and actuators of RIOT's registry as programs reach them: by their number
 */

#include <string.h>

#include "microbpf.h"
#include "phydat.h"
#include "saul_reg.h"

static_assert(sizeof(phydat_t) == sizeof(mbpf_measurement_t), "programs see RIOT's phydat_t");

static uint8_t _type(void *context, uint32_t index)
{
    (void)context;
    saul_reg_t *device = saul_reg_find_nth((int)index);

    return device ? device->driver->type : 0;
}

static int32_t _read(void *context, uint32_t index, mbpf_measurement_t *result)
{
    (void)context;
    saul_reg_t *device = saul_reg_find_nth((int)index);
    phydat_t data;
    int count = device ? saul_reg_read(device, &data) : -1;

    if (count > 0) {
        memcpy(result->value, data.val, sizeof(result->value));
        result->unit = data.unit;
        result->scale = data.scale;
    }
    return count;
}

static int32_t _write(void *context, uint32_t index, const mbpf_measurement_t *value)
{
    (void)context;
    saul_reg_t *device = saul_reg_find_nth((int)index);
    phydat_t data = { .unit = value->unit, .scale = value->scale };

    memcpy(data.val, value->value, sizeof(data.val));
    return device ? saul_reg_write(device, &data) : -1;
}

void microbpf_saul_init(mbpf_devices_t *devices)
{
    devices->count = 0;
    for (const saul_reg_t *device = saul_reg; device; device = device->next) {
        devices->count++;
    }
    devices->type = _type;
    devices->read = _read;
    devices->write = _write;
}

/** @} */
