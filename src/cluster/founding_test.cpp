#include "cluster/founding.h"

#include <gtest/gtest.h>

namespace swarmward::cluster {
namespace {

class ListedEngines : public ::testing::Test {
 protected:
  ListedEngines() {
    model::Cluster cluster;
    cluster.id = model::ClusterId("c");
    cluster.advertise_addr = "10.0.0.1";
    draft_.put(cluster);
  }
  state::NodePtr node(std::string const& engine) {
    for (auto const [id, each] : draft_.view().nodes) {
      if (each->engine_name == engine) {
        return each;
      }
    }
    return nullptr;
  }

  state::Draft draft_{{}, Time(std::chrono::hours(1))};
};

TEST_F(ListedEngines, BecomeNodesOnceAndOthersThanTheHostsOwn) {
  std::vector<EngineEntry> const engines{{"local", "", true}, {"b", "10.0.0.2"}, {"c", "", true}};
  add_listed_engines(draft_, engines, system_random());
  auto const first = node("b")->id;
  add_listed_engines(draft_, engines, system_random());
  EXPECT_EQ(node("b")->id, first);
  EXPECT_EQ(node("b")->status.addr, "10.0.0.2");
  EXPECT_FALSE(node("b")->same_host);
  EXPECT_EQ(node("c")->status.addr, "10.0.0.1");
  EXPECT_TRUE(node("c")->same_host);
  EXPECT_EQ(node("local"), nullptr);
}

TEST_F(ListedEngines, MayBeElsewhereAtTheNextStart) {
  add_listed_engines(draft_, {{"b", "10.0.0.2"}}, system_random());
  auto const first = node("b")->id;
  add_listed_engines(draft_, {{"b", "", true}}, system_random());
  EXPECT_TRUE(node("b")->same_host);
  EXPECT_EQ(node("b")->id, first);
  add_listed_engines(draft_, {{"b", "10.0.0.2"}}, system_random());
  EXPECT_FALSE(node("b")->same_host);
}

TEST(DissolveSwarm, LeavesNoCredentialOfARegistry) {
  state::Draft draft({}, Time(std::chrono::hours(1)));
  model::RegistryCredential credential;
  credential.id = model::CredentialId("c");
  credential.login = {"registry:5000", "me", "open sesame", ""};
  draft.put(credential);
  dissolve_swarm(draft);
  EXPECT_EQ(draft.view().credentials.size(), 0U);
  EXPECT_EQ(draft.view().credential_for("registry:5000"), nullptr);
}

}  // namespace
}  // namespace swarmward::cluster
