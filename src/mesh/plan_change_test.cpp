#include "mesh/plan_change.h"

#include <gmock/gmock.h>

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

model::SharedNetwork network(std::string id) {
  model::PlannedNetwork made;
  made.id = std::move(id);
  return made;
}

TEST(PlanChange, NamesNetworksThatCameWentOrAreAnother) {
  model::NetworkPlan before;
  before.networks = {network("a"), network("b"), network("c")};
  auto now = before;
  now.networks.at(1).change([](model::PlannedNetwork& edited) { edited.local = {"10.0.1.5"}; });
  now.networks.at(2) = network("d");
  auto const change = plan_change(before, now);
  EXPECT_THAT(change.networks, ElementsAre("b", "c", "d"));
  EXPECT_FALSE(change.ports || change.host);
}

TEST(PlanChange, OfEqualPlansIsEmpty) {
  model::NetworkPlan plan;
  plan.networks = {network("a")};
  plan.ports = {{8080, 80, model::Protocol::Tcp, {}}};
  auto same = plan;
  same.networks = {network("a")};
  EXPECT_TRUE(plan_change(plan, same).empty());
}

TEST(PlanChange, TellsPortsFromTheRest) {
  model::NetworkPlan before;
  auto now = before;
  now.ports = {{8080, 80, model::Protocol::Tcp, {}}};
  EXPECT_TRUE(plan_change(before, now).ports);
  EXPECT_FALSE(plan_change(before, now).host);
  EXPECT_THAT(plan_change(before, now).networks, IsEmpty());
  for (auto const edit : {+[](model::NetworkPlan& plan) { plan.ingress = "a"; },
                          +[](model::NetworkPlan& plan) { plan.data_path_port = 4790; },
                          +[](model::NetworkPlan& plan) { plan.host = "192.0.2.1"; },
                          +[](model::NetworkPlan& plan) {
                            plan.keys = {{1, "00"}};
                          }}) {
    auto other = before;
    edit(other);
    EXPECT_TRUE(plan_change(before, other).host);
  }
}

}  // namespace
}  // namespace swarmward::mesh
