#include "scheduler/rebalancer/move_list.h"

#include <gmock/gmock.h>

#include "scheduler/testing/cluster_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class MoveListTest : public ClusterFixture {
 protected:
  static model::ServiceSpec replicated(std::uint64_t replicas,
                                       std::uint64_t parallelism,
                                       model::UpdateOrder order = {}) {
    auto wish = spec(replicas);
    wish.update = model::UpdateConfig{parallelism, {}, {}, {}, 0, order};
    return wish;
  }

  /// Lists the moves; makes those that may be made now if `make` says so.
  MoveList moves(model::ServiceId const& id, bool make = false) {
    auto const& head = store_.head();
    auto const owner = head.find_service(id);
    kept_ = head.tasks_of(id);
    std::vector<model::Task const*> all;
    std::ranges::transform(kept_, std::back_inserter(all), [](auto const& t) { return t.get(); });
    ServiceView const view{owner.get(), all, &head.nodes, clock_.now(), &head};
    PlacementView nodes(head, clock_.now());
    auto list = list_moves(view, nodes);
    free_ = free_moves(view);
    if (make) {
      TaskPlan plan;
      for (std::size_t at = 0; at < std::min(free_, list.moves.size()); ++at) {
        plan.create.push_back(make_move(view, list.moves[at]));
      }
      change([&](state::Draft& draft) -> Result<void> {
        apply_task_plan(draft, id, plan, random_);
        return {};
      });
      settle();
    }
    return list;
  }

  [[nodiscard]] std::ptrdiff_t running(model::ServiceId const& id) const {
    return std::ranges::count_if(tasks(id), [](auto const& t) {
      return t->status.state == TaskState::Running && is_wanted(*t);
    });
  }

  std::vector<state::TaskPtr> kept_;
  std::size_t free_ = 0;
};

TEST_F(MoveListTest, ListsAllMovesAtOnceWithoutLabelOrRest) {
  add_node("a");
  auto const web = create(replicated(6, 1));
  obey();
  auto const b = add_node("b");
  settle();
  auto const list = moves(web);
  EXPECT_EQ(list.refusal, "");
  ASSERT_THAT(list.moves, SizeIs(3));
  for (auto const& move : list.moves) {
    EXPECT_EQ(move.to, b);
  }
  EXPECT_EQ(list.moves[0].task->slot, 6U);
  EXPECT_EQ(list.moves[2].task->slot, 4U);
  EXPECT_EQ(on(web, b), 0) << "listing changes nothing";
}

TEST_F(MoveListTest, MakesAsManyAtOnceAsAnUpdateWould) {
  auto const a = add_node("a");
  auto const web = create(replicated(6, 2));
  obey();
  auto const b = add_node("b");
  settle();
  moves(web, true);
  EXPECT_EQ(free_, 2U);
  EXPECT_EQ(wanted(web).size(), 8U);
  moves(web);
  EXPECT_EQ(free_, 0U) << "two are on their way";
  for (auto const& task : wanted(web)) {
    if (task->node_id == b) {
      observe(task->id, TaskState::Ready);
    }
  }
  EXPECT_EQ(running(web), 4) << "stop-first: the old ones stop once the new ones are prepared";
  moves(web);
  EXPECT_EQ(free_, 0U) << "two places are empty";
  obey();
  EXPECT_THAT(moves(web, true).moves, SizeIs(1));
  obey();
  EXPECT_EQ(on(web, a), 3);
  EXPECT_EQ(on(web, b), 3);
  EXPECT_THAT(moves(web).moves, IsEmpty());
  advance(minutes(30));
  EXPECT_EQ(on(web, b), 3);
}

TEST_F(MoveListTest, StartFirstNeverRunsFewerThanWanted) {
  add_node("a");
  auto const web = create(replicated(4, 1, model::UpdateOrder::StartFirst));
  obey();
  auto const b = add_node("b");
  settle();
  for (int round = 0; round < 2; ++round) {
    moves(web, true);
    EXPECT_EQ(running(web), 4);
    obey();
    EXPECT_EQ(running(web), 4);
  }
  EXPECT_EQ(on(web, b), 2);
}

TEST_F(MoveListTest, ANodeWithoutRoomGetsNothing) {
  add_node("a");
  auto wish = replicated(4, 1);
  wish.task.resources = model::ResourceRequirements{};
  wish.task.resources->reservations = model::Resources{1'000'000'000, 0, {}};
  auto const web = create(wish);
  obey();
  auto const b = add_node("b");
  edit_node(b, [](model::Node& node) { node.description.resources.nano_cpus = 1'000'000'000; });
  EXPECT_THAT(moves(web).moves, SizeIs(1));
  edit_node(b, [](model::Node& node) { node.description.resources.nano_cpus = 0; });
  EXPECT_THAT(moves(web).moves, IsEmpty());
}

TEST_F(MoveListTest, OnlyRunningTasksMove) {
  add_node("a");
  auto const web = create(replicated(4, 1));
  obey();
  auto const b = add_node("b");
  settle();
  observe(wanted(web)[3]->id, TaskState::Failed);
  auto const list = moves(web);
  ASSERT_FALSE(list.moves.empty());
  for (auto const& move : list.moves) {
    EXPECT_EQ(move.task->status.state, TaskState::Running);
    EXPECT_EQ(move.to, b);
  }
}

TEST_F(MoveListTest, NotDuringAnUpdateAndNotForGlobalServices) {
  add_node("a");
  auto const web = create(replicated(4, 1));
  obey();
  add_node("b");
  settle();
  update(web, [](model::ServiceSpec& wish) { wish.task.container->image = "new"; });
  EXPECT_THAT(moves(web).refusal, HasSubstr("an update is under way"));
  auto everywhere = spec(1);
  everywhere.annotations.name = "everywhere";
  everywhere.mode = model::Global{};
  EXPECT_THAT(moves(create(everywhere)).refusal, HasSubstr("only replicated"));
}

TEST_F(MoveListTest, AMoveThatGetsNowhereIsGivenUp) {
  auto const a = add_node("a");
  auto const web = create(replicated(2, 1));
  obey();
  auto const b = add_node("b");
  settle();
  moves(web, true);
  ASSERT_EQ(wanted(web).size(), 3U);
  advance(minutes(10) + seconds(1));
  EXPECT_EQ(on(web, a), 2);
  EXPECT_EQ(on(web, b), 0);
}

}  // namespace
}  // namespace swarmward::scheduler
