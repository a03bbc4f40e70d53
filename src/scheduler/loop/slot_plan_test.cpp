#include "scheduler/loop/slot_plan.h"

#include <sstream>

#include <gmock/gmock.h>

#include "scheduler/loop/service_plan.h"
#include "scheduler/reaper/reaper_plan.h"
#include "scheduler/testing/cluster_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using std::chrono::seconds;

void print(std::ostream& out, NewTask const& task) {
  out << "create " << task.place.slot << " on " << task.place.node.view() << " desired "
      << to_string(task.desired) << " replaces " << task.replaces.view() << " not before "
      << task.start_not_before.time_since_epoch().count() << " origin "
      << static_cast<int>(task.origin) << " failures " << task.failures_before << " restarts "
      << task.restarts.size() << " spec of " << task.spec_of.view() << "\n";
}

/// All of the plan but when to look again.
std::string text_of(TaskPlan const& plan, std::vector<model::TaskId> const& reaped) {
  std::ostringstream out;
  for (auto const& task : plan.create) {
    print(out, task);
  }
  auto const list = [&](char const* verb, std::vector<model::TaskId> const& ids) {
    for (auto const& id : ids) {
      out << verb << " " << id.view() << "\n";
    }
  };
  list("shut down", plan.shutdown);
  list("remove", plan.remove);
  list("start", plan.start);
  list("orphan", plan.orphan);
  list("reap", reaped);
  for (auto const& [id, reason] : plan.waiting) {
    out << id.view() << " waits: " << reason << "\n";
  }
  out << (plan.update_status ? "update status\n" : "") << (plan.roll_back ? "roll back\n" : "");
  return out.str();
}

class SlotPlanTest : public ClusterFixture {
 protected:
  std::size_t pick(std::size_t count) { return generator_() % count; }

  ServiceView view(model::ServiceId const& id, std::vector<model::Task const*> some) const {
    auto const& head = store_.head();
    return {head.find_service(id).get(), std::move(some), &head.nodes, clock_.now(), &head};
  }

  model::ServiceSpec random_spec() {
    using model::RestartCondition;
    auto wish = spec(1 + pick(5));
    RestartCondition const conditions[] = {
        RestartCondition::Any, RestartCondition::OnFailure, RestartCondition::None};
    std::optional<std::uint64_t> attempts;
    if (pick(2) == 0) {
      attempts = 1 + pick(3);
    }
    wish.task.restart = model::RestartPolicy{
        conditions[pick(3)], seconds(static_cast<int>(pick(2)) * 5), attempts, {}};
    wish.update.emplace().order =
        pick(3) == 0 ? model::UpdateOrder::StartFirst : model::UpdateOrder::StopFirst;
    if (pick(3) == 0) {
      wish.annotations.labels["ward.pre-deploy"] = "migrate";
    }
    return wish;
  }
  /// A job that runs, and completes if it is told to.
  void begin_job() {
    auto wish = spec(0);
    wish.annotations.name = "migrate";
    wish.mode = model::ReplicatedJob{1, 1};
    job_ = create(wish);
  }
  void complete_job() { observe(wanted(job_).at(0)->id, TaskState::Complete); }

  /// Something that the loop has not looked at yet happens to one task or two of a slot.
  void disturb(std::vector<state::TaskPtr> const& all, model::Slot slot) {
    TaskState const states[] = {TaskState::Running,
                                TaskState::Complete,
                                TaskState::Shutdown,
                                TaskState::Failed,
                                TaskState::Rejected,
                                TaskState::Orphaned};
    change([&](state::Draft& draft) -> Result<void> {
      for (auto const& task : all) {
        if (task->slot == slot && pick(2) == 0) {
          model::TaskStatus status;
          status.timestamp = clock_.now();
          status.state = states[pick(6)];
          apply_status(draft, task->id, status);
        }
      }
      return {};
    });
  }

