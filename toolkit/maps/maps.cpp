// SPDX-License-Identifier: MIT
#include "toolkit/maps/maps.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "toolkit/deploy/cache.hpp"
#include "toolkit/device/device.hpp"
#include "toolkit/device/registry.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/maps/contents.hpp"
#include "toolkit/remote/remote.hpp"
#include "toolkit/report/problem_report.hpp"

namespace mbpf::toolkit::maps {

namespace {

using nlohmann::ordered_json;

struct Options {
    std::string container;
    std::string map;
    std::string device;
    bool takes = false;
    bool follows = false;
    bool is_json = false;
};

using Names = std::vector<std::string>;

// The names in the image, if it was deployed from here.
std::optional<Names> names_of(remote::Container const& container) {
    auto const image = deploy::find_image(container.digest);
    if (!image) {
        return {};
    }
    Names names;
    for (std::uint32_t i = 0; i < image->input.program.map_count; ++i) {
        names.push_back(name_of(image->input.map_names, i));
    }
    return names;
}

std::string allowed_text(std::optional<Names> const& names) {
    if (!names) {
        return "numbers from 0 on: it was not deployed from here";
    }
    return names->empty() ? "none: it has no maps" : fmt::format("{}", fmt::join(*names, ", "));
}

std::string name_at(Names const& names, std::uint32_t number) {
    return number < names.size() ? names[number] : std::to_string(number);
}

class Reader {
public:
    explicit Reader(Options const& options)
        : options_{options},
          client_{device::connect(options.device)},
          known_{names_of(remote::find_container(client_, options.container))},
          names_{known_.value_or(Names{})} {}

    void show_all() {
        ordered_json list = ordered_json::array();
        report::Table table{{report::Align::Left, report::Align::Left}};
        for (std::uint32_t number = 0; number < config::max_maps; ++number) {
            try {
                program::MapRecord const record =
                    remote::read_map_record(client_, options_.container, number);
                table.add({{name_at(names_, number), report::Ink::Bold}, {text_of(record)}});
                list.push_back({{"map", number},
                                {"name", name_at(names_, number)},
                                {"memory_bytes", mbpf::maps::memory_bytes(record)}});
            } catch (remote::Refused const& refused) {
                if (!refused.is(Fault::MapUnknown)) {
                    throw;
                }
                break;
            }
        }
        if (options_.is_json) {
            print_json({{"status", report::done}, {"name", options_.container}, {"maps", list}});
        } else if (list.empty()) {
            print(options_.container + " has no maps\n");
        } else {
            print(table.text(report::Palette::of(stdout)));
        }
    }

    // Records of a ring buffer that are taken out make room, once they have been shown.
    void show(std::uint32_t number) {
        std::optional<std::uint32_t> taken;
        do {
            remote::MapContents contents = read(number, taken);
            mbpf::maps::Map const map{contents.record, contents.memory};
            bool const is_ring = map.record.kind == mbpf::maps::Kind::RingBuffer;
            if ((options_.takes || options_.follows) && !is_ring) {
                throw usage("only the records of a ring buffer can be taken out", options_.map,
                            "a ring buffer");
            }
            print_items(map, number);
            taken = is_ring ? end_of(mbpf::maps::Ring{map}) : 0;
            if (options_.follows) {
                std::this_thread::sleep_for(poll_time);
            }
        } while (options_.follows);
        if (options_.takes) {
            static_cast<void>(read(number, taken));
        }
    }

    [[nodiscard]] std::uint32_t number_of(std::string const& wanted) const {
        for (std::uint32_t i = 0; i < names_.size(); ++i) {
            if (names_[i] == wanted) {
                return i;
            }
        }
        std::optional<std::uint64_t> const number = input::parse_number(wanted);
        if (!number || *number >= config::max_maps) {
            throw usage("the container has no such map", wanted, allowed_text(known_));
        }
        return std::uint32_t(*number);
    }

private:
    static constexpr std::chrono::milliseconds poll_time{200};

    // Behind the last record that can be seen.
    [[nodiscard]] static std::uint32_t end_of(mbpf::maps::Ring const& ring) {
        std::uint32_t end = ring.start();
        while (auto const record = ring.next(end)) {
            end = record->end;
        }
        return end;
    }

    void print_items(mbpf::maps::Map const& map, std::uint32_t number) {
        std::string const name = name_at(names_, number);
        if (options_.is_json) {
            ordered_json const json{{"status", report::done},
                                    {"name", options_.container},
                                    {"map", name},
                                    {"items", items_json(map)}};
            print(json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n");
        } else {
            for (Item const& item : items_of(map, Zeros::Omitted)) {
                std::string const key = item.key.empty() ? "" : value_text(item.key) + ": ";
                print(key + value_text(item.value) + "\n");
            }
        }
        std::fflush(stdout);
    }

    [[nodiscard]] remote::MapContents read(std::uint32_t number,
                                           std::optional<std::uint32_t> taken) {
        return remote::read_map(client_, options_.container, number, taken);
    }

    Options const& options_;
    net::Client client_;
    std::optional<Names> known_;
    Names names_;
};

void run_verb(Options const& options) {
    Reader reader{options};
    if (options.map.empty()) {
        reader.show_all();
    } else {
        reader.show(reader.number_of(options.map));
    }
}

}  // namespace

void add_verb(CLI::App& app, Session&) {
    auto const options = std::make_shared<Options>();
    CLI::App* const verb = app.add_subcommand("map", "Show what the maps of a container hold");
    verb->add_option("NAME", options->container, "Container")->required();
    verb->add_option("MAP", options->map, "Map, by its name in the source or its number");
    verb->add_flag("--take", options->takes,
                   "Take the records of a ring buffer out, which makes room for others");
    verb->add_flag("-f,--follow", options->follows, "The same, and go on as they come");
    device::add_option(*verb, options->device);
    verb->add_flag("--json", options->is_json, "Print JSON, one line for each look");
    verb->callback([options] { run_verb(*options); });
}

}  // namespace mbpf::toolkit::maps
