#pragma once

#include <algorithm>

#include <gmock/gmock.h>

#include "base/log.h"
#include "scheduler/simulation/operations.h"
#include "scheduler/simulation/world.h"

namespace swarmward::scheduler::simulation {

/// A cluster to which only that happens which the test tells: images do as they are called, nothing
/// fails by itself. All checks of the simulation run along.
class StoryTest : public testing::Test {
 protected:
  StoryTest() {
    static_cast<void>(set_log_level("fatal"));
    world_.stage().mood = Mood::Scripted;
    world_.start_manager();
    model::Cluster cluster;
    cluster.id = model::ClusterId("cluster");
    change([cluster](state::Draft& draft) -> Result<void> {
      draft.put(cluster);
      return {};
    });
  }
  ~StoryTest() override {
    EXPECT_FALSE(world_.stage().violation) << *world_.stage().violation << '\n'
                                           << world_.stage().trace.text();
  }

  void change(state::Change const& what) { ASSERT_TRUE(world_.change(what)); }
  void run(Duration time) { world_.run_for(time); }
  [[nodiscard]] Time now() { return world_.stage().queue.now(); }
  [[nodiscard]] state::Snapshot const& head() { return world_.manager().head(); }

  /// Adds hosts and waits until they are ready.
  void add_hosts(std::vector<std::string> const& names) {
    for (auto const& name : names) {
      world_.add_host(name);
    }
    run(std::chrono::seconds(2));
  }
  SimEngine& engine(std::string const& host) { return *world_.engines().at(host); }
  [[nodiscard]] state::NodePtr node(std::string const& host) {
    for (auto const [id, node] : head().nodes) {
      if (node->engine_name == host) {
        return node;
      }
    }
    return nullptr;
  }
  void set_availability(std::string const& host, model::Availability availability) {
    auto const known = node(host);
    auto spec = known->spec;
    spec.availability = availability;
    change([&](state::Draft& draft) {
      return update_node(draft, known->id, known->meta.version, spec);
    });
  }

  static model::ServiceSpec spec(std::string image,
                                 model::ServiceMode mode = model::Replicated{1}) {
    model::ServiceSpec spec;
    spec.annotations.name = "web";
    spec.mode = mode;
    spec.task.container = model::ContainerSpec{};
    spec.task.container->image = std::move(image);
    return spec;
  }
  model::ServiceId create(model::ServiceSpec spec) {
    auto const id = model::ServiceId(spec.annotations.name);
    auto const shared = std::make_shared<model::ServiceSpec const>(std::move(spec));
    change([&](state::Draft& draft) { return create_service(draft, id, shared); });
    return id;
  }
  void update(model::ServiceId const& id, std::function<void(model::ServiceSpec&)> const& edit) {
    auto const known = head().find_service(id);
    auto spec = *known->spec;
    edit(spec);
    auto const shared = std::make_shared<model::ServiceSpec const>(std::move(spec));
    change([&](state::Draft& draft) {
      return update_service(draft, id, known->meta.version, shared);
    });
  }
  [[nodiscard]] state::ServicePtr service(model::ServiceId const& id) {
    return head().find_service(id);
  }

  /// In the order in which they were made.
  [[nodiscard]] std::vector<state::TaskPtr> tasks(model::ServiceId const& id) {
    auto all = head().tasks_of(id);
    std::ranges::sort(all, {}, [](auto const& task) { return task->meta.created_at; });
    return all;
  }
  [[nodiscard]] std::vector<state::TaskPtr> wanted(model::ServiceId const& id) {
    auto all = tasks(id);
    std::erase_if(all, [](auto const& task) { return !is_wanted(*task); });
    return all;
  }
  [[nodiscard]] std::ptrdiff_t running(model::ServiceId const& id) {
    return std::ranges::count_if(wanted(id), [](auto const& task) {
      return task->status.state == model::TaskState::Running;
    });
  }
  [[nodiscard]] std::ptrdiff_t count(model::ServiceId const& id, model::TaskState state) {
    return std::ranges::count_if(tasks(id),
                                 [&](auto const& task) { return task->status.state == state; });
  }
  /// Runs until `is_so`, for `most` at most; says how long it took.
  Duration wait_until(std::function<bool()> const& is_so, Duration most) {
    auto const from = now();
    while (!is_so() && now() - from < most && !world_.stage().violation) {
      run(std::chrono::milliseconds(20));
    }
    return now() - from;
  }

  World world_{[] {
    World::Options options;
    options.traced = true;
    options.trace_lines = 60;
    return options;
  }()};
};

}  // namespace swarmward::scheduler::simulation
