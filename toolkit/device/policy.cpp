// SPDX-License-Identifier: MIT
#include "toolkit/device/policy.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>

#include "toolkit/explain/helper_names.hpp"
#include "toolkit/input/grants.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/key/store.hpp"
#include "toolkit/layout/append.hpp"
#include "toolkit/package/hook.hpp"
#include "toolkit/package/keys.hpp"
#include "toolkit/problem.hpp"

namespace mbpf::toolkit::device {

namespace {

using container::HookKind;
using container::SignerRecord;
using nlohmann::ordered_json;

constexpr std::array hook_kinds{HookKind::Boot, HookKind::Period, HookKind::Request,
                                HookKind::CoapPacket, HookKind::Event};
constexpr char const* all = "all";

// Of a signer whose programs may do all with all keys; of an image, "all" is less.
constexpr program::KeyRange every_key{0, 0xffff'ffff, program::KeyRange::all};

std::optional<std::vector<program::KeyRange>> keys_of(std::string const& text) {
    return text == all ? std::vector{every_key} : package::parse_keys(text);
}

std::uint8_t bit_of(HookKind kind) { return std::uint8_t(1u << unsigned(kind)); }

std::uint8_t every_hook() {
    unsigned bits = 0;
    for (HookKind const kind : hook_kinds) {
        bits |= bit_of(kind);
    }
    return std::uint8_t(bits);
}

void set_helpers(SignerRecord& signer, machine::HelperSet const& granted) {
    constexpr std::uint32_t word_bits = 32;
    for (std::uint32_t id = 0; id <= config::max_helper_id; ++id) {
        if (granted.contains(HelperId{id})) {
            signer.helpers[id / word_bits] |= 1u << (id % word_bits);
        }
    }
}

ordered_json helpers_json(SignerRecord const& signer) {
    verifier::Policy const policy = container::verifier_policy(signer);
    ordered_json list = ordered_json::array();
    for (std::uint32_t id = 0; id <= config::max_helper_id; ++id) {
        if (policy.granted.contains(HelperId{id})) {
            std::string_view const name = explain::name_of(HelperId{id});
            list.push_back(name.empty() ? std::to_string(id) : std::string(name));
        }
    }
    bool const is_every = list.size() == config::max_helper_id + 1;
    return is_every ? ordered_json(all) : list;
}

ordered_json hooks_json(SignerRecord const& signer) {
    if (signer.hook_kinds == every_hook()) {
        return all;
    }
    ordered_json list = ordered_json::array();
    for (HookKind const kind : hook_kinds) {
        if ((signer.hook_kinds & bit_of(kind)) != 0) {
            list.push_back(package::name_of(kind));
        }
    }
    return list;
}

ordered_json signer_json(SignerRecord const& signer) {
    std::string keys;
    for (std::uint32_t i = 0; i < signer.key_range_count; ++i) {
        keys += (keys.empty() ? "" : ",") + package::keys_text(signer.keys[i]);
    }
    ordered_json json;
    json["key"] = input::hex_text(signer.key);
    json["administrator"] = signer.is_administrator();
    json["helpers"] = helpers_json(signer);
    json["hooks"] = hooks_json(signer);
    json["keys"] = keys;
    json["instructions_per_run"] = std::uint32_t(signer.run_instructions);
    json["instructions_per_second"] = std::uint32_t(signer.second_instructions);
    json["memory_bytes"] = std::uint32_t(signer.memory_bytes);
    return json;
}

// Reads one signer; every key that it does not read is a mistake.
class SignerReader {
public:
    SignerReader(ordered_json const& json, std::string const& path) : json_{json}, path_{path} {}

    SignerRecord read() {
        if (!json_.is_object()) {
            refuse("a signer is an object");
        }
        signer_.key = key::load_public(text("key"));
        signer_.flags = flag("administrator") ? SignerRecord::administrator : std::uint8_t{0};
        read_helpers();
        read_hooks();
        read_keys();
        signer_.run_instructions = number("instructions_per_run");
        signer_.second_instructions = number("instructions_per_second");
        signer_.memory_bytes = number("memory_bytes");
        if (known_ != json_.size()) {
            refuse(
                "a signer has key, administrator, helpers, hooks, keys, instructions_per_run, "
                "instructions_per_second and memory_bytes, and nothing else");
        }
        return signer_;
    }

private:
    [[noreturn]] void refuse(std::string reason) const {
        Problem problem = unusable(path_, std::move(reason)).problem();
        problem.found = json_.dump();
        throw Failure{ExitCode::Unusable, std::move(problem)};
    }

    ordered_json const* find(char const* name) {
        auto const found = json_.find(name);
        known_ += found != json_.end() ? 1u : 0u;
        return found != json_.end() ? &*found : nullptr;
    }
    std::string text(char const* name) {
        ordered_json const* const value = find(name);
        if (value == nullptr || !value->is_string()) {
            refuse(fmt::format("\"{}\" of a signer is a text and must be there", name));
        }
        return value->get<std::string>();
    }
    bool flag(char const* name) {
        ordered_json const* const value = find(name);
        if (value != nullptr && !value->is_boolean()) {
            refuse(fmt::format("\"{}\" of a signer is true or false", name));
        }
        return value != nullptr && value->get<bool>();
    }
    std::uint32_t number(char const* name) {
        ordered_json const* const value = find(name);
        if (value == nullptr) {
            return 0;
        }
        bool const is_word =
            value->is_number_unsigned() &&
            value->get<std::uint64_t>() <= std::numeric_limits<std::uint32_t>::max();
        if (!is_word) {
            refuse(fmt::format("\"{}\" of a signer is a number from 0 to 4294967295", name));
        }
        return value->get<std::uint32_t>();
    }
    // Texts of a list, or of "all".
    std::vector<std::string> list(char const* name) {
        ordered_json const* const value = find(name);
        std::vector<std::string> texts;
        if (value == nullptr) {
            return texts;
        }
        if (value->is_string() && *value == all) {
            return {all};
        }
        bool const is_list = value->is_array() &&
                             std::all_of(value->begin(), value->end(),
                                         [](ordered_json const& item) { return item.is_string(); });
        if (!is_list) {
            refuse(fmt::format("\"{}\" of a signer is \"all\" or a list of texts", name));
        }
        return value->get<std::vector<std::string>>();
    }

    void read_helpers() {
        machine::HelperSet granted;
        for (std::string const& name : list("helpers")) {
            if (name == all) {
                granted = machine::HelperSet::all();
                continue;
            }
            std::optional<HelperId> const id = explain::parse_helper(name);
            if (!id) {
                refuse(fmt::format("there is no helper {}", name));
            }
            granted.add(*id);
        }
        set_helpers(signer_, granted);
    }
    void read_hooks() {
        for (std::string const& name : list("hooks")) {
            std::optional<HookKind> const kind = package::kind_named(name);
            if (!kind && name != all) {
                refuse(fmt::format("there is no kind of hook {}", name));
            }
            signer_.hook_kinds =
                std::uint8_t(signer_.hook_kinds | (kind ? bit_of(*kind) : every_hook()));
        }
    }
    void read_keys() {
        ordered_json const* const value = find("keys");
        if (value == nullptr || (value->is_string() && value->get<std::string>().empty())) {
            return;
        }
        std::optional<std::vector<program::KeyRange>> const ranges =
            value->is_string() ? keys_of(value->get<std::string>()) : std::nullopt;
        if (!ranges || ranges->size() > config::max_signer_key_ranges) {
            refuse("\"keys\" of a signer is up to 4 ranges: \"0-9:rw,16:r\", or \"all\"");
        }
        std::copy(ranges->begin(), ranges->end(), std::begin(signer_.keys));
        signer_.key_range_count = std::uint8_t(ranges->size());
    }

    ordered_json const& json_;
    std::string const& path_;
    SignerRecord signer_;
    std::size_t known_ = 0;
};

}  // namespace

SignerRecord administrator(port::PublicKey const& key) {
    SignerRecord signer;
    signer.key = key;
    set_helpers(signer, machine::HelperSet::all());
    signer.hook_kinds = every_hook();
    signer.flags = SignerRecord::administrator;
    signer.keys[0] = every_key;
    signer.key_range_count = 1;
    return signer;
}

ordered_json policy_json(container::Policy const& policy) {
    ordered_json signers = ordered_json::array();
    for (SignerRecord const& signer : policy.signers()) {
        signers.push_back(signer_json(signer));
    }
    return {{"signers", signers}};
}

std::vector<std::byte> encode_policy(std::vector<SignerRecord> const& signers) {
    std::vector<std::byte> bytes;
    for (SignerRecord const& signer : signers) {
        layout::append(bytes, signer);
    }
    return bytes;
}

std::vector<std::byte> parse_policy(std::string_view text, std::string const& path) {
    ordered_json const json = ordered_json::parse(text, nullptr, false);
    bool is_object = json.is_object() && json.contains("signers") && json["signers"].is_array();
    for (auto const& [name, value] : json.items()) {
        // What `policy show --json` says besides.
        is_object = is_object && (name == "signers" || name == "status" || name == "device" ||
                                  name == "sequence");
    }
    if (!is_object) {
        throw unusable(path, "a policy is {\"signers\": [...]}, and nothing else",
                       "`mbpf device policy show` prints one to start from");
    }
    std::vector<SignerRecord> signers;
    for (ordered_json const& signer : json["signers"]) {
        signers.push_back(SignerReader{signer, path}.read());
    }
    if (signers.empty() || signers.size() > config::max_signers) {
        throw unusable(path, fmt::format("a policy has 1 to {} signers", config::max_signers));
    }
    bool const has_administrator =
        std::any_of(signers.begin(), signers.end(),
                    [](SignerRecord const& signer) { return signer.is_administrator(); });
    if (!has_administrator) {
        throw unusable(path, "nobody could ever change this policy again",
                       "make one of the signers an administrator");
    }
    return encode_policy(signers);
}

}  // namespace mbpf::toolkit::device
