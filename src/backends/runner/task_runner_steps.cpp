// The steps of a TaskRunner that call the engine. Each looks at the world again after it waited.
#include <algorithm>
#include <iterator>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "backends/runner/container_config.h"
#include "backends/runner/done.h"
#include "backends/runner/image_reference.h"
#include "backends/runner/task_runner.h"
#include "base/log.h"
#include "model/ward_labels.h"

namespace swarmward::backends {

using model::TaskState;

namespace {

/// Source of the default: swarm mode, 10 s. The engine takes whole seconds.
std::chrono::seconds stop_grace(model::Task const& task) {
  auto const& container = task.spec->container;
  if (!container || !container->stop_grace_period) {
    return std::chrono::seconds(10);
  }
  return std::chrono::floor<std::chrono::seconds>(*container->stop_grace_period);
}

Phase phase_of(ContainerState const& seen) {
  if (seen.running || seen.status == "running" || seen.status == "paused" ||
      seen.status == "restarting") {
    return Phase::Running;
  }
  // A start that failed leaves the container as it was created.
  return seen.started_at == Time{} ? Phase::Created : Phase::Exited;
}

Health health_of(std::string const& word) {
  if (word == "starting") {
    return Health::Starting;
  }
  if (word == "healthy") {
    return Health::Healthy;
  }
  return word == "unhealthy" ? Health::Unhealthy : Health::None;
}

}  // namespace

asio::awaitable<void> TaskRunner::create() {
  if (idle() || plan_step(view()) != Step::Create) {
    co_return;
  }
  auto prepared = prepare_container(task(), context_->identity, context_->label_policy);
  if (!prepared) {
    fail(prepared.error().message);  // It could be made when it was accepted, and cannot any more.
    co_return;
  }
  auto const volumes = co_await create_volumes(render_volumes(prepared->spec));
  if (!volumes) {
    co_await creation_failed(volumes.error());
    co_return;
  }
  auto const ensured = co_await ensure_networks();
  if (!ensured) {
    co_await creation_failed(ensured.error());
    co_return;
  }
  made_without_files_ = !assignment_.files;  // Then the start fails, as it does with swarm mode.
  if (!made_without_files_) {
    auto mounts = co_await lay_files();
    if (!mounts) {
      co_await creation_failed(mounts.error());
      co_return;
    }
    std::ranges::move(*mounts, std::back_inserter(prepared->spec.mounts));
  }
  auto body = render_container(task(), *prepared, context_->identity, joins_);
  auto created = co_await context_->engine->create_container(container_name(), std::move(body));
  if (created) {
    auto const connected = co_await connect_networks(*created);
    if (!connected) {
      co_await creation_failed(connected.error());
      co_return;
    }
    attempts_ = 0;
    set_container(*created, Phase::Created);
    co_return;
  }
  if (created.error().code == ErrorCode::Conflict) {
    co_await adopt_by_name(created.error());
    co_return;
  }
  bool const no_image = created.error().code == ErrorCode::NotFound &&
                        created.error().message.find("No such image") != std::string::npos;
  if (no_image && !pulled_again_ && !context_->stopped) {
    pulled_again_ = true;
    image_ = ImageState::Wanted;
    if (auto const request = image_request()) {
      context_->images().forget(*request);
    }
    co_return;
  }
  co_await creation_failed(created.error());
}

asio::awaitable<Result<void>> TaskRunner::create_volumes(std::vector<std::string> bodies) {
  for (auto const& body : bodies) {
    auto made = co_await context_->engine->create_volume(body);
    if (!made) {
      co_return made;
    }
  }
  co_return kDone;
}

asio::awaitable<void> TaskRunner::creation_failed(Error error) {
  error = co_await judged(std::move(error));
  if (!retry_later(error, Retry::IfPassing)) {
    fail(error.message);
  }
}

asio::awaitable<void> TaskRunner::adopt_by_name(Error refusal) {
  auto const before = events_;
  auto const seen = co_await context_->engine->inspect_container(container_name());
  if (!seen) {
    bool const just_removed = seen.error().code == ErrorCode::NotFound;
    auto error = just_removed ? internal_error(refusal.message) : seen.error();
    co_await creation_failed(std::move(error));
    co_return;
  }
  auto const label = seen->labels.find(kTaskIdLabel);
  if (label == seen->labels.end() || label->second != id().view()) {
    fail(refusal.message);
    co_return;
  }
  room_log("backends")
      ->info("task.container_adopted task={} node={}", id().view(), context_->identity.id.view());
  apply(*seen, before);
}

asio::awaitable<void> TaskRunner::start() {
  if (idle() || plan_step(view()) != Step::Start) {
    co_return;
  }
  if (made_without_files_ && assignment_.files) {
    fail("starting container failed: its secrets and configs came too late");
    co_return;
  }
  if (!files_laid_) {
    auto const laid = co_await lay_files();
    if (!laid && !retry_later(laid.error(), Retry::IfPassing)) {
      fail("starting container failed: " + laid.error().message);
    }
    if (!laid || idle() || plan_step(view()) != Step::Start) {
      co_return;
    }
  }
  if (!is_joined_) {
    auto const joined = co_await join_again();
    if (!joined) {
      co_await creation_failed(joined.error());
    }
    if (!joined || idle() || plan_step(view()) != Step::Start) {
      co_return;
    }
  }
  start_attempted_ = true;
  auto const started = co_await context_->engine->start_container(container_id_);
  lease_.release();
  if (!started) {
    co_await note_failed_start(started.error());
    co_return;
  }
  attempts_ = 0;
  assignment_.files = std::vector<model::TaskFile>{};  // Values are kept as long as needed.
  if (phase_ == Phase::Created) {
    phase_ = Phase::Running;
  }
  look_again_ = present_;  // One look gives the process id, the health and the ports.
}

asio::awaitable<void> TaskRunner::note_failed_start(Error error) {
  error = co_await judged(std::move(error));
  // Only what says so is passing: the engine also answers 500 to starts that can never succeed.
  if (retry_later(error, Retry::IfInterrupted)) {
    co_return;
  }
  auto const before = events_;
  auto const seen = co_await context_->engine->inspect_container(container_id_);
  if (seen) {
    apply(*seen, before);
    exit_code_ = seen->exit_code;
  }
  if (phase_ != Phase::Running) {
    if (error.code == ErrorCode::NotFound) {
      context_->networks->forget();  // Somebody removed one: the next task looks again.
    }
    fail("starting container failed: " + error.message);
  }
}

asio::awaitable<void> TaskRunner::inspect() {
  auto const place = co_await context_->looks.enter();
  auto const before = events_;
  auto const seen = co_await context_->engine->inspect_container(container_id_);
  if (seen) {
    apply(*seen, before);
  } else if (seen.error().code == ErrorCode::NotFound) {
    container_is_gone();
  } else {
    retry_later(seen.error(), Retry::Always);
  }
}

void TaskRunner::apply(ContainerState const& seen, unsigned events_before) {
  look_again_ = false;
  bool const current = events_ == events_before;
  if (!current && !present_) {
    return;  // It was destroyed while the engine answered.
  }
  ports_ = seen.ports;
  // What an event said meanwhile is newer than the answer.
  if (current || phase_ != Phase::Exited) {
    set_container(seen.id, phase_of(seen));
    exit_code_ = phase_ == Phase::Exited ? seen.exit_code : 0;
  }
  pid_ = phase_ == Phase::Running ? seen.pid : 0;
  finished_at_ = seen.finished_at;
  if (current || (health_ != Health::Healthy && health_ != Health::Unhealthy)) {
    health_ = health_of(seen.health);
  }
  unhealthy_ = unhealthy_ || (phase_ == Phase::Running && health_ == Health::Unhealthy);
}

asio::awaitable<void> TaskRunner::stop_container() {
  if (!assignment_.networks.empty()) {
    co_await context_->sink.withdrawn();
    if (context_->stopped) {
      co_return;
    }
    auto const delay = model::drain_delay(task().service_annotations->labels);
    asio::steady_timer settled(context_->executor,
                               std::max<Duration>(delay, context_->delays.settle));
    co_await settled.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  auto const place = std::make_shared<Gate::Lease>();
  *place = co_await context_->stops.enter();
  auto const next = plan_step(view());
  if (idle() || next != Step::Stop) {
    co_return;
  }
  asio::steady_timer give_way(context_->executor, context_->delays.slow_stop);
  give_way.async_wait([place](boost::system::error_code const& error) {
    if (!error) {
      place->release();
    }
  });
  stopping_ = true;
  auto const stopped = co_await context_->engine->stop_container(container_id_, stop_grace(task()));
  stopping_ = false;
  place->release();
  if (!stopped && stopped.error().code == ErrorCode::NotFound) {
    container_is_gone();
  } else if (!stopped) {
    retry_later(stopped.error(), Retry::Always);
  } else if (task().desired_state == TaskState::Remove) {
    look_again_ = false;
    phase_ = Phase::Exited;  // Nobody will read the exit code.
  } else {
    look_again_ = phase_ == Phase::Running;  // The event with the exit code is still on its way.
  }
}

asio::awaitable<void> TaskRunner::remove() {
  auto const self = shared_from_this();  // It may run beside the driving coroutine.
  auto const place = co_await context_->removes.enter();
  if (idle() || !present_) {
    co_return;
  }
  auto const removed = co_await context_->engine->remove_container(container_id_, KeepVolumes::No);
  if (!removed && removed.error().code != ErrorCode::NotFound) {
    retry_later(removed.error(), Retry::Always);
    co_return;
  }
  container_is_gone();
}

}  // namespace swarmward::backends