  model::ServiceId job_;

  bool stands_alone(model::ServiceId const& id) {
    return slots_stand_alone(view(id, tasks_of(store_.head(), id)));
  }
  void drain_or_not(model::NodeId const& node) {
    auto const availability =
        pick(2) == 0 ? model::Availability::Drain : model::Availability::Active;
    edit_node(node, [&](auto& changed) { changed.spec.availability = availability; });
  }

  /// True if the slot could be looked at by itself.
  bool compare(model::ServiceId const& id, model::Slot slot) {
    auto const& head = store_.head();
    auto const whole = view(id, tasks_of(head, id));
    auto const alone = view(id, tasks_of(head, id, slot));
    auto const expected = plan_service(whole);
    auto const plan = plan_slot(alone);
    if (plan) {
      EXPECT_EQ(text_of(*plan, plan_reap(alone, 5)), text_of(expected, plan_reap(whole, 5)));
      EXPECT_LE(expected.wake, plan->wake);
    }
    return plan.has_value();
  }
};

TEST_F(SlotPlanTest, ASlotsPlanIsThatOfTheWholeService) {
  auto const a = add_node("a");
  add_node("b");
  int alone = 0;
  int compared = 0;
  begin_job();
  for (int round = 0; round < 60; ++round) {
    if (round == 20) {
      complete_job();
    }
    auto wish = random_spec();
    wish.annotations.name = "service" + std::to_string(round);
    auto const id = create(wish);
    obey();
    if (pick(3) == 0) {
      update(id, [](auto& spec) { spec.task.force_update = 1; });
      obey();
      advance(seconds(60));
    }
    if (pick(3) == 0) {
      update(id,
             [&](auto& spec) { std::get<model::Replicated>(spec.mode).replicas = 1 + pick(5); });
      obey();
    }
    for (int step = 0; step < 20; ++step) {
      auto const all = tasks(id);
      auto const slot = all.empty() ? 1 : all[pick(all.size())]->slot;
      bool const stood_alone = stands_alone(id);
      disturb(all, slot);
      alone += stood_alone && compare(id, slot) ? 1 : 0;
      ++compared;
      settle();
      if (pick(6) == 0) {
        drain_or_not(a);
      }
      pick(4) == 0 ? obey() : advance(seconds(static_cast<int>(pick(7))));
    }
  }
  EXPECT_GT(alone, compared / 2) << "most need no look at the whole service";
}

TEST_F(SlotPlanTest, WhatDependsOnOtherSlotsNeedsTheWholeService) {
  auto const a = add_node("a");
  add_node("b");
  auto wish = spec(3);
  wish.update.emplace().order = model::UpdateOrder::StartFirst;
  auto const web = create(wish);
  obey();
  auto const is_alone = [&](model::ServiceId const& id) {
    return plan_slot(view(id, tasks_of(store_.head(), id, 1))).has_value();
  };
  EXPECT_TRUE(is_alone(web));
  EXPECT_FALSE(plan_slot(view(web, {}))) << "the slot is gone";
  update(web, [](auto& spec) { spec.task.force_update = 1; });
  EXPECT_FALSE(is_alone(web)) << "an update is under way";
  for (int slot = 1; slot <= 3; ++slot) {
    obey();
    advance(seconds(60));
  }
  EXPECT_TRUE(is_alone(web)) << "the update is complete";
  edit_node(a, drain);
  EXPECT_FALSE(stands_alone(web)) << "tasks have to move";
  obey();
  EXPECT_TRUE(stands_alone(web));
  update(web, [](auto& spec) { spec.annotations.labels["ward.rebalance"] = "auto"; });
  EXPECT_FALSE(is_alone(web));
  update(web, [](auto& spec) { spec.annotations.labels = {{"ward.depends-on", "db"}}; });
  EXPECT_FALSE(is_alone(web));
}

}  // namespace
}  // namespace swarmward::scheduler
