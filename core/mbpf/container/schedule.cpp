// SPDX-License-Identifier: MIT
// When containers run, for how long, and what becomes of them if they misbehave.
#include "mbpf/container/runtime.hpp"

namespace mbpf::container {

namespace {

constexpr std::uint64_t second_us = 1'000'000;
constexpr std::uint32_t no_order = 257;  // Orders count from 1 here.

}  // namespace

[[gnu::always_inline]] inline void Runtime::renew_second(Container& container,
                                                         std::uint64_t now_us) const {
    if (now_us - container.second.start_us >= second_us) {
        container.second = {now_us, 0, 0};
    }
}

bool Runtime::has_quota(Container& container) const {
    renew_second(container, now_us());
    return container.second.instructions < container.granted.second_instructions;
}

Runtime::Flow* Runtime::free_flow() {
    for (Flow& flow : flows_) {
        if (flow.state == Flow::State::Free) {
            return &flow;
        }
    }
    return nullptr;
}

// Whether one more run may be its signer's. Who is no administrator has half of the flows, and all
// such signers leave one to the administrators: a run may last as long as its budget.
bool Runtime::has_share(Container const& container) const {
    if (container.granted.is_administrators) {
        return true;
    }
    std::uint32_t all = 0;
    std::uint32_t own = 0;
    for (Flow const& flow : flows_) {
        Container const* const other = flow.activation.container;
        if (other != nullptr && !other->granted.is_administrators) {
            ++all;
            own += equal(other->record.signer, container.record.signer);
        }
    }
    return own < config::max_activations / 2 && all < config::max_activations - 1;
}

void Runtime::activate(Attempt& attempt, Activation const& activation) {
    Container& container = *activation.container;
    attempt.require(container.is_able(), Fault::ContainerStopped);
    attempt.require(!container.is_active, Fault::ContainerBusy);
    attempt.require(has_quota(container), Fault::QuotaExhausted, 0,
                    container.granted.second_instructions);
    Flow* const flow = free_flow();
    attempt.require(flow != nullptr && has_share(container), Fault::ContainerBusy, 0,
                    config::max_activations);
    if (attempt.has_failed()) {
        return;
    }
    container.instance.clear_stop();  // Whoever stops it from now on means this run.
    flow->runtime = this;
    flow->state = Flow::State::Ready;
    flow->activation = activation;
    flow->wake_us = 0;
    flow->counted = 0;
    flow->fiber.prepare(flow->stack, &Runtime::enter_flow, flow);
    container.is_active = true;
}

std::uint32_t Runtime::deepest_stack_bytes() const {
    std::size_t unused = config::activation_stack_bytes;
    for (Flow const& flow : flows_) {
        std::size_t zeros = config::stack_guard_bytes;
        while (zeros < unused && flow.stack[zeros] == std::byte{0}) {
            ++zeros;
        }
        unused = zeros;
    }
    return std::uint32_t(config::activation_stack_bytes - unused);
}

void Runtime::enter_flow(void* flow) {
    Flow& self = *static_cast<Flow*>(flow);
    self.runtime->execute(self);
    self.state = Flow::State::Ended;
    while (true) {
        self.fiber.switch_to(self.runtime->main_);
    }
}

// What the activation has for the program to reach.
[[gnu::always_inline]] inline bool Runtime::lend(Container& container,
                                                 Activation const& activation) {
    container.instance.take_back();
    return container.instance.set_context(activation.context).has_value() &&
           (activation.packet == nullptr ||
            container.instance.lend(activation.packet->buffer()).has_value());
}

[[gnu::always_inline]] inline void Runtime::execute(Flow& flow) {
    Container& container = *flow.activation.container;
    program::HookRecord const hook = container.granted.hooks.at(flow.activation.hook);
    std::array<std::byte, config::output_bytes> output;
    container.environment.output = helpers::TextOutput{output};
    container.environment.reply = flow.activation.reply;
    container.environment.packet = flow.activation.packet;
    flow.outcome = {};
    if (!lend(container, flow.activation)) {
        flow.outcome.report.trap = machine::Trap::Stopped;
        return;
    }
    Budget const budget{container.granted.run_instructions};
    if (jit::is_native && container.engine == Engine::Jit) {
        flow.outcome =
            jit::run(container.code, *container.verified, container.instance, hook.entry, budget);
    } else {
        flow.outcome =
            interpreter::run(*container.verified, container.instance,
                             container.verified->program().entries.at(hook.entry).pc, budget);
    }
    write_log(container);
    container.environment.output = {};
}

// In the flow of a run: the others have their turn. Who has used up its second waits for the next.
void Runtime::breathe(void* runtime) {
    Runtime& self = *static_cast<Runtime*>(runtime);
    Flow& flow = *self.current_;
    Container& container = *flow.activation.container;
    flow.counted += config::interpreter_grant_instructions;
    container.second.instructions += config::interpreter_grant_instructions;
    self.write_log(container);
    if (self.has_quota(container)) {
        flow.fiber.switch_to(self.main_);
    } else {
        self.sleep_until(container.second.start_us + second_us);
    }
}

void Runtime::sleep(machine::Instance& instance, std::uint64_t time_us) {
    auto* const runtime = static_cast<Runtime*>(instance.breather_context());
    runtime->sleep_until(time_us);
}

void Runtime::sleep_until(std::uint64_t time_us) {
    Flow& flow = *current_;
    machine::Instance const& instance = flow.activation.container->instance;
    write_log(*flow.activation.container);
    flow.wake_us = time_us;
    while (now_us() < time_us && !instance.stop_requested()) {
        flow.fiber.switch_to(main_);
    }
    flow.wake_us = 0;
}

void Runtime::interrupt(Container& container) {
    container.instance.request_stop();
    for (Flow& flow : flows_) {
        if (flow.activation.container == &container) {
            flow.wake_us = 0;
        }
    }
}

// Lines of a container start with its name. It writes no more in a second than its share.
void Runtime::write_log(Container& container) {
    std::string_view const text = container.environment.output.text();
    for (char const c : text) {
        if (container.second.log_bytes >= config::log_bytes_per_second) {
            break;
        }
        if (at_line_start_) {
            for (char const letter : container.name.text()) {
                log_.put(letter);
            }
            log_.put(':');
            log_.put(' ');
        }
        log_.put(c);
        ++container.second.log_bytes;
        at_line_start_ = c == '\n';
    }
    if (!text.empty() && !at_line_start_) {  // Somebody else's line may follow.
        log_.put('\n');
        at_line_start_ = true;
    }
    container.environment.output.clear();
}

[[gnu::always_inline]] inline void Runtime::pause(Container& container, std::uint64_t now_us) {
    ++container.faults_in_a_row;
    using program::RestartWish;
    RestartWish const wish = container.verified->program().rights.restart;
    bool const is_enough = container.faults_in_a_row >= config::max_faults_in_a_row;
    if (wish == RestartWish::Never || (wish == RestartWish::Limited && is_enough)) {
        container.state = State::Failed;
        return;
    }
    std::uint32_t pause_ms = config::first_pause_ms;
    for (std::uint32_t i = 1; i < container.faults_in_a_row && pause_ms < config::longest_pause_ms;
         ++i) {
        pause_ms *= 2;
    }
    pause_ms = pause_ms < config::longest_pause_ms ? pause_ms : config::longest_pause_ms;
    container.state = State::Paused;
    container.paused_until_us = now_us + std::uint64_t{pause_ms} * 1000;
}

[[gnu::always_inline]] inline void Runtime::note(Container& container, Flow const& flow) {
    machine::Outcome const& outcome = flow.outcome;
    Statistics& statistics = container.statistics;
    ++statistics.runs;
    statistics.instructions += outcome.instructions;
    container.second.instructions += outcome.instructions - flow.counted;
    machine::Trap const trap = outcome.report.trap;
    if (trap == machine::Trap::None) {
        container.faults_in_a_row = 0;
        return;
    }
    if (container.instance.stop_requested()) {  // Not its fault.
        return;
    }
    std::uint64_t const now = now_us();
    ++statistics.faults;
    program::HookRecord const hook = container.granted.hooks.at(flow.activation.hook);
    container.fault = {outcome.report, statistics.runs, now, hook.entry};
    pause(container, now);
}

[[gnu::always_inline]] inline void Runtime::end(Flow& flow) {
    Activation const activation = flow.activation;
    Container& container = *activation.container;
    container.is_active = false;
    note(container, flow);
    flow.state = Flow::State::Free;
    flow.activation = {};
    bool const may_compile =
        container.engine == Engine::Interpreter && container.is_able() &&
        container.verified->program().rights.engine == program::EngineWish::Auto;
    if (may_compile &&
        container.statistics.instructions >=
            std::uint64_t{container.verified->text().slots()} * config::runs_until_compiled) {
        compile(container);
    }
    if (activation.on_end != nullptr) {
        activation.on_end(activation.owner, activation, flow.outcome);
    }
}

[[gnu::always_inline]] inline void Runtime::activate_hook(Container& container,
                                                          std::uint32_t hook) {
    Activation activation;
    activation.container = &container;
    activation.hook = hook;
    Attempt attempt;
    activate(attempt, activation);
    container.statistics.skipped += attempt.has_failed();
}

void Runtime::start_due(Container& container, std::uint64_t now_us) {
    if (container.state == State::Paused && now_us >= container.paused_until_us) {
        container.state = State::Ready;
    }
    if (!container.is_able() || container.is_active || free_flow() == nullptr ||
        !has_share(container)) {
        return;
    }
    for (std::uint32_t i = 0; i < container.granted.hooks.size() && !container.is_active; ++i) {
        program::HookRecord const hook = container.granted.hooks.at(i);
        if ((container.boot_due >> i & 1) != 0) {
            container.boot_due = std::uint8_t(container.boot_due & ~(1u << i));
            activate_hook(container, i);
        } else if (hook.kind == HookKind::Period && now_us >= container.due_us[i]) {
            std::uint64_t const period_us = std::uint64_t{hook.argument} * 1000;
            std::uint64_t const late_us = now_us - container.due_us[i];
            if (late_us > container.statistics.latest_us) {
                container.statistics.latest_us = std::uint32_t(late_us);
            }
            // Periods that have passed meanwhile are left out, and the beat is kept.
            container.due_us[i] += (late_us / period_us + 1) * period_us;
            activate_hook(container, i);
        }
    }
}

// The lowest order of a hook on `event` that is above `after`; no_order if there is none.
std::uint32_t Runtime::next_order(std::uint32_t event, std::uint32_t after) const {
    std::uint32_t next = no_order;
    for (Container const& container : containers_) {
        for (std::uint32_t i = 0; container.is_able() && i < container.granted.hooks.size(); ++i) {
            program::HookRecord const hook = container.granted.hooks.at(i);
            bool const is_next = hook.kind == HookKind::Event && hook.argument == event &&
                                 hook.order + 1u > after && hook.order + 1u < next;
            next = is_next ? hook.order + 1u : next;
        }
    }
    return next;
}

[[gnu::always_inline]] inline std::uint32_t Runtime::run_in_order(std::uint32_t event,
                                                                  std::uint32_t order,
                                                                  Activation const& wanted) {
    std::uint32_t ran = 0;
    for (Container& container : containers_) {
        for (std::uint32_t i = 0; container.is_able() && i < container.granted.hooks.size(); ++i) {
            program::HookRecord const hook = container.granted.hooks.at(i);
            if (hook.kind != HookKind::Event || hook.argument != event ||
                hook.order + 1u != order) {
                continue;
            }
            Activation activation = wanted;
            activation.container = &container;
            activation.hook = i;
            Attempt attempt;
            activate(attempt, activation);
            container.statistics.skipped += attempt.has_failed();
            ran += !attempt.has_failed();
            while (container.is_active) {
                poll();
            }
        }
    }
    return ran;
}

std::uint32_t Runtime::raise(std::uint32_t event, machine::Region const& context,
                             Activation::OnEnd on_end, void* owner) {
    Activation const wanted{nullptr, 0, context, nullptr, nullptr, on_end, owner};
    std::uint32_t ran = 0;
    std::uint32_t order = next_order(event, 0);
    while (order != no_order) {
        ran += run_in_order(event, order, wanted);
        order = next_order(event, order);
    }
    return ran;
}

[[gnu::always_inline]] inline std::uint64_t Runtime::next_due() const {
    std::uint64_t const now = now_us();
    std::uint64_t next = now + second_us;
    if (global_writes_.due_us() < next) {
        next = global_writes_.due_us();
    }
    for (Container const& container : containers_) {
        if (container.kept_writes.due_us() < next) {
            next = container.kept_writes.due_us();
        }
        if (container.is_there() && container.state == State::Paused &&
            container.paused_until_us < next) {
            next = container.paused_until_us;
        }
        for (std::uint32_t i = 0; container.is_able() && i < container.granted.hooks.size(); ++i) {
            bool const is_periodic = container.granted.hooks.at(i).kind == HookKind::Period;
            if (is_periodic && container.due_us[i] < next) {
                next = container.due_us[i];
            }
        }
    }
    for (Flow const& flow : flows_) {
        if (flow.state != Flow::State::Free && flow.wake_us < next) {
            next = flow.wake_us;
        }
    }
    return next > now ? next - now : 0;
}

std::uint64_t Runtime::poll() {
    // Whoever found no free flow is first next time.
    for (std::uint32_t i = 0; i < containers_.size(); ++i) {
        Container& container = containers_[(first_ + i) % containers_.size()];
        if (container.is_there()) {
            start_due(container, now_us());
        }
    }
    ++first_;
    for (Flow& flow : flows_) {
        if (flow.state != Flow::State::Ready || now_us() < flow.wake_us) {
            continue;
        }
        std::uint64_t const before = now_us();
        current_ = &flow;
        if (platform_.guard_stack != nullptr) {
            platform_.guard_stack(flow.stack.data());
        }
        main_.switch_to(flow.fiber);
        current_ = nullptr;
        flow.activation.container->statistics.busy_us += now_us() - before;
        if (flow.state == Flow::State::Ended) {
            end(flow);
        }
    }
    keep_changes();
    return next_due();
}

}  // namespace mbpf::container
