#include "app/ward_moves.h"

#include <gmock/gmock.h>

#include "scheduler/testing/cluster_fixture.h"

namespace swarmward::app {
namespace {

using ::testing::SizeIs;

class WardMovesTest : public scheduler::ClusterFixture {
 protected:
  model::ServiceId create_named(std::string const& name, std::uint64_t replicas) {
    auto wish = spec(replicas);
    wish.annotations.name = name;
    wish.update = model::UpdateConfig{1, {}, {}, {}, 0, model::UpdateOrder::StartFirst};
    auto const id = create(wish);
    obey();
    return id;
  }
  api::RebalanceReport make(model::ServiceId const& service) {
    api::RebalanceReport report;
    change([&](state::Draft& draft) -> Result<void> {
      report = make_moves(draft, service, random_);
      return {};
    });
    settle();
    return report;
  }
};

TEST_F(WardMovesTest, ListsAllServicesByNameAndWhyOthersAreLeftOut) {
  auto const a = add_node("a");
  auto const web = create_named("web", 4);
  auto const db = create_named("db", 4);
  create_named("cache", 2);
  auto const b = add_node("b");
  settle();
  update(db, [](model::ServiceSpec& wish) { wish.task.container->image = "new"; });
  auto const report = list_moves(store_.head(), {}, clock_.now());
  ASSERT_THAT(report.moves, SizeIs(3));
  EXPECT_EQ(report.moves[0].service_name, "cache");
  EXPECT_EQ(report.moves[1].service, web);
  EXPECT_EQ(report.moves[1].task_name, "web.4");
  EXPECT_EQ(report.moves[1].from, a);
  EXPECT_EQ(report.moves[1].to, b);
  EXPECT_TRUE(report.moves[1].new_task.empty());
  ASSERT_THAT(report.refusals, SizeIs(1));
  EXPECT_EQ(report.refusals[0].service_name, "db");
  EXPECT_THAT(list_moves(store_.head(), web, clock_.now()).moves, SizeIs(2));
}

TEST_F(WardMovesTest, MakesAsManyAsMayBeginAndNamesTheNewTasks) {
  add_node("a");
  auto const web = create_named("web", 4);
  auto const b = add_node("b");
  settle();
  auto report = make(web);
  ASSERT_THAT(report.moves, SizeIs(2));
  EXPECT_TRUE(report.moves[1].new_task.empty());
  auto const mover = store_.head().find_task(report.moves[0].new_task);
  ASSERT_TRUE(mover);
  EXPECT_EQ(mover->node_id, b);
  EXPECT_EQ(mover->replaces, report.moves[0].task);
  report = make(web);
  ASSERT_THAT(report.moves, SizeIs(1));
  EXPECT_TRUE(report.moves[0].new_task.empty()) << "one is under way";
  obey();
  EXPECT_FALSE(make(web).moves.at(0).new_task.empty());
  obey();
  EXPECT_TRUE(make(web).moves.empty());
}

}  // namespace
}  // namespace swarmward::app
