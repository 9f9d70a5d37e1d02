// SPDX-License-Identifier: MIT
#include "tests/unit/storage/support/journal.hpp"

#include <gtest/gtest.h>

namespace mbpf::test {

Result<void> apply(storage::Storage& storage, Change const& change) {
    return change.is_removal ? storage.remove(change.kind, change.key)
                             : storage.put(change.kind, change.key, as_bytes(change.value));
}

void apply(Model& model, Change const& change) {
    if (change.is_removal) {
        model.erase({change.kind, change.key});
    } else {
        model[{change.kind, change.key}] = change.value;
    }
}

Model contents(storage::Storage const& storage, unsigned kinds) {
    Model found;
    for (unsigned kind = 0; kind < kinds; ++kind) {
        auto const number = std::uint8_t(kind);
        std::string previous;
        for (auto record = storage.next(number); record;
             record = storage.next(number, record->key)) {
            std::string const key{record->key};
            EXPECT_TRUE(previous.empty() || previous < key);
            EXPECT_EQ(record->kind, number);
            auto const value = storage.find(number, key);
            EXPECT_TRUE(value && value->data() == record->value.data());
            found[{number, key}] = as_text(record->value);
            previous = key;
        }
    }
    return found;
}

std::vector<Change> random_script(std::uint32_t seed, std::size_t count, std::uint32_t keys,
                                  std::uint32_t max_value_bytes) {
    std::mt19937 random{seed};
    std::vector<Change> script;
    for (std::size_t i = 0; i < count; ++i) {
        auto const key = std::uint32_t(random() % keys);
        std::string value(random() % (max_value_bytes + 1), '\0');
        for (char& character : value) {
            character = char(random());
        }
        script.push_back(
            {std::uint8_t(key % 2), "key" + std::string(key, 'k'), value, random() % 4 == 0});
    }
    return script;
}

}  // namespace mbpf::test
