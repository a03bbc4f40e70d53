#include <gtest/gtest.h>

#include "wire/body.h"
#include "wire/node.h"
#include "wire/swarm.h"
#include "wire/task.h"
#include "wire/testing/golden.h"
#include "wire/testing/samples.h"

namespace swarmward::wire {
namespace {

using nlohmann::json;

model::Network const* no_networks(model::NetworkId const& /*id*/) {
  return nullptr;
}

TEST(Task, FullTaskIsShownAsNative) {
  testing::expect_golden("full_task.json", to_json(testing::full_task(), no_networks));
}

TEST(Task, FreshTaskShowsWhatIsUnconditional) {
  model::Task task;
  model::TaskSpec spec;
  spec.container.emplace().image = "bb";
  task.spec = std::make_shared<model::TaskSpec const>(spec);
  task.service_annotations = std::make_shared<model::Annotations const>();
  task.job_iteration = 0;
  EXPECT_EQ(to_json(task, no_networks),
            json::parse(R"({"ID":"","Version":{},"CreatedAt":"0001-01-01T00:00:00Z",
      "UpdatedAt":"0001-01-01T00:00:00Z","Labels":{},
      "Spec":{"ContainerSpec":{"Image":"bb","Isolation":"default"},"ForceUpdate":0},
      "Status":{"Timestamp":"0001-01-01T00:00:00Z","State":"new","PortStatus":{}},
      "DesiredState":"running","JobIteration":{},"Volumes":null})"));
}

TEST(Task, AContainerThatCouldNotBeMadeIsShownWithoutAnId) {
  auto task = testing::full_task();
  task.status.container = {};
  EXPECT_FALSE(to_json(task, no_networks)["Status"].contains("ContainerStatus"));
  task.status.state = model::TaskState::Rejected;
  task.status.message = "task rejected by constraint enforcer";
  EXPECT_FALSE(to_json(task, no_networks)["Status"].contains("ContainerStatus"));
  task.status.message = "preparing";
  EXPECT_EQ(to_json(task, no_networks)["Status"]["ContainerStatus"],
            json::parse(R"({"ContainerID":"","PID":0,"ExitCode":0})"));
}

TEST(Node, FullNodeIsShownAsNative) {
  testing::expect_golden("full_node.json", to_json(testing::full_node()));
}

TEST(Node, SpecNeedsRoleAndAvailability) {
  auto const read = [](std::string_view text) { return node_spec_from_json(*parse_body(text)); };
  EXPECT_EQ(read("{}").error().message, "invalid Role: \"\"");
  EXPECT_EQ(read(R"({"Role":"worker","Availability":"zz"})").error().message,
            "invalid Availability: \"zz\"");
  EXPECT_EQ(read(R"({"Role":"worker"})").error().message, "invalid Availability: \"\"");
  auto const spec = read(R"({"Name":"n","Role":"MANAGER","Availability":"Pause"})");
  ASSERT_TRUE(spec);
  EXPECT_EQ(to_json(*spec),
            json::parse(R"({"Name":"n","Labels":{},"Role":"manager","Availability":"pause"})"));
}

TEST(Swarm, FreshSpecIsNatives) {
  EXPECT_EQ(
      to_json(model::ClusterSpec{}),
      json::parse(R"({"Name":"default","Labels":{},"Orchestration":{"TaskHistoryRetentionLimit":5},
 "Raft":{"SnapshotInterval":10000,"KeepOldSnapshots":0,"LogEntriesForSlowFollowers":500,"ElectionTick":10,"HeartbeatTick":1},
 "Dispatcher":{"HeartbeatPeriod":5000000000},"CAConfig":{"NodeCertExpiry":7776000000000000},"TaskDefaults":{},
 "EncryptionConfig":{"AutoLockManagers":false}})"));
}

TEST(Swarm, FullClusterIsShownWithoutItsKeys) {
  auto const shown = to_json(testing::full_cluster());
  testing::expect_golden("full_cluster.json", shown);
  auto info = shown;
  info.erase("JoinTokens");
  EXPECT_EQ(cluster_info(testing::full_cluster()), info);
}

TEST(Swarm, AnEmptyPoolIsNull) {
  auto cluster = testing::full_cluster();
  cluster.default_addr_pool->clear();
  EXPECT_TRUE(to_json(cluster)["DefaultAddrPool"].is_null());
}

TEST(Swarm, InitMergesDefaults) {
  auto const request = init_request_from_json(*parse_body(
      R"({"ListenAddr":"0.0.0.0:2377","AdvertiseAddr":"eth0","DataPathAddr":"eth1","SubnetSize":24,
          "DataPathPort":5000,"ForceNewCluster":true,"DefaultAddrPool":[],"AutoLockManagers":true,
          "Availability":"drain","Spec":{"Labels":{"a":"b"},
          "Orchestration":{"TaskHistoryRetentionLimit":0},"Raft":{"ElectionTick":3},
          "CAConfig":{"SigningCACert":"C","SigningCAKey":"K"}}})"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->listen_addr, "0.0.0.0:2377");
  EXPECT_EQ(request->advertise_addr, "eth0");
  EXPECT_EQ(request->data_path_addr, "eth1");
  EXPECT_EQ(request->data_path_port, 5000U);
  EXPECT_EQ(request->subnet_size, 24U);
  EXPECT_TRUE(request->force_new_cluster);
  EXPECT_TRUE(request->default_addr_pool && request->default_addr_pool->empty());
  EXPECT_EQ(request->availability, model::Availability::Drain);
  EXPECT_EQ(request->spec.signing_ca_cert, "C");
  EXPECT_EQ(request->spec.signing_ca_key, "K");
  model::ClusterSpec expected;
  expected.annotations.labels = {{"a", "b"}};
  expected.task_history_limit = 0;
  expected.raft.election_tick = 3;
  expected.autolock = true;
  EXPECT_EQ(request->spec.spec, expected);
}

TEST(Swarm, AnEmptyInitIsAFreshSwarm) {
  auto const request = init_request_from_json(*parse_body("{}"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->spec.spec, model::ClusterSpec{});
  EXPECT_FALSE(request->default_addr_pool);
}

TEST(Swarm, UpdateZeroesWhatIsOmitted) {
  auto const request = swarm_spec_from_json(*parse_body("{}"));
  ASSERT_TRUE(request);
  EXPECT_EQ(
      to_json(request->spec),
      json::parse(R"({"Name":"default","Labels":{},"Orchestration":{"TaskHistoryRetentionLimit":0},
 "Raft":{"KeepOldSnapshots":0,"ElectionTick":0,"HeartbeatTick":0},"Dispatcher":{},"CAConfig":{},
 "TaskDefaults":{},"EncryptionConfig":{"AutoLockManagers":false}})"));
  auto const full = testing::full_cluster().spec;
  EXPECT_EQ(swarm_spec_from_json(to_json(full))->spec, full);
}

TEST(Swarm, RequestErrorsAreNatives) {
  EXPECT_EQ(init_request_from_json(*parse_body(R"({"Spec":{"Name":"zz"}})")).error().message,
            "swarm spec must be named \"default\"");
  auto const availability = init_request_from_json(*parse_body(R"({"Availability":"zz"})"));
  EXPECT_EQ(availability.error().message, "invalid Availability: \"zz\"");
  EXPECT_EQ(availability.error().code, ErrorCode::Internal);
  EXPECT_EQ(swarm_spec_from_json(*parse_body(R"({"CAConfig":{"ExternalCAs":[{"Protocol":"zz"}]}})"))
                .error()
                .message,
            "invalid protocol: \"zz\"");
  model::ClusterSpec spec;
  EXPECT_TRUE(validate_swarm_spec(spec));
  spec.ca.node_cert_expiry = std::chrono::minutes(59);
  EXPECT_EQ(validate_swarm_spec(spec).error().message,
            "rpc error: code = InvalidArgument desc = minimum certificate expiry time is: 1h0m0s");
}

TEST(Swarm, JoinRequestIsReadWhole) {
  auto const request = join_request_from_json(*parse_body(
      R"({"ListenAddr":"l","AdvertiseAddr":"a","DataPathAddr":"d","RemoteAddrs":["r:2377"],
          "JoinToken":"SWMTKN-1","Availability":"pause"})"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->remote_addrs, std::vector<std::string>{"r:2377"});
  EXPECT_EQ(request->join_token, "SWMTKN-1");
  EXPECT_EQ(request->availability, model::Availability::Pause);
}

}  // namespace
}  // namespace swarmward::wire
