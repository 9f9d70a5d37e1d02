/* SPDX-License-Identifier: MIT */

/**
 * @ingroup     sys_microbpf
 * @{
 *
 * @file
 * @brief       Storage that outlives a restart: part of a memory technology device (MTD)
 */

#include "log.h"
#include "microbpf.h"
#include "mtd.h"

static mtd_dev_t *_mtd;

static int _read(void *context, uint32_t offset, void *to, size_t bytes)
{
    (void)context;
    return mtd_read(_mtd, to, CONFIG_MICROBPF_MTD_OFFSET + offset, bytes);
}

static int _erase(void *context, uint32_t offset)
{
    (void)context;
    return mtd_erase(_mtd, CONFIG_MICROBPF_MTD_OFFSET + offset, CONFIG_MICROBPF_SECTOR_SIZE);
}

static int _program(void *context, uint32_t offset, const void *from, size_t bytes)
{
    (void)context;
    uint32_t at = CONFIG_MICROBPF_MTD_OFFSET + offset;

    return mtd_write_page_raw(_mtd, from, at / _mtd->page_size, at % _mtd->page_size, bytes);
}

bool microbpf_mtd_configure(mbpf_flash_t *flash)
{
    mtd_dev_t *mtd = mtd_dev_get(CONFIG_MICROBPF_MTD);
    int result = mtd ? mtd_init(mtd) : -1;

    if (result != 0) {
        LOG_ERROR("microbpf: MTD %u does not start: %d\n", (unsigned)CONFIG_MICROBPF_MTD, result);
        return false;
    }
    uint32_t sector = mtd->page_size * mtd->pages_per_sector;
    uint64_t end = (uint64_t)CONFIG_MICROBPF_MTD_OFFSET + flash->bytes;
    if (CONFIG_MICROBPF_SECTOR_SIZE % sector != 0 || CONFIG_MICROBPF_MTD_OFFSET % sector != 0) {
        LOG_ERROR("microbpf: sectors of MTD %u have %" PRIu32 " bytes: CONFIG_MICROBPF_SECTOR_SIZE "
                  "and CONFIG_MICROBPF_MTD_OFFSET must be multiples\n",
                  (unsigned)CONFIG_MICROBPF_MTD, sector);
        return false;
    }
    if (end > (uint64_t)sector * mtd->sector_count || 8 % mtd->write_size != 0) {
        LOG_ERROR("microbpf: MTD %u has no %" PRIu32 " bytes at %" PRIu32 ", or cannot write 8\n",
                  (unsigned)CONFIG_MICROBPF_MTD, (uint32_t)flash->bytes,
                  (uint32_t)CONFIG_MICROBPF_MTD_OFFSET);
        return false;
    }
    _mtd = mtd;
    flash->read = _read;
    flash->erase = _erase;
    flash->program = _program;
    return true;
}

/** @} */
