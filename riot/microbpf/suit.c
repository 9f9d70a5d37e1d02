/* SPDX-License-Identifier: MIT */

/**
 * @ingroup     sys_microbpf
 * @{
 *
 * @file
 * @brief       Places for RIOT's SUIT worker: the image of mbpf.N becomes the container mbpf-N
 *
 * The worker has verified signature, sequence number and digest when it installs. Whether the
 * program may run is looked at then, and before the container of that name is replaced.
 */

#include <stdio.h>
#include <string.h>

#include "fmt.h"
#include "log.h"
#include "microbpf.h"
#include "suit.h"
#include "suit/storage.h"
#include "xfa.h"

#define PREFIX      ".mbpf."

XFA_USE(suit_storage_t, suit_storage_reg);

typedef struct {
    suit_storage_t storage;     /* must be first */
    uint32_t sequence;
    uint32_t location;
    size_t length;
} places_t;

static uint8_t _image[CONFIG_MICROBPF_SLOT_SIZE];

static places_t *_of(suit_storage_t *storage)
{
    return (places_t *)storage;
}

static bool _read_location(const char *text, uint32_t *location)
{
    static const size_t prefix = sizeof(PREFIX) - 1;

    if (strncmp(text, PREFIX, prefix) != 0 || !fmt_is_number(text + prefix) ||
        strlen(text + prefix) > 2) {
        return false;
    }
    *location = scn_u32_dec(text + prefix, 2);
    return *location < CONFIG_MICROBPF_SUIT_LOCATIONS;
}

static int _init(suit_storage_t *storage)
{
    _of(storage)->length = 0;
    return SUIT_OK;
}

static int _begin(suit_storage_t *storage, const suit_manifest_t *manifest, size_t len)
{
    (void)manifest;
    _of(storage)->length = 0;
    return len > sizeof(_image) ? SUIT_ERR_STORAGE_EXCEEDED : SUIT_OK;
}

static int _write(suit_storage_t *storage, const suit_manifest_t *manifest, const uint8_t *buf,
                  size_t offset, size_t len)
{
    (void)manifest;
    if (offset != _of(storage)->length || len > sizeof(_image) - offset) {
        return SUIT_ERR_STORAGE_EXCEEDED;
    }
    memcpy(_image + offset, buf, len);
    _of(storage)->length += len;
    return SUIT_OK;
}

static int _finish(suit_storage_t *storage, const suit_manifest_t *manifest)
{
    (void)storage;
    (void)manifest;
    return SUIT_OK;
}

static int _read(suit_storage_t *storage, uint8_t *buf, size_t offset, size_t len)
{
    if (offset > _of(storage)->length || len > _of(storage)->length - offset) {
        return SUIT_ERR_STORAGE_EXCEEDED;
    }
    memcpy(buf, _image + offset, len);
    return SUIT_OK;
}

static int _read_ptr(suit_storage_t *storage, const uint8_t **buf, size_t *len)
{
    *buf = _image;
    *len = _of(storage)->length;
    return SUIT_OK;
}

static int _install(suit_storage_t *storage, const suit_manifest_t *manifest)
{
    char name[MBPF_MAX_NAME + 1];
    mbpf_error_t error;

    snprintf(name, sizeof(name), "mbpf-%u", (unsigned)_of(storage)->location);
    if (microbpf_install(name, _image, _of(storage)->length, &error) != MBPF_FAULT_NONE) {
        LOG_ERROR("microbpf: %s is refused: %s at %" PRIu32 "\n", name,
                  mbpf_fault_name(error.fault), error.where);
        /* The worker does not look at the result, but at the image once more. */
        _of(storage)->length = 0;
        return SUIT_ERR_STORAGE;
    }
    suit_storage_set_seq_no_all(manifest->seq_number);
    LOG_INFO("microbpf: %s installed\n", name);
    return SUIT_OK;
}

static int _erase(suit_storage_t *storage)
{
    memset(_image, 0, sizeof(_image));
    _of(storage)->length = 0;
    return SUIT_OK;
}

static bool _has_location(const suit_storage_t *storage, const char *location)
{
    (void)storage;
    uint32_t number;

    return _read_location(location, &number);
}

static int _set_active_location(suit_storage_t *storage, const char *location)
{
    return _read_location(location, &_of(storage)->location) ? SUIT_OK
                                                             : SUIT_ERR_STORAGE_UNAVAILABLE;
}

static int _get_seq_no(const suit_storage_t *storage, uint32_t *seq_no)
{
    *seq_no = ((const places_t *)storage)->sequence;
    return SUIT_OK;
}

static int _set_seq_no(suit_storage_t *storage, uint32_t seq_no)
{
    if (seq_no <= _of(storage)->sequence) {
        return SUIT_ERR_SEQUENCE_NUMBER;
    }
    _of(storage)->sequence = seq_no;
    return SUIT_OK;
}

static const suit_storage_driver_t _driver = {
    .init = _init,
    .start = _begin,
    .write = _write,
    .finish = _finish,
    .read = _read,
    .read_ptr = _read_ptr,
    .install = _install,
    .erase = _erase,
    .has_location = _has_location,
    .set_active_location = _set_active_location,
    .get_seq_no = _get_seq_no,
    .set_seq_no = _set_seq_no,
    .separator = '.',
};

static places_t _places = { .storage.driver = &_driver };

XFA(suit_storage_t *, suit_storage_reg, 0) microbpf_suit_places = &_places.storage;

/** @} */
