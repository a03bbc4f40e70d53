#include "mesh/host_networks.h"

#include <gmock/gmock.h>

#include "mesh/inspect/testing/inspect_fixture.h"

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// A host with one network, in which the plan has 10.0.1.12 on another host.
class HostNetworksTest : public InspectTest {
 protected:
  /// As an engine that was killed leaves it: it has its endpoint still, and no wire.
  void leave_endpoint() {
    CreateEndpointRequest request;
    request.network = "engine-1";
    request.endpoint = "e2";
    request.address = *parse_address("10.0.1.12");
    ASSERT_TRUE(networks_->create_endpoint(request));
  }
  /// As the agent does every few seconds.
  void look() {
    ASSERT_TRUE(networks_->reconcile());
    ASSERT_TRUE(networks_->forget_ended());
  }
  std::string ways() { return in("n1", "bridge fdb show dev vxlan0"); }
};

TEST_F(HostNetworksTest, AnAddressThatMovedIsReachedWhereItIsNow) {
  ASSERT_THAT(ways(), HasSubstr("02:42:0a:00:01:0c"));
  leave_endpoint();
  EXPECT_THAT(ways(), Not(HasSubstr("02:42:0a:00:01:0c"))) << "the plan may be older";
  look();
  EXPECT_THAT(ways(), Not(HasSubstr("02:42:0a:00:01:0c"))) << "its wire may come yet";
  look();
  EXPECT_THAT(ways(), HasSubstr("02:42:0a:00:01:0c"));
}

TEST_F(HostNetworksTest, WhatEndedWithAKilledEngineIsForgottenThoughNobodyHasItsAddress) {
  CreateEndpointRequest request;
  request.network = "engine-1";
  request.endpoint = "e3";
  request.address = *parse_address("10.0.1.77");
  ASSERT_TRUE(networks_->create_endpoint(request));
  look();
  EXPECT_THAT(kinds(), ElementsAre("wire.broken:back"));
  look();
  EXPECT_THAT(kinds(), IsEmpty());
}

TEST_F(HostNetworksTest, APlanThatTheDiskRefusedIsWrittenLater) {
  auto const file = folder() / "plan.json";
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  plan_.networks[1].change([](model::PlannedNetwork& network) { network.vips.clear(); });
  EXPECT_FALSE(networks_->follow(plan_));
  EXPECT_FALSE(networks_->reconcile()) << "it is not forgotten";
  std::filesystem::remove(file);
  EXPECT_TRUE(networks_->reconcile());
  EXPECT_TRUE(std::filesystem::is_regular_file(file));
}

TEST_F(HostNetworksTest, OneThatIsWiredHereStays) {
  leave_endpoint();
  ASSERT_TRUE(networks_->join({.network = "engine-1", .endpoint = "e2"}));
  look();
  look();
  EXPECT_THAT(ways(), Not(HasSubstr("02:42:0a:00:01:0c")));
}

}  // namespace
}  // namespace swarmward::mesh
