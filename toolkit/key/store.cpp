// SPDX-License-Identifier: MIT
#include "toolkit/key/store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "toolkit/home/home.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/system/file.hpp"

namespace mbpf::toolkit::key {

namespace {

namespace fs = std::filesystem;

constexpr char const* folder_name = "keys";
constexpr char const* private_suffix = ".pem";
constexpr char const* public_suffix = ".pub";

bool is_name(std::string const& name) {
    constexpr std::size_t max_size = 64;
    return !name.empty() && name.size() <= max_size && name.front() != '.' &&
           name.find_first_not_of(
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
               "0123456789-_.@") == std::string::npos;
}

bool is_file_name(std::string const& text) {
    return text.find('/') != std::string::npos || fs::path(text).extension() == private_suffix ||
           fs::path(text).extension() == public_suffix;
}

Failure is_taken(fs::path const& path) {
    return unusable(path.string(), "there is a key of that name already",
                    "choose another name, or move that file away: what it has signed stays");
}

// With O_EXCL nobody's key is ever overwritten, nor is it readable for a moment.
void write_new(fs::path const& path, std::string const& text, mode_t mode) {
    int const file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0 && errno == EEXIST) {
        throw is_taken(path);
    }
    bool const is_written =
        file >= 0 && ::write(file, text.data(), text.size()) == ssize_t(text.size());
    int const reason = errno;
    bool const is_closed = file >= 0 && ::close(file) == 0;
    if (!is_written || !is_closed) {
        if (file >= 0) {
            ::unlink(path.c_str());
        }
        throw unusable(path.string(), fmt::format("cannot write: {}", std::strerror(reason)));
    }
}

std::string read_text(fs::path const& path) {
    return std::string(as_text(system::read_file(path)));
}

// Nothing if it is no key.
std::optional<Entry> read_entry(fs::path const& path) {
    if (std::error_code error; !fs::is_regular_file(path, error)) {
        return {};
    }
    std::string const text = read_text(path);
    Entry entry{path.stem().string(), path, {}, path.extension() == private_suffix};
    if (entry.is_private) {
        std::optional<crypto::PrivateKey> const key = crypto::PrivateKey::read(text);
        entry.key = key ? key->public_key() : port::PublicKey{};
        return key ? std::optional{entry} : std::nullopt;
    }
    std::optional<port::PublicKey> const key = crypto::read_public(text);
    entry.key = key.value_or(port::PublicKey{});
    return key ? std::optional{entry} : std::nullopt;
}

fs::path path_of(std::string const& name, char const* suffix) {
    return is_file_name(name) ? fs::path(name) : home::folder(folder_name) / (name + suffix);
}

Failure no_key(std::string const& name, fs::path const& path) {
    return unusable(path.string(), fmt::format("there is no key {}", name),
                    is_file_name(name)
                        ? ""
                        : fmt::format("make one: `mbpf key new{}`; `mbpf key ls` lists them",
                                      name == default_name ? "" : " " + name));
}

}  // namespace

Entry create(std::string const& name) {
    if (!is_name(name)) {
        throw usage("a key's name is 1 to 64 letters, digits, - _ . and @", name);
    }
    crypto::PrivateKey const key = crypto::PrivateKey::generate();
    fs::path const folder = home::folder(folder_name);
    fs::path const private_file = folder / (name + private_suffix);
    fs::path const public_file = folder / (name + public_suffix);
    if (std::error_code error; fs::exists(public_file, error)) {
        throw is_taken(public_file);  // Perhaps somebody else's, whose name stays his.
    }
    constexpr mode_t owner_only = 0600;
    constexpr mode_t all_read = 0644;
    write_new(private_file, key.pem(), owner_only);
    try {
        write_new(public_file, crypto::public_pem(key.public_key()), all_read);
    } catch (Failure const&) {
        ::unlink(private_file.c_str());
        throw;
    }
    return {name, private_file, key.public_key(), true};
}

std::vector<Entry> list() {
    std::vector<Entry> entries;
    fs::path const folder = home::folder() / folder_name;
    if (std::error_code error; !fs::exists(folder, error)) {
        return entries;  // Whoever makes a key makes the folder.
    }
    for (fs::directory_entry const& file : fs::directory_iterator(folder)) {
        fs::path const path = file.path();
        bool const is_private = path.extension() == private_suffix;
        bool const is_alone = path.extension() == public_suffix &&
                              !fs::exists(fs::path(path).replace_extension(private_suffix));
        if (is_private || is_alone) {
            if (std::optional<Entry> const entry = read_entry(path)) {
                entries.push_back(*entry);
            }
        }
    }
    std::sort(entries.begin(), entries.end(),
              [](Entry const& a, Entry const& b) { return a.name < b.name; });
    return entries;
}

crypto::PrivateKey load(std::string const& name) {
    fs::path const path = path_of(name, private_suffix);
    std::error_code error;
    if (!fs::exists(path, error)) {
        throw no_key(name, path);
    }
    std::optional<crypto::PrivateKey> const key = crypto::PrivateKey::read(read_text(path));
    if (!key) {
        throw unusable(path.string(), "this is no private Ed25519 key in PEM without a passphrase",
                       "`openssl pkey -in FILE -text` says what it is");
    }
    return *key;
}

port::PublicKey load_public(std::string const& name) {
    std::optional<std::vector<std::byte>> const bytes = input::parse_hex(name);
    port::PublicKey key;
    if (bytes && bytes->size() == key.size()) {
        std::copy(bytes->begin(), bytes->end(), key.begin());
        return key;
    }
    std::error_code error;
    for (char const* const suffix : {private_suffix, public_suffix}) {
        fs::path const path = path_of(name, suffix);
        if (!fs::exists(path, error)) {
            continue;
        }
        std::string const text = read_text(path);
        if (std::optional<crypto::PrivateKey> const own = crypto::PrivateKey::read(text)) {
            return own->public_key();
        }
        if (std::optional<port::PublicKey> const other = crypto::read_public(text)) {
            return *other;
        }
        throw unusable(path.string(), "this is no Ed25519 key in PEM");
    }
    throw no_key(name, path_of(name, public_suffix));
}

std::string name_of(port::PublicKey const& key) { return name_of_id(crypto::key_id(key)); }

std::string name_of_id(std::string const& id) {
    for (Entry const& entry : list()) {
        if (crypto::key_id(entry.key) == id) {
            return entry.name;
        }
    }
    return id;
}

}  // namespace mbpf::toolkit::key
