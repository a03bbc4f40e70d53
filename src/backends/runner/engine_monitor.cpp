#include "backends/runner/engine_monitor.h"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "backends/runner/container_config.h"
#include "backends/runner/done.h"
#include "backends/runner/info_digest.h"
#include "base/log.h"

namespace swarmward::backends {

namespace {

auto steady_now() {
  return asio::steady_timer::clock_type::now();
}

/// A period has so many moments at which engines are asked, all that are due together: to wake up
/// for each alone costs several times as much as the question.
constexpr int kMomentsPerPeriod = 20;

/// An engine that takes longer to connect gives its turn to the next one.
constexpr std::chrono::milliseconds kSlowConnect{100};

}  // namespace

EngineMonitor::EngineMonitor(std::shared_ptr<RunnerContext> context,
                             std::weak_ptr<Owner> owner,
                             std::shared_ptr<Rounds> rounds)
    : context_(std::move(context)), owner_(std::move(owner)), rounds_(std::move(rounds)) {}

void EngineMonitor::start(std::shared_ptr<Gate> turns) {
  busy_ = true;
  turns_ = std::move(turns);
  asio::post(context_->executor, [self = shared_from_this()] {
    asio::co_spawn(self->context_->executor, connect_first(self), asio::detached);
  });
}

void EngineMonitor::stop() {
  owner_.reset();
  rounds_.reset();
  if (timer_) {
    timer_->cancel();
  }
  drop_stream();
}

void EngineMonitor::drop_stream() {
  if (auto const stream = std::exchange(stream_, nullptr)) {
    stream->close();
  }
}

void EngineMonitor::drop_useless_stream() {
  auto const owner = owner_.lock();
  if (!context_->connected && (!owner || !owner->awaits_ends())) {
    drop_stream();
  }
}

asio::awaitable<void> EngineMonitor::connect_first(std::shared_ptr<EngineMonitor> self) {
  if (self->turns_) {
    co_await self->connect_in_turn();
  } else if (!self->context_->stopped) {
    co_await self->try_connect();
  }
  self->go_on();
}

asio::awaitable<void> EngineMonitor::reconnect(std::shared_ptr<EngineMonitor> self) {
  auto const& context = *self->context_;
  self->timer_ = std::make_unique<asio::steady_timer>(context.executor, context.delays.reconnect);
  co_await self->timer_->async_wait(asio::as_tuple(asio::use_awaitable));
  self->timer_.reset();
  // Over kept connections one that is going down would still answer.
  auto const open = co_await self->knock_in_turn();
  if (!open) {
    self->observe_failure(open.error().message);
  } else if (!context.stopped) {
    self->drop_stream();
    co_await self->try_connect();
  }
  self->go_on();
}

/// Where many hosts are lost, each knock waits for its timeout: all at once they would take the
/// connections that signs of life need.
asio::awaitable<Result<void>> EngineMonitor::knock_in_turn() {
  Gate::Lease turn;
  if (turns_) {
    turn = co_await turns_->enter();
  }
  auto open = co_await context_->engine->knock();
  co_return open;
}

/// After whatever was done: the next thing to wait for.
void EngineMonitor::go_on() {
  busy_ = false;
  if (context_->stopped) {
    return;
  }
  if (context_->connected) {
    next_ping_ = next_ping();
    rounds_->join(next_ping_, weak_from_this());
    return;
  }
  busy_ = true;
  asio::co_spawn(context_->executor, reconnect(shared_from_this()), asio::detached);
}

/// Some engines at a time: what connecting takes of memory, it takes once for each that is at it.
asio::awaitable<void> EngineMonitor::connect_in_turn() {
  auto turn = co_await turns_->enter();
  auto const lease = std::make_shared<Gate::Lease>(std::move(turn));
  timer_ = std::make_unique<asio::steady_timer>(context_->executor, kSlowConnect);
  timer_->async_wait([lease](auto const&) { lease->release(); });
  if (!context_->stopped) {
    co_await try_connect();
  }
  timer_.reset();
}

asio::awaitable<void> EngineMonitor::try_connect() {
  auto const connected = co_await connect();
  if (!connected) {
    observe_failure(connected.error().message);
  }
}

asio::awaitable<Result<void>> EngineMonitor::connect() {
  auto const info = co_await context_->engine->info();
  if (!info) {
    co_return info.error();
  }
  // Before the list, so that nothing can happen between the two unseen.
  auto opened = co_await context_->engine->events(kTaskLabel);
  if (!opened) {
    co_return opened.error();
  }
  auto stream = std::move(*opened);
  auto listed = co_await list(Resync::Full);
  if (!listed || context_->stopped) {
    stream->close();
    co_return listed;
  }
  stream_ = std::move(stream);
  context_->connected = true;
  next_refresh_ = steady_now() + context_->delays.refresh;
  next_resync_ = steady_now() + context_->delays.resync;
  said_.reset();
  next_failure_ = SteadyTime{};
  observe_info(*info);
  if (auto const owner = owner_.lock()) {
    owner->connected();
  }
  listen();
  co_return kDone;
}

asio::awaitable<Result<void>> EngineMonitor::list(Resync kind) {
  if (auto const owner = owner_.lock()) {
    owner->list_begins();
  }
  auto label = std::string(kNodeIdLabel) + "=" + context_->identity.id.str();
  auto containers = co_await context_->engine->list_containers(std::move(label));
  if (!containers) {
    co_return containers.error();
  }
  if (auto const owner = owner_.lock()) {
    owner->listed(std::move(*containers), kind);
  }
  co_return kDone;
}

void EngineMonitor::listen() {
  if (!stream_) {
    return;
  }
  auto const connection = ++connections_;
  stream_->listen([weak = weak_from_this(), connection](Result<ContainerEvent> const& event) {
    auto const self = weak.lock();
    if (!self || !self->stream_ || self->connections_ != connection) {
      return;
    }
    if (!event) {
      self->drop_stream();
      self->lose(event.error().message);
      return;
    }
    if (auto const owner = self->owner_.lock()) {
      owner->happened(*event);
    }
    if (!self->context_->connected) {  // Posted: it is the stream that calls.
      asio::post(self->context_->executor, [self] { self->drop_useless_stream(); });
    }
  });
}

/// Never later than the period says.
EngineMonitor::SteadyTime EngineMonitor::next_ping() const {
  auto const period = std::chrono::duration_cast<SteadyTime::duration>(context_->delays.ping);
  auto const step = std::max(period / kMomentsPerPeriod, SteadyTime::duration(1));
  auto const due = steady_now() + period;
  return due - due.time_since_epoch() % step;
}

void EngineMonitor::on_round() {
  // It may be the round of an earlier connection.
  if (busy_ || !context_->connected || steady_now() < next_ping_) {
    return;
  }
  busy_ = true;
  context_->engine->ping(
      [self = shared_from_this()](Result<void> const& alive) { self->heard(alive); });
}

void EngineMonitor::heard(Result<void> const& alive) {
  if (!alive) {
    lose(alive.error().message);
  }
  if (context_->connected && steady_now() >= std::min(next_refresh_, next_resync_)) {
    asio::co_spawn(context_->executor, look(shared_from_this()), asio::detached);
    return;
  }
  go_on();
}

asio::awaitable<void> EngineMonitor::look(std::shared_ptr<EngineMonitor> self) {
  auto const& context = *self->context_;
  if (steady_now() >= self->next_refresh_) {
    self->next_refresh_ = steady_now() + context.delays.refresh;
    auto const info = co_await context.engine->info();
    if (info && context.connected) {
      self->observe_info(*info);
    }
  }
  if (context.connected && steady_now() >= self->next_resync_) {
    self->next_resync_ = steady_now() + context.delays.resync;
    auto const listed = co_await self->list(Resync::Periodic);
    if (!listed) {
      self->lose(listed.error().message);
    }
  }
  self->go_on();
}

void EngineMonitor::lose(std::string const& error) {
  if (context_->stopped || !context_->connected) {
    return;
  }
  context_->connected = false;
  drop_useless_stream();
  observe_failure(error);
  if (!busy_) {
    go_on();
  }
}

void EngineMonitor::observe_failure(std::string const& error) {
  if (context_->stopped || steady_now() < next_failure_) {
    return;
  }
  next_failure_ = steady_now() + context_->delays.observe_failure;
  room_log("backends")
      ->warn("engine.unreachable node={} error=\"{}\"", context_->identity.id.view(), error);
  EngineObservation observation;
  observation.error = error;
  context_->sink.observe(context_->identity.id, std::move(observation));
}

void EngineMonitor::observe_info(EngineInfo const& info) {
  auto const said = digest(info);
  if (std::exchange(said_, said) == said) {
    return;
  }
  context_->set_cpus(info.cpus);
  context_->live_restore = info.live_restore;
  context_->files->set_root(info.root);
  if (!info.description.hostname.empty()) {
    context_->identity.hostname = info.description.hostname;
    context_->identity.platform = info.description.platform;
  }
  EngineObservation observation;
  observation.reachable = true;
  observation.info = info;
  context_->sink.observe(context_->identity.id, std::move(observation));
}

}  // namespace swarmward::backends
