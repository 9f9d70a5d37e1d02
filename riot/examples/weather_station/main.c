/* SPDX-License-Identifier: MIT */

/* Four containers that know nothing of each other but numbers of values: of a device that stays up
 * if one of them does not. Its sensors are not there. */

#include "blob/climate.mbpf.h"
#include "blob/display.mbpf.h"
#include "blob/query.mbpf.h"
#include "blob/soundlight.mbpf.h"
#include "microbpf.h"
#include "phydat.h"
#include "saul_reg.h"
#include "shell.h"

MICROBPF_IMAGE(climate, climate_mbpf, sizeof(climate_mbpf));
MICROBPF_IMAGE(soundlight, soundlight_mbpf, sizeof(soundlight_mbpf));
MICROBPF_IMAGE(display, display_mbpf, sizeof(display_mbpf));
MICROBPF_IMAGE(query, query_mbpf, sizeof(query_mbpf));

#define SENSE_SOUND     (133)   /* as programs know it; RIOT's registry has no name for it */

static int _tell(phydat_t *data, int16_t value, uint8_t unit)
{
    data->val[0] = value;
    data->unit = unit;
    data->scale = -1;
    return 1;
}

static int _temperature(const void *dev, phydat_t *data)
{
    (void)dev;
    return _tell(data, 223, UNIT_TEMP_C);
}

static int _humidity(const void *dev, phydat_t *data)
{
    (void)dev;
    return _tell(data, 653, UNIT_PERCENT);
}

static int _light(const void *dev, phydat_t *data)
{
    (void)dev;
    return _tell(data, 400, UNIT_PERCENT);
}

static int _sound(const void *dev, phydat_t *data)
{
    (void)dev;
    return _tell(data, 520, UNIT_NONE);
}

#define DRIVER(read_, type_) { .read = (read_), .write = saul_write_notsup, .type = (type_) }

static const saul_driver_t _drivers[] = {
    DRIVER(_temperature, SAUL_SENSE_TEMP),
    DRIVER(_humidity, SAUL_SENSE_HUM),
    DRIVER(_light, SAUL_SENSE_LIGHT),
    DRIVER(_sound, SENSE_SOUND),
};
static saul_reg_t _sensors[ARRAY_SIZE(_drivers)];

int main(void)
{
    char line[SHELL_DEFAULT_BUFSIZE];

    for (unsigned i = 0; i < ARRAY_SIZE(_drivers); i++) {
        _sensors[i].name = "sensor";
        _sensors[i].driver = &_drivers[i];
        saul_reg_add(&_sensors[i]);
    }
    shell_run(NULL, line, sizeof(line));
    return 0;
}
