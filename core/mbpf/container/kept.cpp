// SPDX-License-Identifier: MIT
#include "mbpf/container/kept.hpp"

#include "mbpf/container/runtime.hpp"

namespace mbpf::container {

namespace {

using helpers::Store;

constexpr std::size_t owner_bytes = 8;  // Of the signer's key.

}  // namespace

void KeptWrites::request(std::uint64_t now_us) {
    if (due_us_ != never) {
        return;
    }
    due_us_ = now_us + std::uint64_t{config::kept_delay_ms} * 1000;
    if (full_us_ > due_us_ + saved_up_us) {
        due_us_ = full_us_ - saved_up_us;
    }
}

void KeptWrites::note(std::uint64_t now_us) {
    due_us_ = never;
    full_us_ = (full_us_ > now_us ? full_us_ : now_us) + write_us;
}

void restore(Store& store, KeptPlace const& place, helpers::KeyRights const* rights) {
    std::optional<Bytes> const kept = place.storage.find(kept_kind, place.name);
    if (!kept || kept->size() < owner_bytes ||
        __builtin_memcmp(kept->data(), place.signer.data(), owner_bytes) != 0) {
        return;
    }
    Bytes const entries = kept->subspan(owner_bytes);
    for (std::size_t at = 0; fits(at, sizeof(Store::Entry), entries.size());
         at += sizeof(Store::Entry)) {
        Store::Entry const entry = load<Store::Entry>(entries, at);
        if (rights == nullptr || rights->keep_own(entry.key) == Store::Keep::Yes) {
            (void)store.put(entry.key, entry.value, Store::Keep::Yes);  // It had room then.
        }
    }
    store.set_saved();
}

Result<void> save(Store& store, KeptPlace const& place) {
    std::array<Store::Entry, Store::max_entries> room;
    std::span<Store::Entry const> const entries = store.kept(room);
    std::array<std::byte, owner_bytes + sizeof room> record;
    __builtin_memcpy(record.data(), place.signer.data(), owner_bytes);
    if (!entries.empty()) {
        __builtin_memcpy(record.data() + owner_bytes, entries.data(), entries.size_bytes());
    }
    Result<void> const done = place.storage.put(
        kept_kind, place.name, Bytes{record}.first(owner_bytes + entries.size_bytes()));
    if (done.has_value()) {
        store.set_saved();
    }
    return done;
}

// A write that fails is tried again when the next may be.
void Runtime::keep_changes() {
    auto const keep = [this](Store& store, KeptWrites& writes, std::string_view name,
                             port::PublicKey const& signer) {
        if (!store.is_unsaved()) {
            return;
        }
        std::uint64_t const now = now_us();
        writes.request(now);
        if (now >= writes.due_us()) {
            writes.note(now);
            (void)save(store, {storage_, name, signer});
        }
    };
    keep(global_, global_writes_, {}, {});
    for (Container& container : containers_) {
        keep(container.environment.local, container.kept_writes, container.name.text(),
             container.record.signer);
    }
}

// Its image is replaced: what it has to keep goes on to the next. A signed step, so it need not
// wait.
void Runtime::keep_now(Container& container) {
    if (container.environment.local.is_unsaved()) {
        (void)save(container.environment.local,
                   {storage_, container.name.text(), container.record.signer});
    }
}

}  // namespace mbpf::container
