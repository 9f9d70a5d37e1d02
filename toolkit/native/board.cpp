// SPDX-License-Identifier: MIT
#include "toolkit/native/board.hpp"

#include "toolkit/explain/describe.hpp"
#include "toolkit/place/place.hpp"
#include "toolkit/problem.hpp"

namespace mbpf::toolkit::native {

OnBoard ask_board(run::Job const& job) {
    runner::Request request = job.request();
    request.engine = runner::Engine::Jit;
    request.wants = runner::Wants::Code;
    place::Runs const runs = place::run_on_m4({&request, 1}, {});
    runner::Reply const& reply = runs.runs.front().reply;
    if (reply.status != runner::Status::Ran || reply.context.size() != sizeof(runner::Placement)) {
        throw Failure{ExitCode::Unusable, explain::describe(reply.error, job.input.subject())};
    }
    Bytes const code = as_bytes(reply.output);
    return {load<runner::Placement>(reply.context, 0), {code.begin(), code.end()}};
}

}  // namespace mbpf::toolkit::native
