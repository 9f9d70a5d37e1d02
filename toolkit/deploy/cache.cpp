// SPDX-License-Identifier: MIT
#include "toolkit/deploy/cache.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "toolkit/crypto/crypto.hpp"
#include "toolkit/home/home.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/source/line_table.hpp"
#include "toolkit/system/file.hpp"

namespace mbpf::toolkit::deploy {

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

std::string digest_of(Bytes bytes) { return input::hex_text(crypto::functions().sha256(bytes)); }

fs::path path_of(std::string const& digest, char const* suffix) {
    return home::folder("images") / (digest + suffix);
}

// What is known besides the image; nothing if that is lost.
ordered_json read_notes(std::string const& digest) {
    fs::path const path = path_of(digest, ".json");
    std::error_code error;
    if (!fs::is_regular_file(path, error)) {
        return ordered_json::object();
    }
    std::vector<std::byte> const file = system::read_file(path);
    ordered_json notes = ordered_json::parse(as_text(file), nullptr, false);
    return notes.is_object() ? notes : ordered_json::object();
}

}  // namespace

void remember_image(Bytes deployed, Bytes complete, std::string const& source, Bytes file) {
    std::string const digest = digest_of(deployed);
    std::error_code error;
    bool const stays = fs::is_regular_file(source, error);  // A pipe does not.
    ordered_json const notes{{"source", stays ? fs::absolute(source, error).string() : ""},
                             {"source_digest", digest_of(file)}};
    std::string const text =
        notes.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
    system::replace_file(path_of(digest, ".mbpf"), complete);
    system::replace_file(path_of(digest, ".json"), as_bytes(std::string_view(text)));
}

std::optional<CachedImage> find_image(std::string const& digest) {
    fs::path const path = path_of(digest, ".mbpf");
    std::error_code error;
    if (!fs::is_regular_file(path, error)) {
        return {};
    }
    CachedImage image;
    image.input = input::load(path.string(), {program::Format::Image, {}, {}});
    for (source::Row& row : image.input.map.rows) {
        row.text.clear();  // Of some other file of that name.
    }
    ordered_json const notes = read_notes(digest);
    std::string const source = notes.value("source", "");
    bool const is_there = fs::is_regular_file(source, error);
    bool const is_same =
        is_there && digest_of(system::read_file(source)) == notes.value("source_digest", "");
    if (is_same) {
        source::read_texts(image.input.map, source);
    } else if (!source.empty()) {
        image.note = source + (is_there ? " has changed since it was deployed" : " is gone");
    }
    return image;
}

}  // namespace mbpf::toolkit::deploy
