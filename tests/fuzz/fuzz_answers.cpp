// SPDX-License-Identifier: MIT
// Any bytes as what a device answers to the toolkit: what it is, its containers, its log, why it
// refuses, a map. A device may be anybody.
#include "mbpf/maps/maps.hpp"
#include "tests/fuzz/opened.hpp"
#include "toolkit/maps/contents.hpp"
#include "toolkit/remote/status.hpp"

namespace mbpf::fuzz {
namespace {

namespace remote = toolkit::remote;

void examine_containers(Bytes answer) {
    for (remote::Container const& container :
         remote::decode_containers(answer).value_or(std::vector<remote::Container>{})) {
        require(!container.state_text().empty() && !container.engine_text().empty());
        require(container.digest.empty() || container.digest.size() == 64);
        for (toolkit::package::Hook const& hook : container.hooks) {
            require(hook.path.size() <= answer.size());
        }
    }
}

void examine_map(Bytes answer) {
    std::optional<remote::MapContents> contents = remote::decode_map(answer);
    if (!contents || contents->memory.size() != maps::memory_bytes(contents->record)) {
        return;
    }
    maps::Map const map{contents->record, contents->memory};
    for (toolkit::maps::Item const& item :
         toolkit::maps::items_of(map, toolkit::maps::Zeros::Kept)) {
        require(item.value.size() <= contents->memory.size());
        require(!toolkit::maps::value_text(item.value).empty() || item.value.empty());
    }
}

void examine(std::uint8_t what, Bytes answer) {
    switch (what % 5) {
        case 0: static_cast<void>(remote::decode_device(answer).has_value()); return;
        case 1: examine_containers(answer); return;
        case 2: {
            auto const piece = remote::decode_log(answer);
            require(!piece || piece->text.size() < answer.size());
            return;
        }
        case 3: {
            auto const refusal = remote::decode_refusal(answer);
            require(!refusal || refusal->error.fault != Fault::None);
            return;
        }
        default: examine_map(answer);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size != 0) {
        Input const input{data + 1, size - 1};
        examine(data[0], input.bytes());
    }
    return 0;
}

}  // namespace mbpf::fuzz
