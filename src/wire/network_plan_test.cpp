#include "wire/network_plan.h"

#include <gtest/gtest.h>

namespace swarmward::wire {
namespace {

model::NetworkPlan full_plan() {
  model::PlannedNetwork network;
  network.id = "abc";
  network.name = "back";
  network.vni = 4097;
  network.subnet = "10.0.1.0/24";
  network.node_address = "10.0.1.2";
  network.mtu = 1400;
  network.internal = true;
  network.encrypted = true;
  network.local = {"10.0.1.5"};
  network.peers = {{"10.0.1.6", "192.168.1.2"}};
  network.vips = {{"10.0.1.3", {"10.0.1.5", "10.0.1.6"}}};
  network.names = {{"web", {"10.0.1.3"}}, {"tasks.web", {"10.0.1.5", "10.0.1.6"}}};
  network.reverse = {{"web.1.x", {"10.0.1.5"}}};
  return {{network},
          "ingressid",
          {{8080, 80, model::Protocol::Udp, {"10.0.0.5"}}},
          4790,
          "192.168.1.1",
          {{7, "0123456789abcdef"}, {8, "fedcba9876543210"}}};
}

TEST(NetworkPlan, ComesBackAsItWas) {
  for (auto const& plan : {full_plan(), model::NetworkPlan{}}) {
    auto const read = network_plan_from(network_plan_text(plan));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, plan);
  }
}

TEST(NetworkPlan, RefusesWhatIsNone) {
  for (auto const* text : {"", "[]", "1", R"({"Networks":{}})"}) {
    EXPECT_FALSE(network_plan_from(text)) << text;
  }
}

}  // namespace
}  // namespace swarmward::wire
