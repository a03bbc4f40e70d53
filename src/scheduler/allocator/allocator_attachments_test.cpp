#include <gmock/gmock.h>

#include "model/attachment.h"
#include "scheduler/networks/network_plan.h"
#include "scheduler/networks/plan_owners.h"
#include "scheduler/reaper/attachment_reaper.h"
#include "scheduler/testing/cluster_fixture.h"
#include "scheduler/testing/plan_of.h"

namespace swarmward::scheduler {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

/// Containers that are no tasks, in a network of two nodes.
class AllocatorAttachmentsTest : public ClusterFixture {
 protected:
  AllocatorAttachmentsTest() {
    change([](state::Draft& draft) -> Result<void> {
      draft.put(model::Cluster{});
      return {};
    });
    one_ = add_node("h1");
    two_ = add_node("h2");
    edit_node(one_, [](model::Node& node) { node.status.addr = "192.168.0.1"; });
    edit_node(two_, [](model::Node& node) { node.status.addr = "192.168.0.2"; });
    back_ = add_network("back", "10.7.0.0/29");
  }

  model::NetworkId add_network(std::string name, std::string subnet) {
    model::Network network;
    network.id = new_id<model::NetworkTag>(random_);
    network.spec.annotations.name = std::move(name);
    network.spec.ipam = {{std::move(subnet), "", "", {}}};
    change([&](state::Draft& draft) -> Result<void> {
      draft.put(network);
      return {};
    });
    settle();
    return network.id;
  }

  model::TaskId attach(model::NodeId const& node,
                       std::string address = {},
                       std::vector<std::string> aliases = {}) {
    auto const id = new_id<model::TaskTag>(random_);
    auto const task =
        model::make_attachment(id, node, {back_, std::move(address), std::move(aliases)});
    change([&](state::Draft& draft) -> Result<void> {
      draft.put(task);
      return {};
    });
    settle();
    return id;
  }
  void see(model::SeenAttachment const& seen) {
    change([&](state::Draft& draft) -> Result<void> {
      draft.put(model::as_seen(*draft.view().find_task(seen.task), seen, draft.now()));
      return {};
    });
    settle();
  }
  void see_running(model::TaskId const& id, std::string const& name) {
    see({id, model::TaskState::Running, name + "0123456789abcdef", name, name + "-host"});
  }
  state::TaskPtr task(model::TaskId const& id) { return store_.head().find_task(id); }
  std::string address(model::TaskId const& id) {
    auto const known = task(id);
    return known && !known->networks.empty() ? known->networks[0].address : std::string();
  }
  model::PlannedNetwork plan(model::NodeId const& node) {
    auto const planned = plan_of(store_.head(), node);
    return planned.networks.empty() ? model::PlannedNetwork{} : *planned.networks[0];
  }
  static std::vector<std::string> resolved(model::PlannedNetwork const& network,
                                           std::string const& name) {
    for (auto const& known : network.names) {
      if (known.name == name) {
        return known.addresses;
      }
    }
    return {};
  }

