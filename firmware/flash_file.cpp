// SPDX-License-Identifier: MIT
#include "firmware/flash_file.hpp"

#include <array>

// What sections.ld.in keeps free behind the image.
extern "C" std::byte store_start[];
extern "C" std::byte store_end[];

namespace mbpf::firmware {

namespace {

using semihosting::File;

WritableBytes memory() { return {store_start, store_end}; }

void fill_erased(WritableBytes bytes) { __builtin_memset(bytes.data(), 0xff, bytes.size()); }

}  // namespace

FlashFile::FlashFile(char const* name)
    : file_{name, File::Mode::Update}, is_usable_{file_.is_open() || create(name)} {
    is_usable_ =
        is_usable_ && file_.size() == memory().size() && file_.seek(0) && file_.read(memory());
}

bool FlashFile::create(char const* name) {
    fill_erased(memory());
    bool const is_written = File{name, File::Mode::Write}.write(memory());
    return is_written && file_.reopen(name, File::Mode::Update);
}

port::Flash FlashFile::port() {
    return {
        .memory = memory(),
        .sector_bytes = flash_sector_bytes,
        .context = this,
        .erase = [](void* self,
                    std::uint32_t offset) { return static_cast<FlashFile*>(self)->erase(offset); },
        .write = [](void* self, std::uint32_t offset,
                    Bytes bytes) { return static_cast<FlashFile*>(self)->write(offset, bytes); }};
}

// The file first: what is in memory after a failure is in the file, too.
bool FlashFile::put(std::uint32_t offset, Bytes bytes) {
    if (!file_.seek(offset) || !file_.write(bytes)) {
        return false;
    }
    __builtin_memcpy(memory().data() + offset, bytes.data(), bytes.size());
    return true;
}

// In pieces: each is small enough for the stack.
bool FlashFile::erase(std::uint32_t offset) {
    std::array<std::byte, 512> blank;
    fill_erased(blank);
    bool is_done =
        offset % flash_sector_bytes == 0 && fits(offset, flash_sector_bytes, memory().size());
    for (std::uint32_t i = 0; i < flash_sector_bytes && is_done; i += blank.size()) {
        is_done = put(offset + i, blank);
    }
    return is_done;
}

// Stricter than flash: writing twice is a mistake that must not stay unseen here.
bool FlashFile::write(std::uint32_t offset, Bytes bytes) {
    if (offset % port::flash_write_bytes != 0 || bytes.size() % port::flash_write_bytes != 0 ||
        !fits(offset, bytes.size(), memory().size()) ||
        !port::is_erased(memory().subspan(offset, bytes.size()))) {
        return false;
    }
    return put(offset, bytes);
}

}  // namespace mbpf::firmware
