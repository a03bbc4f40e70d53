#include "cluster/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarmward::cluster {
namespace {

using ::testing::HasSubstr;

class AdmissionTest : public ::testing::Test {
 protected:
  AdmissionTest() {
    model::Cluster cluster;
    cluster.tls.trust_root = "root";
    cluster_ = std::make_shared<model::Cluster const>(cluster);
    node_ =
        new_member(cluster, {"h2", "10.0.0.2", 7946, model::Availability::Drain}, system_random());
    node_.access.fingerprint = "aa";
    peer_.node = node_.id;
    peer_.fingerprint = "aa";
    peer_.issuer_subject = "issuer";
    publish(node_);
  }
  void publish(model::Node const& node) {
    snapshot_ = {};
    snapshot_.cluster = cluster_;
    snapshot_.nodes.insert_or_assign(node.id, std::make_shared<model::Node const>(node));
  }

  std::shared_ptr<model::Cluster const> cluster_;
  model::Node node_;
  Peer peer_;
  state::Snapshot snapshot_;
};

TEST_F(AdmissionTest, ANewcomerIsAWorkerThatNobodyHasHeardOfYet) {
  EXPECT_EQ(node_.role, model::NodeRole::Worker);
  EXPECT_EQ(node_.spec.availability, model::Availability::Drain);
  EXPECT_EQ(node_.status.state, model::NodeState::Unknown);
  EXPECT_EQ(node_.status.addr, "10.0.0.2");
  EXPECT_EQ(node_.access.agent_port, 7946U);
  EXPECT_TRUE(node_.engine_name.empty());
}

TEST_F(AdmissionTest, AMemberThatMovedIsFoundAtItsNewAddress) {
  auto const moved = take_report(snapshot_, peer_, {"10.0.0.22", "", 7947, {}, true});
  ASSERT_TRUE(moved && *moved);
  EXPECT_EQ((*moved)->status.addr, "10.0.0.22");
  EXPECT_EQ((*moved)->access.agent_port, 7947U);
  EXPECT_TRUE((*moved)->can_encrypt);
  EXPECT_EQ((*moved)->description.tls.issuer_subject, "issuer");
  publish(**moved);
  auto const again = take_report(snapshot_, peer_, {"10.0.0.22", "", 7947, {}, true});
  EXPECT_TRUE(again && !*again) << "nothing is written while nothing changes";
  auto const weaker = take_report(snapshot_, peer_, {"10.0.0.22", "192.168.0.2", 7947, {}, false});
  ASSERT_TRUE(weaker && *weaker) << "its host was started with another kernel";
  EXPECT_FALSE((*weaker)->can_encrypt);
}

TEST_F(AdmissionTest, WhoWasRemovedIsTurnedAwayWithACure) {
  peer_.node = new_id<model::NodeTag>(system_random());
  auto const refused = take_report(snapshot_, peer_, {"10.0.0.2", "", 7946});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Forbidden);
  EXPECT_THAT(refused.error().message, HasSubstr("docker swarm leave"));
  EXPECT_FALSE(may_renew(snapshot_, peer_));
}

TEST_F(AdmissionTest, AnExpiredCertificateIsRenewedForTheKnownKeyAlone) {
  EXPECT_TRUE(may_renew(snapshot_, peer_));
  peer_.expired = true;
  EXPECT_TRUE(may_renew(snapshot_, peer_));
  peer_.fingerprint = "bb";
  EXPECT_FALSE(may_renew(snapshot_, peer_));
  peer_.expired = false;
  EXPECT_TRUE(may_renew(snapshot_, peer_)) << "in force, it proves enough";
}

TEST_F(AdmissionTest, AnEngineThatTheSwarmReachesByItselfCannotJoinAsWell) {
  auto adopted = node_;
  adopted.access.agent_port = 0;
  adopted.access.url = "tcp://10.0.0.2:2376";
  adopted.engine_id = "ID h2";
  publish(adopted);
  auto const refused = expect_free_engine(snapshot_, "ID h2");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("docker ward node release h2"));
  EXPECT_TRUE(expect_free_engine(snapshot_, "ID h3"));
  EXPECT_TRUE(expect_free_engine(snapshot_, ""));

  adopted.access.url.clear();
  publish(adopted);
  EXPECT_THAT(expect_free_engine(snapshot_, "ID h2").error().message,
              HasSubstr("docker node rm --force h2"));

  adopted.status.state = model::NodeState::Down;
  publish(adopted);
  EXPECT_TRUE(expect_free_engine(snapshot_, "ID h2"));
}

TEST_F(AdmissionTest, AHostThatLostItsDataJoinsAgain) {
  node_.engine_id = "ID h2";
  publish(node_);
  EXPECT_TRUE(expect_free_engine(snapshot_, "ID h2"));
  EXPECT_EQ(node_of_engine(snapshot_, "ID h2", {}), snapshot_.find_node(node_.id));
  EXPECT_EQ(node_of_engine(snapshot_, "ID h2", node_.id), nullptr);
}

}  // namespace
}  // namespace swarmward::cluster
