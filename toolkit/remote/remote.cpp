// SPDX-License-Identifier: MIT
#include "toolkit/remote/remote.hpp"

#include <fmt/format.h>
#include <algorithm>

#include "toolkit/explain/sentences.hpp"

namespace mbpf::toolkit::remote {

namespace {

Failure nonsense(net::Client const& client, std::string const& path) {
    return {ExitCode::Unavailable,
            Problem{.kind = ProblemKind::Place,
                    .name = "AnswerMalformed",
                    .program = client.name(),
                    .reason = fmt::format("the device answers nonsense to GET /{}", path),
                    .suggestion = "use a toolkit of the device's version"}};
}

template <class Decode>
auto fetch(net::Client& client, std::string const& path, std::vector<std::string> query,
           Decode decode) {
    net::Response const response = client.request({.path = path, .query = std::move(query)});
    check(client, response);
    auto value = decode(response.payload);
    if (!value) {
        throw nonsense(client, path);
    }
    return *std::move(value);
}

// A run on the device trapped: what the trap says, without what only the run itself knows.
Problem trap_problem(Error const& error, explain::Subject const& subject) {
    machine::TrapReport report;
    report.trap = machine::Trap(error.fault);
    report.bytes = std::uint8_t(error.where);
    report.pc = Pc{error.found};
    report.address = 0;  // Not told.
    return explain::describe_report(report, subject);
}

}  // namespace

void check(net::Client const& client, net::Response const& response,
           explain::Subject const& subject) {
    if (response.is_success()) {
        return;
    }
    std::optional<Refusal> const refusal = decode_refusal(response.payload);
    explain::Subject about = subject;
    about.path = subject.path.empty() ? client.name() : subject.path;
    if (refusal && refusal->is_trap) {
        throw Failure{ExitCode::Trapped, trap_problem(refusal->error, about)};
    }
    if (refusal && !explain::sentence_of(refusal->error.fault).name.empty()) {
        throw Refused{explain::describe(refusal->error, about), refusal};
    }
    // A diagnostic payload is for people: RFC 7252, section 5.5.2.
    std::string const answer = fmt::format("the answer is {}", response.code_text());
    std::string const said{as_text(response.payload)};
    throw Refused{Problem{.kind = ProblemKind::Place,
                          .name = "Refused",
                          .program = about.path,
                          .reason = said.empty() ? answer : said,
                          .found = said.empty() ? "" : answer},
                  {}};
}

DeviceInfo device_info(net::Client& client) {
    return fetch(client, "mbpf/device", {}, decode_device);
}

std::vector<Container> containers(net::Client& client) {
    // One by one: the list of all takes several blocks, and numbers change between them.
    std::vector<Container> all;
    while (true) {
        std::vector<Container> one =
            fetch(client, "mbpf/ps", {"n=" + std::to_string(all.size())}, decode_containers);
        if (one.empty()) {
            return all;
        }
        all.push_back(std::move(one.front()));
    }
}

LogPiece read_log(net::Client& client, std::optional<std::uint32_t> from) {
    LogPiece all;
    bool is_first = true;
    while (true) {  // A piece at a time, until there is nothing new.
        std::vector<std::string> query;
        if (from) {
            query.push_back(fmt::format("from={}", *from));
        }
        LogPiece const piece = fetch(client, "mbpf/log", std::move(query), decode_log);
        all.start = is_first ? piece.start : all.start;
        is_first = false;
        if (piece.text.empty()) {
            return all;
        }
        all.text += piece.text;
        from = piece.start + std::uint32_t(piece.text.size());
    }
}

namespace {

// What is there from byte `at` on, as much as an answer holds.
MapContents read_piece(net::Client& client, std::string const& name, std::uint32_t number,
                       std::size_t at, std::optional<std::uint32_t> taken) {
    std::string const path = "mbpf/map/" + name;
    std::vector<std::string> query{fmt::format("n={}", number), fmt::format("at={}", at)};
    if (taken) {
        query.push_back(fmt::format("from={}", *taken));
    }
    net::Response const response = client.request({.path = path, .query = std::move(query)});
    check(client, response, {name, nullptr, nullptr});
    std::optional<MapContents> piece = decode_map(response.payload);
    if (!piece) {
        throw nonsense(client, path);
    }
    return *std::move(piece);
}

}  // namespace

program::MapRecord read_map_record(net::Client& client, std::string const& name,
                                   std::uint32_t number) {
    return read_piece(client, name, number, 0, {}).record;
}

MapContents read_map(net::Client& client, std::string const& name, std::uint32_t number,
                     std::optional<std::uint32_t> taken) {
    MapContents map = read_piece(client, name, number, 0, taken);
    bool has_more = true;
    while (has_more && map.memory.size() < mbpf::maps::memory_bytes(map.record)) {
        MapContents const more = read_piece(client, name, number, map.memory.size(), {});
        has_more = !more.memory.empty();
        map.record = more.record;
        map.memory.insert(map.memory.end(), more.memory.begin(), more.memory.end());
    }
    if (map.memory.size() != mbpf::maps::memory_bytes(map.record)) {
        throw nonsense(client, "mbpf/map/" + name);
    }
    return map;
}

Container find_container(net::Client& client, std::string const& name) {
    std::vector<Container> const all = containers(client);
    auto const found = std::find_if(all.begin(), all.end(),
                                    [&](Container const& each) { return each.name == name; });
    if (found != all.end()) {
        return *found;
    }
    Problem problem = explain::describe({Fault::ContainerUnknown}, {name, nullptr, nullptr});
    problem.allowed = {};
    for (Container const& each : all) {
        problem.allowed += (problem.allowed.empty() ? "" : ", ") + each.name;
    }
    throw Failure{ExitCode::Refused, std::move(problem)};
}

std::uint32_t command(net::Client& client, sign::Operation operation, std::string const& name,
                      crypto::PrivateKey const& key) {
    std::uint32_t const sequence = find_container(client, name).sequence + 1;
    std::vector<std::byte> const message =
        sign::write_command(operation, name, sequence, {}, device_info(client).identity, key);
    check(client,
          client.request({.method = net::Method::Post, .path = "mbpf/command", .payload = message}),
          {name, nullptr, nullptr});
    return sequence;
}

}  // namespace mbpf::toolkit::remote
