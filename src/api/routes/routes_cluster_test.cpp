#include "api/manager_check.h"
#include "api/routes/routes_info.h"
#include "api/routes/testing/api_test.h"

namespace swarmward::api {
namespace {

using ::testing::HasSubstr;

constexpr auto kNoSwarm =
    "503 This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to "
    "connect this node to swarm and try again.";

TEST_F(ApiTest, WithoutASwarmNearlyEverythingIsUnavailable) {
  for (auto const* target : {"/swarm",
                             "/swarm/unlockkey",
                             "/nodes",
                             "/nodes/x",
                             "/services",
                             "/services/x",
                             "/services/x/logs?stdout=1",
                             "/tasks",
                             "/tasks/x"}) {
    EXPECT_EQ(outcome("GET", target), kNoSwarm) << target;
  }
  EXPECT_EQ(outcome("POST", "/services/create", spec("x")), kNoSwarm);
  EXPECT_EQ(outcome("POST", "/swarm/unlock", "{}"), kNoSwarm);
  EXPECT_EQ(outcome("POST", "/swarm/leave"), "503 This node is not part of a swarm");
  EXPECT_EQ(swarm_header(*store_->snapshot(), nullptr), "inactive");
}

TEST_F(ApiTest, MalformedBodyIsSaidBeforeTheSwarmIsMissed) {
  EXPECT_THAT(outcome("POST", "/services/create", "{"), HasSubstr("400 invalid JSON"));
  auto const plain =
      request("POST", "/services/create", "{}", {1, 44}, {{"Content-Type", "text/plain"}});
  EXPECT_EQ(plain.status, 400U);
  EXPECT_THAT(plain.body, HasSubstr("must be 'application/json'"));
}

TEST_F(ApiTest, UnknownPathsAndMethodsAreNotFound) {
  make_swarm();
  EXPECT_EQ(outcome("GET", "/services/"), "404 page not found");
  EXPECT_EQ(outcome("PUT", "/services"), "404 page not found");
  EXPECT_EQ(outcome("HEAD", "/services"), "404 page not found");
  EXPECT_EQ(outcome("GET", "/services/a/b"), "404 page not found");
  EXPECT_EQ(outcome("GET", "/nodes/a/logs"), "404 page not found");
}

TEST_F(ApiTest, OwnsSwarmPathsOnly) {
  EXPECT_TRUE(api_->owns("GET", "/services/x/logs", {1, 44}, ""));
  EXPECT_TRUE(api_->owns("DELETE", "/configs/x", {1, 44}, ""));
  EXPECT_TRUE(api_->owns("GET", "/info", {1, 44}, ""));
  EXPECT_FALSE(api_->owns("HEAD", "/info", {1, 44}, ""));
  EXPECT_FALSE(api_->owns("GET", "/swarmX", {1, 44}, ""));
  EXPECT_FALSE(api_->owns("GET", "/containers/json", {1, 44}, ""));
}

TEST_F(ApiTest, InitAnswersTheNodeIdAsJsonString) {
  auto const response =
      request("POST", "/swarm/init", R"({"ListenAddr":"0.0.0.0:2377","SubnetSize":20})", {1, 38});
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.body, "\"node1\"\n");
  EXPECT_EQ(control_.last_init.listen_addr, "0.0.0.0:2377");
  EXPECT_EQ(control_.last_init.subnet_size, 0U);
}

TEST_F(ApiTest, ALockedManagerWaitsForItsKey) {
  constexpr auto* kLocked = "503 Swarm is encrypted.";
  auto view = std::make_shared<WorkerView>();
  view->address = "10.0.0.1";
  view->error = "Swarm is encrypted.";
  view->locked = true;
  control_.worker_view = view;
  for (auto const* path : {"/swarm", "/swarm/unlockkey", "/nodes", "/services", "/tasks"}) {
    EXPECT_EQ(outcome("GET", path), kLocked) << path;
  }
  EXPECT_THAT(outcome("POST", "/swarm/init", R"({"ListenAddr":"0.0.0.0:2377"})"),
              HasSubstr("503 This node is already part of a swarm."));
  EXPECT_EQ(swarm_header(*store_->snapshot(), view.get()), "locked");
  auto const section = swarm_section(*store_->snapshot(), view.get());
  EXPECT_EQ(section, nlohmann::json::parse(R"({"NodeID":"","NodeAddr":"10.0.0.1",
      "LocalNodeState":"locked","ControlAvailable":false,"Error":"Swarm is encrypted.",
      "RemoteManagers":null})"));
  EXPECT_THAT(outcome("POST", "/swarm/unlock", R"({"UnlockKey":7})"), HasSubstr("400 "));
  EXPECT_EQ(outcome("POST", "/swarm/unlock", R"({"UnlockKey":"SWMKEY-1-x"})"), "200");
  EXPECT_EQ(control_.unlocked_by, std::vector<std::string>{"SWMKEY-1-x"});
  control_.unlock_answer = Error{ErrorCode::Unauthorized, "another key"};
  EXPECT_EQ(outcome("POST", "/swarm/unlock", R"({"UnlockKey":"y"})"), "401 another key");
}

TEST_F(ApiTest, AWorkerManagesNothing) {
  auto view = std::make_shared<WorkerView>();
  view->node = model::NodeId("worker");
  view->address = "10.0.0.2";
  view->managers = {{"manager", "10.0.0.1:2377"}};
  control_.worker_view = view;
  for (auto const* path :
       {"/swarm", "/nodes", "/services", "/tasks", "/services/x/logs?stdout=1"}) {
    EXPECT_THAT(outcome("GET", path), HasSubstr("503 This node is not a swarm manager. Worker"))
        << path;
  }
  EXPECT_THAT(outcome("POST", "/swarm/init", R"({"ListenAddr":"0.0.0.0:2377"})"),
              HasSubstr("503 This node is already part of a swarm."));
  EXPECT_THAT(outcome("POST", "/swarm/join", R"({"ListenAddr":"x","RemoteAddrs":["a"]})"),
              HasSubstr("503 This node is already part of a swarm."));
  EXPECT_EQ(swarm_header(*store_->snapshot(), view.get()), "active/worker");
  auto const section = swarm_section(*store_->snapshot(), view.get());
  EXPECT_EQ(section["NodeID"], "worker");
  EXPECT_EQ(section["ControlAvailable"], false);
  EXPECT_EQ(section["RemoteManagers"][0]["Addr"], "10.0.0.1:2377");
  EXPECT_FALSE(section.contains("Cluster"));
  view->error = "removed";
  EXPECT_EQ(swarm_header(*store_->snapshot(), view.get()), "error");
}

TEST_F(ApiTest, InitAndJoinInASwarm) {
  auto const join = [this](std::string const& more) {
    return outcome("POST", "/swarm/join", R"({"ListenAddr":"0.0.0.0:2377")" + more + "}");
  };
  EXPECT_EQ(join(R"(,"RemoteAddrs":["a"],"JoinToken":"SWMTKN-1-a-b")"), "500 not joined");
  ASSERT_EQ(control_.join_requests.size(), 1U);
  EXPECT_EQ(control_.join_requests[0].remote_addrs, std::vector<std::string>{"a"});
  EXPECT_EQ(join(R"(,"RemoteAddrs":["a"],"JoinToken":"t")"), "500 invalid join token");
  EXPECT_EQ(join(""), "400 at least 1 RemoteAddr is required to join");
  EXPECT_EQ(outcome("POST", "/swarm/join", "{}"),
            "400 invalid ListenAddr \"\": invalid empty address");
  EXPECT_EQ(outcome("POST",
                    "/swarm/init",
                    R"({"ListenAddr":"0.0.0.0","Spec":{"CAConfig":{"NodeCertExpiry":1}}})"),
            "500 error updating cluster settings: rpc error: code = InvalidArgument desc = minimum "
            "certificate expiry time is: 1h0m0s");
  make_swarm();
  EXPECT_THAT(outcome("POST", "/swarm/init", R"({"ListenAddr":"0.0.0.0"})"),
              HasSubstr("503 This node is already part of a swarm."));
  EXPECT_EQ(control_.inits, 0);
}

TEST_F(ApiTest, UpdatesOfSecretsNeedAVersionAndASwarm) {
  EXPECT_EQ(outcome("POST", "/secrets/x/update", "{}"), "400 invalid secret version");
  EXPECT_EQ(outcome("POST", "/configs/x/update?version=1", "{}"), kNoSwarm);
  make_swarm();
  EXPECT_EQ(outcome("POST", "/secrets/x/update?version=1", "{}"), "404 secret x not found");
  EXPECT_EQ(outcome("POST", "/configs/x/update?version=1", "{}"), "404 config x not found");
}

TEST_F(ApiTest, LastManagerLeavesOnlyByForce) {
  make_swarm();
  EXPECT_THAT(outcome("POST", "/swarm/leave"), HasSubstr("503 You are attempting to leave"));
  EXPECT_EQ(control_.leaves, 0);
  EXPECT_EQ(outcome("POST", "/swarm/leave?force=1"), "200");
  EXPECT_EQ(control_.leaves, 1);
}

TEST_F(ApiTest, SwarmUpdateRotatesWhatIsAskedFor) {
  make_swarm();
  auto swarm = get("/swarm");
  auto const target = [&] { return "/swarm/update?version=" + version_of("/swarm"); };
  EXPECT_EQ(outcome("POST", target() + "&rotateWorkerToken=true", swarm["Spec"].dump()), "200");
  EXPECT_EQ(get("/swarm")["JoinTokens"]["Worker"], "token1");
  EXPECT_EQ(get("/swarm")["JoinTokens"]["Manager"], "manager");
  swarm["Spec"]["EncryptionConfig"]["AutoLockManagers"] = true;
  EXPECT_EQ(outcome("POST", target(), swarm["Spec"].dump()), "200");
  EXPECT_EQ(get("/swarm/unlockkey")["UnlockKey"], "key1");
  EXPECT_EQ(outcome("POST", target(), swarm["Spec"].dump()), "200");
  EXPECT_EQ(get("/swarm/unlockkey")["UnlockKey"], "key1");
  EXPECT_EQ(outcome("POST", target() + "&rotateManagerUnlockKey=1", swarm["Spec"].dump()), "200");
  EXPECT_NE(get("/swarm/unlockkey")["UnlockKey"], "key1");
  EXPECT_GE(control_.locks, 2) << "what is on disk follows each update";
  EXPECT_EQ(outcome("POST", "/swarm/update?version=1", swarm["Spec"].dump()),
            "500 rpc error: code = Unknown desc = update out of sequence");
  EXPECT_EQ(outcome("POST", target() + "&rotateWorkerToken=zz", swarm["Spec"].dump()),
            "400 invalid value for rotateWorkerToken: zz");
  EXPECT_EQ(outcome("POST", "/swarm/unlock", R"({"UnlockKey":"x"})"), "409 swarm is not locked");
}

TEST_F(ApiTest, NodesAreListedAndFound) {
  make_swarm();
  auto const worker = add_node("host2", model::NodeRole::Worker);
  EXPECT_EQ(get("/nodes").size(), 2U);
  EXPECT_EQ(get(R"(/nodes?filters={"role":["Manager"]})").size(), 1U);
  EXPECT_EQ(get(R"(/nodes?filters={"role":[],"id":{}})").size(), 2U) << "empty lists are no filter";
  EXPECT_EQ(get(R"(/nodes?filters={"role":[""],"membership":[""]})").size(), 2U) << "nor empty";
  EXPECT_EQ(get(R"(/nodes?filters={"role":["","worker"]})").size(), 1U);
  EXPECT_EQ(get(R"(/nodes?filters={"name":["host"]})")[1]["Description"]["Hostname"], "host2");
  EXPECT_EQ(outcome("GET", R"(/nodes?filters={"role":["zz"]})"), "500 Invalid role filter: 'zz'");
  EXPECT_EQ(get("/nodes/host2")["ID"], worker.str());
  EXPECT_EQ(get("/nodes/" + worker.str().substr(0, 20))["ID"], worker.str());
  EXPECT_EQ(outcome("GET", "/nodes/nope"), "404 node nope not found");
  add_node("host2", model::NodeRole::Worker);
  EXPECT_EQ(outcome("GET", "/nodes/host2"), "400 node host2 is ambiguous (2 matches found)");
}

TEST_F(ApiTest, NodeUpdateAndRemoval) {
  make_swarm();
  auto const worker = add_node("host2", model::NodeRole::Worker);
  auto const target = [&](std::string const& node) {
    return "/nodes/" + node + "/update?version=" + version_of("/nodes/" + node);
  };
  auto const drain = R"({"Role":"worker","Availability":"drain"})";
  EXPECT_EQ(outcome("POST", target("host2"), drain), "200");
  EXPECT_EQ(get("/nodes/host2")["Spec"]["Availability"], "drain");
  EXPECT_EQ(outcome("POST", "/nodes/host2/update?version=1", drain),
            "500 rpc error: code = Unknown desc = update out of sequence");
  EXPECT_EQ(outcome("POST", target("host1"), drain),
            "400 rpc error: code = FailedPrecondition desc = attempting to demote the last manager "
            "of the swarm");
  EXPECT_THAT(outcome("POST", target("host2"), R"({"Role":"manager","Availability":"active"})"),
              HasSubstr("501 rpc error: code = Unimplemented desc = promoting"));
  EXPECT_EQ(outcome("DELETE", "/nodes/host2"),
            "400 rpc error: code = FailedPrecondition desc = node " + worker.str() +
                " is not down and can't be removed");
  EXPECT_THAT(outcome("DELETE", "/nodes/host1?force=1"), HasSubstr("is a cluster manager"));
  EXPECT_EQ(outcome("DELETE", "/nodes/host2?force=1"), "200");
  EXPECT_EQ(get("/nodes").size(), 1U);
}

TEST_F(ApiTest, InfoShowsTheSwarmInTheEnginesDocument) {
  control_.engine->documents["/info"] = R"({"Name":"host1","Swarm":{"LocalNodeState":"x"}})";
  EXPECT_EQ(get("/info")["Swarm"],
            nlohmann::json::parse(R"({"NodeID":"","NodeAddr":"","LocalNodeState":"inactive",
                "ControlAvailable":false,"Error":"","RemoteManagers":null})"));
  make_swarm();
  auto const info = get("/info");
  EXPECT_EQ(info["Name"], "host1");
  EXPECT_EQ(info["Swarm"]["LocalNodeState"], "active");
  EXPECT_EQ(info["Swarm"]["RemoteManagers"][0]["Addr"], "10.1.1.1:2377");
  EXPECT_FALSE(info["Swarm"]["Cluster"].contains("JoinTokens"));
}

TEST_F(ApiTest, InfoOfAManagerNeedsNoEngine) {
  control_.engine->reachable = false;
  EXPECT_EQ(request("GET", "/info").status, 503U);
  make_swarm();
  auto const info = get("/info");
  EXPECT_EQ(info["Name"], "host1");
  EXPECT_EQ(info["Swarm"]["NodeID"], manager_.str());
  EXPECT_THAT(info["Warnings"][0], HasSubstr("does not answer"));
}

TEST_F(ApiTest, VersionOffersOurs) {
  control_.engine->documents["/version"] = R"({"ApiVersion":"1.41","MinAPIVersion":"1.12",
      "Components":[{"Name":"Engine","Details":{"ApiVersion":"1.41","Os":"linux"}}]})";
  auto const version = get("/version");
  EXPECT_EQ(version["ApiVersion"], "1.44");
  EXPECT_EQ(version["MinAPIVersion"], "1.24");
  EXPECT_EQ(version["Components"][0]["Details"]["ApiVersion"], "1.44");
  EXPECT_EQ(version["Components"][1]["Name"], "Swarmward");
  control_.engine->documents["/version"] = R"({"ApiVersion":"1.51"})";
  EXPECT_EQ(get("/version")["ApiVersion"], "1.51");
}

}  // namespace
}  // namespace swarmward::api
