#pragma once

#include <random>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "scheduler/loop/apply_plan.h"
#include "scheduler/loop/control_loop.h"
#include "scheduler/restart/drain_move.h"
#include "state/testing/memory_persistence.h"

namespace swarmward::scheduler {

/// Time that moves only when told.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return now_; }
  void advance(Duration by) { now_ += by; }

 private:
  Time now_{std::chrono::hours(24 * 365 * 50)};
};

/// A cluster in memory: the real store and control loop, nodes and runners played by the test.
class ClusterFixture : public testing::Test {
 protected:
  ClusterFixture() {
    store_.watch_head([this](state::Touched const& touched) { loop_.touch(touched); });
  }

  void change(state::Change const& what) {
    clock_.advance(Duration(1));  // Real clocks tell any two commits apart.
    ASSERT_TRUE(store_.apply(what));
  }

  model::NodeId add_node(std::string const& hostname, model::StringMap labels = {}) {
    model::Node node;
    node.id = new_id<model::NodeTag>(random_);
    node.description.hostname = hostname;
    node.description.platform = {"x86_64", "linux"};
    node.description.resources = {4'000'000'000, 8LL << 30, {}};
    node.status.state = model::NodeState::Ready;
    node.access.agent_port = 7946;
    node.spec.annotations.labels = std::move(labels);
    auto const id = node.id;
    change([&](state::Draft& draft) -> Result<void> {
      draft.put(node);
      return {};
    });
    return id;
  }

  void edit_node(model::NodeId const& id, std::function<void(model::Node&)> const& edit) {
    change([&](state::Draft& draft) -> Result<void> {
      auto node = *draft.view().find_node(id);
      edit(node);
      draft.put(node);
      return {};
    });
    settle();
  }

  static void drain(model::Node& node) { node.spec.availability = model::Availability::Drain; }
  static void activate(model::Node& node) { node.spec.availability = model::Availability::Active; }

  static model::ServiceSpec spec(std::uint64_t replicas) {
    model::ServiceSpec spec;
    spec.annotations.name = "web";
    spec.mode = model::Replicated{replicas};
    spec.task.container = model::ContainerSpec{};
    spec.task.container->image = "nginx";
    return spec;
  }

  model::ServiceId create(model::ServiceSpec spec) {
    model::Service service;
    service.id = new_id<model::ServiceTag>(random_);
    service.spec = std::make_shared<model::ServiceSpec const>(std::move(spec));
    if (is_job(service)) {
      service.job_status = model::JobStatus{0, clock_.now()};
    }
    auto const id = service.id;
    change([&](state::Draft& draft) -> Result<void> {
      draft.put(service);
      return {};
    });
    settle();
    return id;
  }

  /// As the API does it: new spec version, the old spec kept, the update status cleared.
  void update(model::ServiceId const& id, std::function<void(model::ServiceSpec&)> const& edit) {
    change([&](state::Draft& draft) -> Result<void> {
      auto service = *draft.view().find_service(id);
      auto spec = *service.spec;
      edit(spec);
      service.previous_spec = service.spec;
      service.previous_spec_version = service.spec_version;
      service.spec_version = service.meta.version;
      service.spec = std::make_shared<model::ServiceSpec const>(std::move(spec));
      service.update_status.reset();
      if (is_job(service)) {
        service.job_status = model::JobStatus{service.job_status->iteration + 1, draft.now()};
      }
      draft.put(service);
      return {};
    });
    settle();
  }

  void remove(model::ServiceId const& id) {
    change([&](state::Draft& draft) -> Result<void> {
      draft.erase(id);
      return {};
    });
    settle();
  }

  /// The loop works until nothing is left to do; then a further pass must write nothing.
  void settle() {
    wake_ = loop_.pass();
    if (polls_) {
      loop_.touch_all();
      wake_ = loop_.pass();
    }
    auto const version = store_.head().version;
    loop_.touch_all();
    wake_ = loop_.pass();
    ASSERT_EQ(store_.head().version, version) << "a settled state is not a fixed point";
    check_invariants();
  }

  void advance(Duration by) {
    clock_.advance(by);
    settle();
  }

  void observe(model::TaskId const& id, model::TaskState state, std::string const& err = {}) {
    change([&](state::Draft& draft) -> Result<void> {
      model::TaskStatus status;
      status.timestamp = clock_.now();
      status.state = state;
      status.err = err;
      apply_status(draft, id, status);
      return {};
    });
    settle();
  }

  /// Plays the engines: tasks that should run do, those that should stop have stopped.
  void obey() {
    auto before = store_.head().version - 1;
    for (int round = 0; round < 20 && store_.head().version != before; ++round) {
      auto const head = store_.head();
      before = head.version;
      for (auto const [id, task] : head.tasks) {
        bool const placed = task->status.state >= model::TaskState::Assigned;
        if (!placed || model::is_terminal(task->status.state)) {
          continue;
        }
        auto const obeyed = task->desired_state >= model::TaskState::Shutdown
                                ? model::TaskState::Shutdown
                                : std::min(task->desired_state, model::TaskState::Running);
        if (task->status.state < obeyed) {
          observe(id, obeyed);
        }
      }
    }
  }

  [[nodiscard]] std::vector<state::TaskPtr> tasks(model::ServiceId const& id) const {
    return store_.head().tasks_of(id);
  }

  /// Tasks that the cluster wants, in slot order.
  [[nodiscard]] std::vector<state::TaskPtr> wanted(model::ServiceId const& id) const {
    auto all = tasks(id);
    std::erase_if(all, [](auto const& task) { return !is_wanted(*task); });
    std::ranges::sort(all, {}, [](auto const& task) { return std::pair(task->slot, task->id); });
    return all;
  }

  /// How many of them are placed there.
  [[nodiscard]] std::ptrdiff_t on(model::ServiceId const& id, model::NodeId const& node) const {
    return std::ranges::count_if(wanted(id), [&](auto const& t) { return t->node_id == node; });
  }

  [[nodiscard]] state::ServicePtr service(model::ServiceId const& id) const {
    return store_.head().find_service(id);
  }

  void check_invariants() const {
    std::map<std::pair<model::ServiceId, model::Slot>, int> running;
    for (auto const [id, task] : store_.head().tasks) {
      if (task->slot != 0 && task->status.state == model::TaskState::Running &&
          task->desired_state <= model::TaskState::Running) {
        ++running[{task->service_id, task->slot}];
      }
    }
    for (auto const& [place, count] : running) {
      auto const owner = store_.head().find_service(place.first);
      bool const start_first = owner && moves_start_first(*owner);
      EXPECT_TRUE(count <= 1 || start_first) << "slot " << place.second << " runs twice";
    }
  }

  boost::asio::io_context context_;
  ManualClock clock_;
  std::mt19937 generator_{42};
  RandomBytes random_ = [this](std::uint8_t* data, std::size_t size) {
    std::generate_n(data, size, [this] { return static_cast<std::uint8_t>(generator_()); });
  };
  state::StateStore store_{context_.get_executor(),
                           std::make_unique<state::MemoryPersistence>(),
                           state::id_only_codec(),
                           clock_};
  ControlLoop loop_{store_, clock_, random_};
  Time wake_ = kNever;
  bool polls_ = false;  ///< Some services wait for others, and notice them a second later only.
};

}  // namespace swarmward::scheduler