  model::NodeId one_;
  model::NodeId two_;
  model::NetworkId back_;
};

TEST_F(AllocatorAttachmentsTest, GetAnAddressAndOneForTheNode) {
  auto const id = attach(one_);
  EXPECT_EQ(task(id)->status.state, model::TaskState::Assigned);
  EXPECT_EQ(address(id), "10.7.0.2/29");
  auto const& attachments = store_.head().find_node(one_)->attachments;
  ASSERT_THAT(attachments, SizeIs(1));
  EXPECT_EQ(attachments[0].address, "10.7.0.3/29");
  EXPECT_THAT(store_.head().find_node(two_)->attachments, IsEmpty());
}

TEST_F(AllocatorAttachmentsTest, TheAddressOfOnesChoiceIsKeptFromOthers) {
  auto const id = attach(one_, "10.7.0.5");
  EXPECT_EQ(address(id), "10.7.0.5/29");
  auto const second = attach(two_, "10.7.0.5");
  EXPECT_EQ(task(second)->status.state, model::TaskState::Rejected);
  EXPECT_EQ(task(second)->status.err, "the address 10.7.0.5 is in use");
  for (auto const* bad : {"10.8.0.5", "10.7.0.0", "10.7.0.7", "nonsense"}) {
    auto const refused = attach(two_, bad);
    EXPECT_THAT(task(refused)->status.err.str(), HasSubstr("is not one for members")) << bad;
  }
  EXPECT_EQ(task(attach(two_, "10.7.0.1"))->status.err, "the address 10.7.0.1 is in use");
  EXPECT_THAT(store_.head().find_node(two_)->attachments, IsEmpty());
}

TEST_F(AllocatorAttachmentsTest, RefusalsStayUntilTheyWereSeen) {
  auto const refused = attach(one_, "10.8.0.5");
  EXPECT_TRUE(task(refused));
  clock_.advance(kRefusalKept);
  attach(one_);
  EXPECT_FALSE(task(refused));
}

TEST_F(AllocatorAttachmentsTest, AFullNetworkRefuses) {
  attach(one_);  // And its node: .2, .3
  attach(one_);
  attach(one_);
  attach(one_);  // .6 is the last.
  EXPECT_EQ(task(attach(one_))->status.err, "no address is left in network back");
}

TEST_F(AllocatorAttachmentsTest, TheLastAddressIsNotTakenWhenTheNodeGetsNone) {
  attach(one_);
  attach(one_);
  attach(one_);
  auto const refused = attach(two_);
  EXPECT_EQ(task(refused)->status.err, "no address is left in the network for its node");
  EXPECT_EQ(task(attach(one_))->status.state, model::TaskState::Assigned);
}

TEST_F(AllocatorAttachmentsTest, WhatHasEndedIsGoneWithItsAddresses) {
  auto const id = attach(one_, "10.7.0.5");
  see_running(id, "c1");
  EXPECT_EQ(task(id)->status.state, model::TaskState::Running);
  see({id, model::TaskState::Ready, "c10123456789abcdef", "c1", ""});
  EXPECT_EQ(address(id), "10.7.0.5/29");  // A stopped container keeps it.
  see({id, model::TaskState::Complete});
  EXPECT_FALSE(task(id));
  EXPECT_THAT(store_.head().find_node(one_)->attachments, IsEmpty());
  EXPECT_EQ(address(attach(two_, "10.7.0.5")), "10.7.0.5/29");
}

TEST_F(AllocatorAttachmentsTest, GoWithTheirNode) {
  auto const id = attach(one_);
  see_running(id, "c1");
  change([&](state::Draft& draft) -> Result<void> {
    draft.erase(one_);
    return {};
  });
  settle();
  EXPECT_FALSE(task(id));
}

TEST_F(AllocatorAttachmentsTest, DrainingMovesNothing) {
  auto const id = attach(one_);
  see_running(id, "c1");
  edit_node(one_, drain);
  ASSERT_TRUE(task(id));
  EXPECT_EQ(task(id)->status.state, model::TaskState::Running);
  EXPECT_EQ(task(id)->desired_state, model::TaskState::Running);
}

TEST_F(AllocatorAttachmentsTest, CountForNothingInPlacement) {
  for (int more = 0; more < 2; ++more) {
    see_running(attach(one_), "c" + std::to_string(more));
  }
  auto const service = create(spec(2));
  EXPECT_EQ(on(service, one_), 1);
  EXPECT_EQ(on(service, two_), 1);
}

TEST_F(AllocatorAttachmentsTest, WaitForTheirNetworksSubnet) {
  auto const id = new_id<model::TaskTag>(random_);
  model::Network network;
  network.id = new_id<model::NetworkTag>(random_);
  network.spec.annotations.name = "late";
  change([&](state::Draft& draft) -> Result<void> {
    draft.put(model::make_attachment(id, one_, {network.id, "", {}}));
    draft.put(network);
    return {};
  });
  settle();
  EXPECT_EQ(task(id)->status.state, model::TaskState::Assigned);
}

TEST_F(AllocatorAttachmentsTest, AreResolvedWhileTheyRun) {
  auto const id = attach(one_, "", {"Db"});
  auto const other = attach(two_, "", {"db"});
  EXPECT_THAT(plan(one_).local, ElementsAre("10.7.0.2"));
  EXPECT_THAT(resolved(plan(two_), "db"), IsEmpty());
  see_running(id, "c1");
  see_running(other, "c2");
  auto const there = plan(two_);
  EXPECT_THAT(resolved(there, "c1"), ElementsAre("10.7.0.2"));
  EXPECT_THAT(resolved(there, "c10123456789"), ElementsAre("10.7.0.2"));
  EXPECT_THAT(resolved(there, "c1-host"), ElementsAre("10.7.0.2"));
  EXPECT_THAT(resolved(there, "db"), UnorderedElementsAre("10.7.0.2", "10.7.0.4"));
  ASSERT_THAT(there.reverse, SizeIs(2));
  EXPECT_EQ(there.reverse[0].name, "c1");
  EXPECT_THAT(there.peers,
              ::testing::Contains(model::PlannedPeer{"10.7.0.2", "192.168.0.1", "10.7.0.3"}));
  see({id, model::TaskState::Ready, "c10123456789abcdef", "c1", ""});
  EXPECT_THAT(resolved(plan(two_), "c1"), IsEmpty());
  EXPECT_THAT(resolved(plan(two_), "db"), ElementsAre("10.7.0.4"));
}

TEST_F(AllocatorAttachmentsTest, ARenamedContainerChangesPlans) {
  auto const id = attach(one_);
  see_running(id, "c1");
  auto const before = task(id);
  see({id, model::TaskState::Running, "c10123456789abcdef", "renamed", ""});
  state::Touched touched;
  touched.tasks.push_back({before, task(id)});
  PlanOwners owners;
  owners.add(touched);
  EXPECT_FALSE(owners.empty());
  EXPECT_THAT(resolved(plan(one_), "renamed"), ElementsAre("10.7.0.2"));
}

}  // namespace
}  // namespace swarmward::scheduler
