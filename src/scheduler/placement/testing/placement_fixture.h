#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "scheduler/placement/apply_assignments.h"
#include "scheduler/placement/placement.h"

namespace swarmward::scheduler {

/// A cluster without loops: the test makes nodes and tasks, placement follows.
class PlacementTest : public ::testing::Test {
 protected:
  template <class Edit>
  void change(Edit const& edit) {
    state::Draft draft(head_, now_);
    edit(draft);
    head_ = draft.view();
    placement_.touch(draft.touched(), now_);
    now_ += std::chrono::seconds(1);
  }

  std::string next_id(char kind) {
    auto const number = std::to_string(++ids_ * 7919 % 1000003);
    return std::string(1, kind) + number + 'x' + std::string(23 - number.size(), '0');
  }

  /// Resources are powers of two, so that shares compare exactly.
  model::NodeId add_node(model::StringMap labels = {}, std::int64_t cpus = 1LL << 32) {
    model::Node node;
    node.id = model::NodeId(next_id('n'));
    node.spec.annotations.labels = std::move(labels);
    node.status.state = model::NodeState::Ready;
    node.description.resources = {cpus, 1LL << 33, {}};
    change([&](state::Draft& draft) { draft.put(node); });
    return node.id;
  }

  void edit_node(model::NodeId const& id, std::function<void(model::Node&)> const& edit) {
    auto node = *head_.find_node(id);
    edit(node);
    change([&](state::Draft& draft) { draft.put(node); });
  }

  static std::shared_ptr<model::ServiceSpec> spec() {
    auto made = std::make_shared<model::ServiceSpec>();
    made->task.placement.emplace();
    made->task.resources.emplace().reservations.emplace();
    return made;
  }

  model::Task make_task(std::shared_ptr<model::ServiceSpec const> const& spec,
                        model::ServiceId const& service,
                        model::Slot slot) {
    model::Task task;
    task.id = model::TaskId(next_id('t'));
    task.service_id = service;
    task.slot = slot;
    task.spec = {spec, &spec->task};
    task.service_annotations = {spec, &spec->annotations};
    if (spec->endpoint) {
      task.endpoint = {spec, &*spec->endpoint};
    }
    task.status.state = model::TaskState::Pending;
    return task;
  }

  model::ServiceId add_tasks(std::shared_ptr<model::ServiceSpec const> const& spec, int count) {
    model::ServiceId const service(next_id('s'));
    change([&](state::Draft& draft) {
      for (int slot = 1; slot <= count; ++slot) {
        draft.put(make_task(spec, service, static_cast<model::Slot>(slot)));
      }
    });
    return service;
  }

  model::TaskId add_task(std::shared_ptr<model::ServiceSpec const> const& spec,
                         model::ServiceId const& service,
                         model::Slot slot) {
    auto const task = make_task(spec, service, slot);
    change([&](state::Draft& draft) { draft.put(task); });
    return task.id;
  }

  void edit_task(model::TaskId const& id, std::function<void(model::Task&)> const& edit) {
    auto task = *head_.find_task(id);
    edit(task);
    change([&](state::Draft& draft) { draft.put(task); });
  }

  void end(model::TaskId const& id, model::TaskState state, char const* err = "") {
    edit_task(id, [&](auto& task) {
      task.status.state = state;
      task.status.err = err;
      task.status.timestamp = now_;
      task.desired_state = model::TaskState::Shutdown;
    });
  }

  std::vector<Assignment> place() {
    auto assignments = placement_.plan(head_, now_);
    state::Draft draft(head_, now_);
    apply_assignments(draft, assignments);
    head_ = draft.view();
    return assignments;
  }

  model::NodeId node_of(model::TaskId const& id) const { return head_.find_task(id)->node_id; }
  std::string err_of(model::TaskId const& id) const { return head_.find_task(id)->status.err; }

  state::Snapshot head_;
  Placement placement_;
  Time now_{std::chrono::hours(1000)};
  unsigned ids_ = 0;
};

}  // namespace swarmward::scheduler
