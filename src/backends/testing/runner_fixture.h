#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backends/runner/container_config.h"
#include "backends/runner/node_runner.h"
#include "backends/testing/fake_engine.h"
#include "model/registry_server.h"

namespace swarmward::backends::testing {

/// Keeps what runners report.
class RecordingSink final : public RunnerSink {
 public:
  void report(model::NodeId, model::TaskId task, model::TaskStatus status) override {
    history[task].push_back(std::move(status));
  }
  void attached(model::NodeId, std::vector<model::SeenAttachment> seen) override {
    for (auto& each : seen) {
      attachments[each.task] = std::move(each);
    }
  }
  void observe(model::NodeId, EngineObservation observation) override {
    observations.push_back(std::move(observation));
  }
  asio::awaitable<void> withdrawn() override {
    ++withdrawals;
    while (hold_withdrawals) {
      asio::steady_timer pause(co_await asio::this_coro::executor, std::chrono::milliseconds(1));
      co_await pause.async_wait(asio::use_awaitable);
    }
  }
  asio::awaitable<Result<void>> copy_image(model::NodeId,
                                           std::string reference,
                                           Tell tell) override {
    tell("copying the image from node other");
    copies.push_back(reference);
    if (!other_node || !other_node->images.contains(reference)) {
      co_return not_found("no other node has " + reference);
    }
    engine_images->insert(std::move(reference));
    co_return Result<void>{};
  }
  std::optional<StoredLogin> stored_login(std::string const& reference) override {
    auto const found = stored.find(model::registry_of_image(reference));
    return found == stored.end() ? std::nullopt
                                 : std::optional(StoredLogin{found->first, found->second});
  }
  std::map<std::string, std::string> stored;       ///< X-Registry-Auth by registry.
  FakeEngine* other_node = nullptr;                ///< From which images are copied.
  std::set<std::string>* engine_images = nullptr;  ///< Where they go.
  std::vector<std::string> copies;                 ///< References that were asked for.
  std::map<model::TaskId, std::vector<model::TaskStatus>> history;
  std::map<model::TaskId, model::SeenAttachment> attachments;  ///< As they were seen last.
  std::vector<EngineObservation> observations;
  int withdrawals = 0;
  bool hold_withdrawals = false;
};

class FixedClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return time; }
  Time time{std::chrono::seconds(1'000'000)};
};

/// One node with a fake engine. Nothing runs but in settle() and until().
class RunnerFixture : public ::testing::Test {
 protected:
  RunnerFixture() {
    engine->images = {"app:1"};
    spec.container.emplace();
    spec.container->image = "app:1";
  }
  ~RunnerFixture() override {
    runner.reset();
    settle();
  }

  static Delays fast() {
    Delays delays;
    delays.ping = std::chrono::hours(1);
    delays.reconnect = std::chrono::milliseconds(1);
    delays.observe_failure = std::chrono::milliseconds(0);
    delays.refresh = std::chrono::hours(1);
    delays.resync = std::chrono::hours(1);
    delays.bunch = std::chrono::milliseconds(1);
    delays.retry = std::chrono::milliseconds(1);
    delays.settle = std::chrono::milliseconds(0);
    delays.network_stays = std::chrono::milliseconds(1);
    return delays;
  }

  void make_runner(Delays delays = fast()) {
    NodeIdentity identity;
    identity.id = model::NodeId("node1");
    identity.hostname = "host1";
    runner = std::make_unique<NodeRunner>(io.get_executor(), engine, identity, sink, clock, delays);
  }
  void connect() {
    make_runner();
    runner->start();
    settle();
  }
  void settle() {
    io.restart();
    io.poll();
  }
  bool until(std::function<bool()> const& condition) {
    for (int turn = 0; turn < 3000 && !condition(); ++turn) {
      io.restart();
      io.run_for(std::chrono::milliseconds(1));
    }
    return condition();
  }

  Assignment task(std::string const& id,
                  model::TaskState desired = model::TaskState::Running,
                  model::TaskState observed = model::TaskState::Assigned) const {
    auto task = std::make_shared<model::Task>();
    task->id = model::TaskId(id);
    task->spec = std::make_shared<model::TaskSpec const>(spec);
    auto annotations = std::make_shared<model::Annotations>();
    annotations->name = "web";
    task->service_annotations = annotations;
    task->service_id = model::ServiceId("service1");
    task->slot = 1;
    task->node_id = model::NodeId("node1");
    task->status.state = observed;
    task->desired_state = desired;
    Assignment assignment;
    assignment.task = task;
    return assignment;
  }
  void give(Assignment const& assignment) {
    runner->task_changed(assignment);
    settle();
  }
  model::TaskStatus status(std::string const& id) {
    auto const& reports = sink.history[model::TaskId(id)];
    return reports.empty() ? model::TaskStatus{} : reports.back();
  }
  std::vector<std::string> states(std::string const& id) {
    std::vector<std::string> words;
    for (auto const& report : sink.history[model::TaskId(id)]) {
      words.emplace_back(to_string(report.state));
    }
    return words;
  }
  static model::StringMap labels(std::string const& task, std::string const& node = "node1") {
    return {{kTaskLabel, ""},
            {kTaskIdLabel, task},
            {kTaskNameLabel, "web.1." + task},
            {kNodeIdLabel, node}};
  }

  asio::io_context io{1};
  std::shared_ptr<FakeEngine> engine = std::make_shared<FakeEngine>(io.get_executor());
  RecordingSink sink;
  FixedClock clock;
  model::TaskSpec spec;
  std::unique_ptr<NodeRunner> runner;
};

}  // namespace swarmward::backends::testing
