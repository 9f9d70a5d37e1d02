// SPDX-License-Identifier: MIT
#include "toolkit/net/client.hpp"

#include <coap3/coap.h>
#include <fmt/format.h>
#include <netdb.h>
#include <algorithm>
#include <array>
#include <cstring>

#include "toolkit/net/free_port.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/report/waiting.hpp"

namespace mbpf::toolkit::net {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr unsigned block_exponent = 5;       // Blocks of 16 << 5 bytes: what a device has room for.
constexpr milliseconds usual_limit{60'000};  // Behind an empty acknowledgement.
constexpr milliseconds pull_limit{220'000};  // The same, of a device that fetches something.
constexpr milliseconds observe_again{20'000};
constexpr std::uint16_t first_retransmits = 3;  // Of a device that was never heard: 15 s in all.
constexpr std::uint16_t usual_retransmits = 4;  // MAX_RETRANSMIT of RFC 7252, section 4.8: 31 s.
constexpr unsigned max_restarts = 8;  // Of a representation that changes while it is read.

struct Block {
    std::uint32_t number{};
    unsigned exponent = block_exponent;
    bool has_more{};

    [[nodiscard]] unsigned option() const {
        return number << 4 | unsigned(has_more) << 3 | exponent;
    }
    [[nodiscard]] std::size_t bytes() const { return std::size_t{16} << exponent; }
};

// One message and what came of it.
struct Exchange {
    std::vector<std::uint8_t> token;
    bool is_answered{};
    std::optional<coap_nack_reason_t> refusal;
    Response response;
    std::optional<Block> block1;
    std::optional<Block> block2;
    std::vector<std::byte> etag;
};

struct Options {
    std::optional<Block> block1{};
    std::optional<Block> block2{};
    bool observes{};
};

std::optional<Block> block_option(coap_pdu_t const* pdu, coap_option_num_t number) {
    coap_opt_iterator_t iterator;
    coap_opt_t const* const option = coap_check_option(pdu, number, &iterator);
    if (option == nullptr) {
        return {};
    }
    unsigned const value = coap_decode_var_bytes(coap_opt_value(option), coap_opt_length(option));
    return Block{value >> 4, std::min(value & 7, 6u), (value & 8) != 0};
}

std::vector<std::byte> etag_option(coap_pdu_t const* pdu) {
    coap_opt_iterator_t iterator;
    coap_opt_t const* const option = coap_check_option(pdu, COAP_OPTION_ETAG, &iterator);
    if (option == nullptr) {
        return {};
    }
    void const* const value = coap_opt_value(option);
    auto const* const bytes = static_cast<std::byte const*>(value);
    return {bytes, bytes + coap_opt_length(option)};
}

class OptionList {
public:
    ~OptionList() { coap_delete_optlist(list_); }
    void add(std::uint16_t number, std::string_view value) {
        void const* const bytes = value.data();
        coap_insert_optlist(&list_, coap_new_optlist(number, value.size(),
                                                     static_cast<std::uint8_t const*>(bytes)));
    }
    void add_number(std::uint16_t number, unsigned value) {
        std::array<std::uint8_t, 4> bytes{};
        std::size_t const size = coap_encode_var_safe(bytes.data(), bytes.size(), value);
        coap_insert_optlist(&list_, coap_new_optlist(number, size, bytes.data()));
    }
    [[nodiscard]] coap_optlist_t** get() { return &list_; }

private:
    coap_optlist_t* list_ = nullptr;
};

void add_path(OptionList& options, std::string_view path) {
    while (!path.empty()) {
        std::size_t const end = std::min(path.find('/'), path.size());
        if (end != 0) {
            options.add(COAP_OPTION_URI_PATH, path.substr(0, end));
        }
        path.remove_prefix(std::min(end + 1, path.size()));
    }
}

}  // namespace

struct Client::State {
    std::string device;
    coap_context_t* context = nullptr;
    coap_session_t* session = nullptr;
    Exchange* exchange = nullptr;        // That is waited for.
    std::vector<std::uint8_t> observed;  // Token of the observation.
    bool has_changed = false;
    milliseconds answer_limit = usual_limit;
    Bytes served;

    ~State() {
        coap_session_release(session);
        coap_free_context(context);
    }

    static coap_response_t receive(coap_session_t* session, coap_pdu_t const*,
                                   coap_pdu_t const* received, coap_mid_t) {
        auto* const state = static_cast<State*>(coap_session_get_app_data(session));
        coap_bin_const_t const token = coap_pdu_get_token(received);
        std::vector<std::uint8_t> const name(token.s, token.s + token.length);
        if (state->exchange != nullptr && state->exchange->token == name) {
            state->take(*state->exchange, received);
        } else if (!name.empty() && state->observed == name) {
            state->has_changed = true;
        } else {
            return COAP_RESPONSE_FAIL;  // A reset ends what nobody wants to know.
        }
        return COAP_RESPONSE_OK;
    }

    static void refuse(coap_session_t* session, coap_pdu_t const*, coap_nack_reason_t reason,
                       coap_mid_t) {
        auto* const state = static_cast<State*>(coap_session_get_app_data(session));
        // Sessions of others who fetch something here have none.
        if (state != nullptr && state->exchange != nullptr && !state->exchange->is_answered) {
            state->exchange->refusal = reason;
        }
    }

    static void answer(coap_resource_t* resource, coap_session_t*, coap_pdu_t const* request,
                       coap_string_t const*, coap_pdu_t* response) {
        auto const* const state = static_cast<State*>(coap_resource_get_userdata(resource));
        void const* const start = state->served.data();
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_CONTENT);
        coap_add_data_blocked_response(request, response, COAP_MEDIATYPE_APPLICATION_OCTET_STREAM,
                                       -1, state->served.size(),
                                       static_cast<std::uint8_t const*>(start));
    }

    void take(Exchange& into, coap_pdu_t const* received) {
        if (into.is_answered) {
            return;
        }
        into.is_answered = true;
        coap_session_set_max_retransmit(session, usual_retransmits);  // Somebody is there.
        into.response.code = std::uint8_t(coap_pdu_get_code(received));
        std::size_t bytes = 0;
        std::uint8_t const* data = nullptr;
        if (coap_get_data(received, &bytes, &data) == 1) {
            void const* const start = data;
            auto const* const first = static_cast<std::byte const*>(start);
            into.response.payload.assign(first, first + bytes);
        }
        into.block1 = block_option(received, COAP_OPTION_BLOCK1);
        into.block2 = block_option(received, COAP_OPTION_BLOCK2);
        into.etag = etag_option(received);
    }

    // An empty token becomes a new one.
    [[nodiscard]] coap_pdu_t* make(Request const& request, Bytes payload, Options const& wanted,
                                   std::vector<std::uint8_t>& token) const {
        coap_pdu_t* const pdu =
            coap_pdu_init(COAP_MESSAGE_CON, coap_pdu_code_t(request.method),
                          coap_new_message_id(session), coap_session_max_pdu_size(session));
        if (token.empty()) {
            std::size_t size = 8;
            token.resize(size);
            coap_session_new_token(session, &size, token.data());
            token.resize(size);
        }
        coap_add_token(pdu, token.size(), token.data());
        OptionList options;
        add_path(options, request.path);
        for (std::string const& query : request.query) {
            options.add(COAP_OPTION_URI_QUERY, query);
        }
        if (wanted.observes) {
            options.add_number(COAP_OPTION_OBSERVE, COAP_OBSERVE_ESTABLISH);
        }
        if (wanted.block1) {
            options.add_number(COAP_OPTION_BLOCK1, wanted.block1->option());
        }
        if (wanted.block2) {
            options.add_number(COAP_OPTION_BLOCK2, wanted.block2->option());
        }
        coap_add_optlist_pdu(pdu, options.get());
        if (!payload.empty()) {
            void const* const data = payload.data();
            coap_add_data(pdu, payload.size(), static_cast<std::uint8_t const*>(data));
        }
        return pdu;
    }

    [[nodiscard]] Exchange send(Client const& client, Request const& request,
                                Progress const& progress);

    // Sends and waits for the answer, or for the news that there will be none.
    [[nodiscard]] Exchange perform(Request const& request, Bytes payload, Options const& wanted) {
        Exchange done;
        if (wanted.observes) {
            done.token = observed;  // RFC 7641 section 3.3.1: the same registers the same again.
        }
        coap_pdu_t* const pdu = make(request, payload, wanted, done.token);
        exchange = &done;
        if (wanted.observes) {
            observed = done.token;
        }
        if (coap_send(session, pdu) == COAP_INVALID_MID) {
            done.refusal = COAP_NACK_NOT_DELIVERABLE;
        }
        report::Waiting waiting{fmt::format("{} to answer /{}", device, request.path)};
        Clock::time_point const deadline = Clock::now() + answer_limit;
        while (!done.is_answered && !done.refusal && Clock::now() < deadline) {
            constexpr std::uint32_t wait_ms = 100;
            coap_io_process(context, wait_ms);
            waiting.go_on();
        }
        exchange = nullptr;
        return done;
    }
};

namespace {

Failure unreachable(Client const& client, std::string reason) {
    return {ExitCode::Unavailable,
            Problem{.kind = ProblemKind::Place,
                    .name = "DeviceUnreachable",
                    .program = client.name(),
                    .reason = std::move(reason),
                    .found = fmt::format("no answer from {}", client.endpoint().text()),
                    .suggestion = "`mbpf device ls` says which devices run; `mbpf device start` "
                                  "starts one"}};
}

void check(Client const& client, Exchange const& exchange) {
    if (exchange.is_answered) {
        return;
    }
    if (exchange.refusal == COAP_NACK_RST) {
        throw unreachable(client, "whoever listens there does not know what to do with a request");
    }
    if (exchange.refusal == COAP_NACK_ICMP_ISSUE) {
        throw unreachable(client, "nobody listens at the address of the device");
    }
    throw unreachable(client, "the device does not answer");
}

coap_address_t resolve(Client const& client) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo* found = nullptr;
    Endpoint const& endpoint = client.endpoint();
    int const error =
        getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
    if (error != 0) {
        throw unreachable(client, fmt::format("its address is not known: {}", gai_strerror(error)));
    }
    coap_address_t address;
    coap_address_init(&address);
    address.size = found->ai_addrlen;
    std::memcpy(&address.addr, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return address;
}

}  // namespace

std::string Response::code_text() const { return fmt::format("{}.{:02}", code >> 5, code & 31); }

Client::Client(std::string name, Endpoint endpoint, Patience patience)
    : name_{std::move(name)}, endpoint_{std::move(endpoint)}, state_{std::make_unique<State>()} {
    coap_address_t const address = resolve(*this);
    state_->device = name_;
    coap_startup();
    coap_set_log_level(coap_log_t(LOG_EMERG));  // What goes wrong is said in our words.
    state_->context = coap_new_context(nullptr);
    state_->session =
        state_->context == nullptr
            ? nullptr
            : coap_new_client_session(state_->context, nullptr, &address, COAP_PROTO_UDP);
    if (state_->session == nullptr) {
        throw unreachable(*this, "this PC has no way to the address of the device");
    }
    coap_context_set_block_mode(state_->context, 0);  // Blocks are ours: we tell how many are done.
    coap_session_set_app_data(state_->session, state_.get());
    coap_register_response_handler(state_->context, &State::receive);
    coap_register_nack_handler(state_->context, &State::refuse);
    bool const is_short = patience == Patience::Short;
    coap_session_set_ack_timeout(state_->session,
                                 is_short ? coap_fixed_point_t{0, 250} : coap_fixed_point_t{1, 0});
    coap_session_set_ack_random_factor(state_->session, coap_fixed_point_t{1, 0});
    coap_session_set_max_retransmit(state_->session, is_short ? 1 : first_retransmits);
}

Client::~Client() = default;

// Sends the payload block by block, as far as the device wants it.
Exchange Client::State::send(Client const& client, Request const& request,
                             Progress const& progress) {
    Exchange answer;
    Block block;
    std::size_t sent = 0;
    do {
        std::size_t const size = std::min(block.bytes(), request.payload.size() - sent);
        block.number = std::uint32_t(sent / block.bytes());
        block.has_more = sent + size < request.payload.size();
        bool const is_whole = sent == 0 && !block.has_more;
        answer = perform(request, request.payload.subspan(sent, size),
                         {.block1 = is_whole ? std::nullopt : std::optional{block}});
        check(client, answer);
        sent += size;
        if (progress) {
            progress(sent, request.payload.size());
        }
        if (answer.block1) {
            block.exponent = std::min(block.exponent, answer.block1->exponent);
        }
    } while (sent < request.payload.size() && answer.response.code == COAP_RESPONSE_CODE_CONTINUE);
    return answer;
}

Response Client::request(Request const& request, Progress const& progress) {
    Exchange last = state_->send(*this, request, progress);
    Response whole = last.response;
    std::vector<std::byte> etag = last.etag;
    unsigned restarts = 0;
    while (request.method == Method::Get && last.block2 && last.block2->has_more) {
        Block const wanted{last.block2->number + 1, last.block2->exponent, false};
        last = state_->perform(request, {}, {.block2 = wanted});
        check(*this, last);
        bool const follows = last.response.is_success() && last.etag == etag && last.block2 &&
                             last.block2->number == wanted.number;
        if (follows) {
            whole.payload.insert(whole.payload.end(), last.response.payload.begin(),
                                 last.response.payload.end());
            continue;
        }
        if (++restarts > max_restarts) {
            throw unreachable(*this, "its answer changes faster than it can be read");
        }
        last = state_->perform(request, {}, {});  // By now it is another one: from the start.
        check(*this, last);
        etag = last.etag;
        whole = last.response;
    }
    return whole;
}

void Client::expect_pull() { state_->answer_limit = pull_limit; }

std::string Client::serve(std::string const& host, std::string const& path, Bytes content) {
    std::uint16_t const port = free_port();
    bool const is_here = endpoint_.host == "127.0.0.1" || endpoint_.host == "localhost";
    coap_address_t address;
    coap_address_init(&address);
    address.size = sizeof address.addr.sin;
    address.addr.sin.sin_family = AF_INET;
    address.addr.sin.sin_addr.s_addr = htonl(is_here ? INADDR_LOOPBACK : INADDR_ANY);
    address.addr.sin.sin_port = htons(port);
    if (coap_new_endpoint(state_->context, &address, COAP_PROTO_UDP) == nullptr) {
        throw unreachable(*this, "this PC cannot offer the image");
    }
    void const* const name = path.data();
    coap_resource_t* const resource =
        coap_resource_init(coap_new_str_const(static_cast<std::uint8_t const*>(name), path.size()),
                           COAP_RESOURCE_FLAGS_RELEASE_URI);
    coap_register_request_handler(resource, COAP_REQUEST_GET, &State::answer);
    coap_resource_set_userdata(resource, state_.get());
    coap_add_resource(state_->context, resource);
    state_->served = content;
    return fmt::format("coap://{}:{}/{}", host, port, path);
}

void Client::observe(std::string const& path, std::function<bool()> const& changed) {
    Request const request{.path = path};
    while (true) {
        Exchange const exchange = state_->perform(request, {}, {.observes = true});
        check(*this, exchange);
        Clock::time_point const again = Clock::now() + observe_again;
        state_->has_changed = true;
        while (Clock::now() < again) {
            if (std::exchange(state_->has_changed, false) && !changed()) {
                return;
            }
            constexpr std::uint32_t wait_ms = 200;
            coap_io_process(state_->context, wait_ms);
        }
    }
}

}  // namespace mbpf::toolkit::net
