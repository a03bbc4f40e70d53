#include "backends/runner/engine_monitor.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "backends/runner/container_config.h"
#include "backends/runner/done.h"
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

bool same(EngineInfo const& a, EngineInfo const& b) {
  return a.description == b.description && a.api_version == b.api_version && a.cpus == b.cpus &&
         a.native_swarm_active == b.native_swarm_active && a.root == b.root;
}

}  // namespace

EngineMonitor::EngineMonitor(std::shared_ptr<RunnerContext> context, Hooks hooks)
    : context_(std::move(context)), hooks_(std::move(hooks)), timer_(context_->executor) {}

void EngineMonitor::start(std::shared_ptr<Gate> turns) {
  asio::post(context_->executor, [self = shared_from_this(), turns = std::move(turns)] {
    asio::co_spawn(self->context_->executor, run(self, turns), asio::detached);
  });
}

void EngineMonitor::stop() {
  hooks_ = Hooks();
  timer_.cancel();
  if (auto const stream = std::exchange(stream_, nullptr)) {
    stream->close();
  }
}

/// Waits here and nowhere deeper: each coroutine that waits takes memory, for each of many engines.
asio::awaitable<void> EngineMonitor::run(std::shared_ptr<EngineMonitor> self,
                                         std::shared_ptr<Gate> turns) {
  auto& timer = self->timer_;
  auto const& context = *self->context_;
  while (!context.stopped) {
    if (turns) {
      co_await self->connect_in_turn(std::exchange(turns, nullptr));
    } else {
      co_await self->try_connect();
    }
    while (context.connected) {
      timer.expires_at(self->next_look());
      co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
      if (context.connected) {
        co_await self->look();
      }
    }
    if (!context.stopped) {
      timer.expires_after(context.delays.reconnect);
      co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }
}

/// Some engines at a time: what connecting takes of memory, it takes once for each that is at it.
asio::awaitable<void> EngineMonitor::connect_in_turn(std::shared_ptr<Gate> turns) {
  auto turn = co_await turns->enter();
  auto const lease = std::make_shared<Gate::Lease>(std::move(turn));
  timer_.expires_after(kSlowConnect);
  timer_.async_wait([lease](auto const&) { lease->release(); });
  if (!context_->stopped) {
    co_await try_connect();
  }
  timer_.cancel();
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
  std::shared_ptr<EventStream> const stream(std::move(*opened));
  auto listed = co_await list(Resync::Full);
  if (!listed || context_->stopped) {
    stream->close();
    co_return listed;
  }
  stream_ = stream;
  context_->connected = true;
  next_refresh_ = steady_now() + context_->delays.refresh;
  next_resync_ = steady_now() + context_->delays.resync;
  info_.reset();
  next_failure_ = SteadyTime{};
  observe_info(*info);
  if (hooks_.connected) {
    hooks_.connected();
  }
  asio::co_spawn(context_->executor, read_events(shared_from_this(), stream), asio::detached);
  co_return kDone;
}

asio::awaitable<Result<void>> EngineMonitor::list(Resync kind) {
  if (hooks_.list_begins) {
    hooks_.list_begins();
  }
  auto label = std::string(kNodeIdLabel) + "=" + context_->identity.id.str();
  auto containers = co_await context_->engine->list_containers(std::move(label));
  if (!containers) {
    co_return containers.error();
  }
  if (hooks_.listed) {
    hooks_.listed(std::move(*containers), kind);
  }
  co_return kDone;
}

asio::awaitable<void> EngineMonitor::read_events(std::shared_ptr<EngineMonitor> self,
                                                 std::shared_ptr<EventStream> stream) {
  while (self->stream_ == stream) {
    auto const event = co_await stream->next();
    if (self->stream_ != stream) {
      break;
    }
    if (!event) {
      self->lose(event.error().message);
      break;
    }
    self->hooks_.event(*event);
  }
}

/// Never later than the period says.
EngineMonitor::SteadyTime EngineMonitor::next_look() const {
  auto const period = std::chrono::duration_cast<SteadyTime::duration>(context_->delays.ping);
  auto const step = std::max(period / kMomentsPerPeriod, SteadyTime::duration(1));
  auto const due = steady_now() + period;
  return due - due.time_since_epoch() % step;
}

asio::awaitable<void> EngineMonitor::look() {
  auto const alive = co_await context_->engine->ping();
  if (!alive) {
    lose(alive.error().message);
    co_return;
  }
  if (context_->connected && steady_now() >= next_refresh_) {
    next_refresh_ = steady_now() + context_->delays.refresh;
    auto const info = co_await context_->engine->info();
    if (info && context_->connected) {
      observe_info(*info);
    }
  }
  if (context_->connected && steady_now() >= next_resync_) {
    next_resync_ = steady_now() + context_->delays.resync;
    auto const listed = co_await list(Resync::Periodic);
    if (!listed) {
      lose(listed.error().message);
    }
  }
}

void EngineMonitor::lose(std::string const& error) {
  if (context_->stopped || !context_->connected) {
    return;
  }
  context_->connected = false;
  if (auto const stream = std::exchange(stream_, nullptr)) {
    stream->close();
  }
  timer_.cancel();
  observe_failure(error);
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
  if (info_ && same(*info_, info)) {
    return;
  }
  info_ = info;
  context_->set_cpus(info.cpus);
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
