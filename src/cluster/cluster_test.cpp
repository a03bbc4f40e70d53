#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cluster/address.h"
#include "cluster/node_liveness.h"
#include "cluster/pki/join_token.h"
#include "cluster/pki/unlock_key.h"
#include "cluster/root_ca.h"

namespace swarmward::cluster {
namespace {

using testing::HasSubstr;

TEST(RootCa, TokensPinTheCertificate) {
  auto const ca = make_root_ca(Time(std::chrono::hours(24 * 365 * 50)), system_random());
  ASSERT_TRUE(ca);
  auto const info = tls_info(ca->certificate);
  ASSERT_TRUE(info);
  EXPECT_FALSE(info->issuer_subject.empty());
  EXPECT_FALSE(info->issuer_public_key.empty());
  auto const worker = make_join_token(ca->certificate, system_random());
  auto const manager = make_join_token(ca->certificate, system_random());
  EXPECT_THAT(worker, testing::MatchesRegex("SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}"));
  EXPECT_EQ(worker.substr(0, 59), manager.substr(0, 59));
  EXPECT_NE(worker, manager);
  EXPECT_FALSE(tls_info("no certificate"));
}

TEST(UnlockKey, HasNativesShape) {
  EXPECT_THAT(make_unlock_key(system_random()),
              testing::MatchesRegex("SWMKEY-1-[A-Za-z0-9+/]{43}"));
}

std::vector<InterfaceAddress> const kOne{{"eth0", "10.0.0.5"}};
std::vector<InterfaceAddress> const kTwo{{"eth0", "10.0.0.5"}, {"eth1", "10.1.0.5"}};

TEST(ChooseAddresses, TakesTheOnlyOne) {
  auto const chosen = choose_addresses({"0.0.0.0:2377", "", ""}, kOne);
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->advertise, "10.0.0.5");
  EXPECT_EQ(chosen->listen, "0.0.0.0:2377");
}

TEST(ChooseAddresses, WhoIsKnownByVersion6ListensThereToo) {
  EXPECT_EQ(choose_addresses({"0.0.0.0:2377", "fd00::1", ""}, kTwo)->listen, "[::]:2377");
  EXPECT_EQ(choose_addresses({"10.0.0.5:2377", "fd00::1", ""}, kTwo)->listen, "10.0.0.5:2377");
}

TEST(ChooseAddresses, TrafficMayGoAnotherWay) {
  EXPECT_EQ(choose_addresses({"0.0.0.0:2377", "eth0", "eth1"}, kTwo)->data_path, "10.1.0.5");
  EXPECT_EQ(choose_addresses({"0.0.0.0:2377", "eth0", ""}, kTwo)->data_path, "");
}

TEST(ChooseAddresses, TellsItsOwnAddressFromARouters) {
  EXPECT_TRUE(choose_addresses({"0.0.0.0:2377", "eth1", ""}, kTwo)->own);
  EXPECT_TRUE(choose_addresses({"0.0.0.0:2377", "10.0.0.5", ""}, kTwo)->own);
  EXPECT_FALSE(choose_addresses({"0.0.0.0:2377", "192.0.2.1", ""}, kTwo)->own);
}

TEST(ChooseAddresses, TakesInterfacesAndPorts) {
  EXPECT_EQ(choose_addresses({"0.0.0.0:2377", "eth1:2377", ""}, kTwo)->advertise, "10.1.0.5");
  EXPECT_EQ(choose_addresses({"eth1", "", ""}, kTwo)->advertise, "10.1.0.5");
  EXPECT_EQ(choose_addresses({"[::1]:2377", "fd00::1", ""}, kTwo)->listen, "[::1]:2377");
}

TEST(ChooseAddresses, OthersMayReachItByAnotherPort) {
  EXPECT_EQ(choose_addresses({"0.0.0.0:2377", "192.0.2.1:4444", ""}, kTwo)->port, "4444");
  EXPECT_EQ(choose_addresses({"0.0.0.0:2377", "192.0.2.1:4444", ""}, kTwo)->listen, "0.0.0.0:2377");
  EXPECT_EQ(choose_addresses({"0.0.0.0:2378", "eth1", ""}, kTwo)->port, "2378");
  EXPECT_EQ(choose_addresses({"0.0.0.0", "eth1", ""}, kTwo)->port, "2377");
}

TEST(ChooseAddresses, TakesInterfacesThatAreNotForOthersOnlyByTheirName) {
  std::vector<InterfaceAddress> const known{{"lo", "127.0.0.1", false}, {"eth0", "10.0.0.5"}};
  EXPECT_EQ(choose_addresses({"0.0.0.0:2377", "", ""}, known)->advertise, "10.0.0.5");
  EXPECT_EQ(choose_addresses({"0.0.0.0:2377", "lo", ""}, known)->advertise, "127.0.0.1");
}

TEST(ChooseAddresses, RefusesWithNativesTexts) {
  auto const text = [](AddressRequest const& request, std::vector<InterfaceAddress> const& known) {
    return choose_addresses(request, known).error().message;
  };
  EXPECT_THAT(text({"0.0.0.0:2377", "", ""}, kTwo),
              HasSubstr("different interfaces (10.0.0.5 on eth0 and 10.1.0.5 on eth1)"));
  EXPECT_EQ(text({"", "", ""}, kOne), "invalid ListenAddr \"\": invalid empty address");
  EXPECT_THAT(text({"0.0.0.0:2377", "0.0.0.0", ""}, kOne), HasSubstr("advertise address must be"));
  for (auto const* const port : {"99999", "x", "-1", "2377x"}) {
    auto const listen = std::string("0.0.0.0:") + port;
    auto const wanted = std::string("listen tcp: address ") + port + ": invalid port";
    EXPECT_EQ(text({listen, "", ""}, kOne), wanted);
    EXPECT_EQ(text({"0.0.0.0", "eth0:" + std::string(port), ""}, kOne), wanted);
  }
  EXPECT_THAT(text({"zz", "", ""}, kOne), HasSubstr("listen address must be"));
  EXPECT_THAT(text({"0.0.0.0", "", "zz"}, kOne), HasSubstr("data path address must be"));
  EXPECT_EQ(text({"0.0.0.0", "", ""}, {}), "could not find the system's IP address");
}

TEST(NodeLiveness, GivesAGraceAndComesBackAtOnce) {
  NodeLiveness liveness;
  model::Node node;
  node.id = model::NodeId("nodenodenodenodenodenoden");
  node.status.state = model::NodeState::Ready;
  state::Snapshot snapshot;
  snapshot.nodes.insert_or_assign(node.id, std::make_shared<model::Node const>(node));
  Time const start{std::chrono::seconds(1000)};

  EXPECT_FALSE(liveness.sight(node, {false, false, {}}, start));
  EXPECT_EQ(liveness.next_deadline(), start + kNodeDownAfter);
  EXPECT_TRUE(liveness.overdue(snapshot, start + std::chrono::seconds(14)).empty());
  auto const down = liveness.overdue(snapshot, start + kNodeDownAfter);
  ASSERT_EQ(down.size(), 1U);
  EXPECT_EQ(down.front().status.message, "heartbeat failure");
  EXPECT_FALSE(liveness.next_deadline());

  auto const back =
      liveness.sight(down.front(), {true, false, {}}, start + std::chrono::seconds(60));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->status.state, model::NodeState::Ready);
  EXPECT_EQ(back->status.message, "");
}

TEST(NodeLiveness, ALabelSetsTheGrace) {
  NodeLiveness liveness;
  model::Node node;
  node.id = model::NodeId("nodenodenodenodenodenoden");
  node.status.state = model::NodeState::Ready;
  node.spec.annotations.labels["ward.node.grace"] = "2m";
  state::Snapshot snapshot;
  snapshot.nodes.insert_or_assign(node.id, std::make_shared<model::Node const>(node));
  Time const start{std::chrono::seconds(1000)};

  EXPECT_FALSE(liveness.sight(node, {false, false, {}}, start));
  EXPECT_EQ(liveness.next_deadline(), start + std::chrono::minutes(2));
  EXPECT_TRUE(liveness.overdue(snapshot, start + std::chrono::seconds(119)).empty());
  node.spec.annotations.labels.clear();
  snapshot.nodes.insert_or_assign(node.id, std::make_shared<model::Node const>(node));
  EXPECT_EQ(liveness.overdue(snapshot, start + kNodeDownAfter).size(), 1U);
}

}  // namespace
}  // namespace swarmward::cluster
