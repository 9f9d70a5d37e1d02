// SPDX-License-Identifier: MIT
// Which resource is meant.
#include "mbpf/agent/management.hpp"

namespace mbpf::agent {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::uint32_t log_resource = 1;

// Of all other faults it is BadRequest.
struct Answer {
    Fault fault;
    coap::Code code;
};
constexpr Answer answers[]{
    {Fault::SignerUnknown, coap::Code::Unauthorized},
    {Fault::SignatureInvalid, coap::Code::Unauthorized},
    {Fault::HookNotGranted, coap::Code::Forbidden},
    {Fault::KeysNotGranted, coap::Code::Forbidden},
    {Fault::BudgetNotGranted, coap::Code::Forbidden},
    {Fault::MemoryNotGranted, coap::Code::Forbidden},
    {Fault::HelperNotGranted, coap::Code::Forbidden},
    {Fault::NotAllowed, coap::Code::Forbidden},
    {Fault::SequenceReserved, coap::Code::Forbidden},
    {Fault::ContainerUnknown, coap::Code::NotFound},
    {Fault::HookUnknown, coap::Code::NotFound},
    {Fault::MapUnknown, coap::Code::NotFound},
    {Fault::TransferBroken, coap::Code::EntityIncomplete},
    {Fault::SequenceNotNewer, coap::Code::Conflict},
    {Fault::PathTaken, coap::Code::Conflict},
    {Fault::ImageTooLarge, coap::Code::EntityTooLarge},
    {Fault::ManifestTooLarge, coap::Code::EntityTooLarge},
    {Fault::StorageFailed, coap::Code::InternalError},
    {Fault::StorageMalformed, coap::Code::InternalError},
    {Fault::StorageFull, coap::Code::ServiceUnavailable},
    {Fault::JournalFull, coap::Code::ServiceUnavailable},
    {Fault::TooManyContainers, coap::Code::ServiceUnavailable},
    {Fault::MemoryTooSmall, coap::Code::ServiceUnavailable},
    {Fault::ContainerBusy, coap::Code::ServiceUnavailable},
    {Fault::ContainerStopped, coap::Code::ServiceUnavailable},
    {Fault::QuotaExhausted, coap::Code::ServiceUnavailable},
};

// What stands behind "/mbpf/", in the order of Agent::Resource; each with a space behind it.
constexpr std::string_view resources = "install command  ps device policy log map "sv;

// The number of spaces in front of it, or of all if it is not there.
[[nodiscard]] std::uint32_t index_of(std::string_view resource) {
    std::uint32_t index = 0;
    char const* start = resources.data();
    for (char const& c : resources) {
        if (c == ' ') {
            if (equal(start, std::size_t(&c - start), resource.data(), resource.size())) {
                break;
            }
            ++index;
            start = &c + 1;
        }
    }
    return index;
}

}  // namespace

coap::Code code_of(Fault fault) {
    for (Answer const& answer : answers) {
        if (answer.fault == fault) {
            return answer.code;
        }
    }
    return coap::Code::BadRequest;
}

Bytes write_error(std::int32_t number, Error const& error, WritableBytes room) {
    cbor::Writer writer{room};
    writer.array_head(4);
    writer.integer(number);
    for (std::uint32_t const word : {error.where, error.found, error.allowed}) {
        writer.unsigned_integer(word);
    }
    return room.first(writer.size());
}

void refuse(coap::Reply& reply, Error const& error) {
    std::array<std::byte, error_bytes> room;
    reply.code = code_of(error.fault);
    reply.content_format = coap::Format::Cbor;
    reply.put(write_error(error, room));
}

coap::Outcome Agent::handle(void* agent, coap::Request const& request, coap::Reply& reply) {
    Attempt attempt;
    coap::Outcome const outcome = static_cast<Agent*>(agent)->dispatch(attempt, request, reply);
    if (attempt.has_failed()) {
        refuse(reply, attempt.error());
    }
    return outcome;
}

[[gnu::always_inline]] inline coap::Outcome Agent::dispatch(Attempt& attempt,
                                                            coap::Request const& request,
                                                            coap::Reply& reply) {
    std::string_view const first = request.path[0];
    if (equal(first, "c"sv)) {
        return call(attempt, request);
    }
    if (equal(first, "mbpf"sv) && request.path.size() <= 3) {
        return manage(attempt, request, reply);
    }
    if (equal(first, ".well-known"sv) && equal(request.path[1], "core"sv) &&
        request.path.size() == 2) {
        write_links(reply);
    } else if (extension_.handle == nullptr ||
               !extension_.handle(extension_.context, request, reply)) {
        reply.code = coap::Code::NotFound;
    }
    return coap::Outcome::Done;
}

[[gnu::always_inline]] inline coap::Outcome Agent::manage(Attempt& attempt,
                                                          coap::Request const& request,
                                                          coap::Reply& reply) {
    Resource const resource = Resource(index_of(request.path[1]));
    bool const changes = resource <= Resource::Command;
    if (request.path.size() > 2 && resource != Resource::Map) {
        reply.code = coap::Code::NotFound;
        return coap::Outcome::Done;
    }
    if (request.method != (changes ? coap::Method::Post : coap::Method::Get)) {
        reply.code = coap::Code::MethodNotAllowed;
        return coap::Outcome::Done;
    }
    if (!changes) {
        read(resource, request, reply);
        return coap::Outcome::Done;
    }
    reply.code = coap::Code::Changed;
    return resource == Resource::Install ? install(attempt, request) : command(attempt, request);
}

void Agent::read(Resource resource, coap::Request const& request, coap::Reply& reply) {
    if (resource == Resource::Text) {
        write_text(reply);
    } else if (resource == Resource::Containers) {
        write_containers(request, reply);
    } else if (resource == Resource::Device) {
        write_device(reply);
    } else if (resource == Resource::Policy) {
        write_policy(reply);
    } else if (resource == Resource::Map) {
        read_map(request, reply);
    } else if (resource == Resource::Log) {
        reply.observable(log_resource);
        write_log(request, reply);
    } else {
        reply.code = coap::Code::NotFound;
    }
}

std::uint32_t Agent::poll() {
    std::uint32_t const pull_wait = pull_.poll(now_ms());
    finish_pull();
    finish_pending();
    std::uint64_t const now = runtime_.now_us();
    if (runtime_.log().end() != log_end_ && now - log_told_us_ >= config::log_notice_us) {
        log_end_ = runtime_.log().end();
        log_told_us_ = now;
        server_.changed(log_resource);
    }
    std::uint32_t const wait = server_.poll(now_ms());
    return wait < pull_wait ? wait : pull_wait;
}

}  // namespace mbpf::agent
