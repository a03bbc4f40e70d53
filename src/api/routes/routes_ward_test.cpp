#include "api/routes/testing/api_test.h"

namespace swarmward::api {
namespace {

using ::testing::HasSubstr;

using WardTest = ApiTest;

TEST_F(WardTest, WithoutASwarmThereIsNothingToExplain) {
  for (auto const* path : {"/ward/explain/web", "/ward/nodes", "/ward/doctor/networks", "/ward/trace"}) {
    EXPECT_THAT(outcome("GET", path), HasSubstr("503 This node is not a swarm manager."));
  }
  EXPECT_THAT(outcome("POST", "/ward/rebalance"), HasSubstr("503 "));
  EXPECT_EQ(outcome("GET", "/ward/doctor"), "200");
  EXPECT_EQ(get("/ward/version")["Swarm"], "inactive");
  EXPECT_EQ(outcome("GET", "/ward/unknown"), "404 page not found");
  EXPECT_TRUE(api_->owns("POST", "/ward/nodes/adopt", {1, 44}, ""));
}

TEST_F(WardTest, NodesWithTheWayToTheirEngines) {
  make_swarm();
  add_node("a", model::NodeRole::Worker);
  ward_.places[""] = {"listed", "tcp://10.0.0.2:2375"};
  auto const nodes = get("/ward/nodes");
  ASSERT_EQ(nodes.size(), 2U);
  EXPECT_EQ(nodes[0]["Name"], "a");
  EXPECT_EQ(nodes[1]["Name"], "host1");
  EXPECT_EQ(nodes[0]["Kind"], "listed");
  EXPECT_EQ(nodes[0]["Address"], "tcp://10.0.0.2:2375");
  EXPECT_EQ(nodes[0]["State"], "ready");
}

TEST_F(WardTest, RebalanceNamesServiceTaskAndNodes) {
  make_swarm();
  create(spec("web"));
  auto const task = add_task("web", manager_, 1);
  ward_.report.moves = {
      {service("web").id, "web", task, "web.1", manager_, model::NodeId("gone"), {}}};
  ward_.report.refusals = {{"db", "an update is under way"}};
  auto const response = request("POST", "/ward/rebalance?service=web&dry-run=1");
  auto const document = nlohmann::json::parse(response.body);
  EXPECT_EQ(document["Moves"][0]["From"], "host1");
  EXPECT_EQ(document["Moves"][0]["To"], "gone");
  EXPECT_EQ(document["Moves"][0]["NewTaskID"], "");
  EXPECT_EQ(document["Notes"][0]["Service"], "db");
  EXPECT_EQ(ward_.asked_service, service("web").id);
  EXPECT_EQ(ward_.asked_dry_run, DryRun::Yes);
  request("POST", "/ward/rebalance");
  EXPECT_EQ(ward_.asked_service, model::ServiceId());
  EXPECT_EQ(ward_.asked_dry_run, DryRun::No);
  EXPECT_EQ(outcome("POST", "/ward/rebalance?service=nope"), "404 service nope not found");
  EXPECT_THAT(outcome("POST", "/ward/rebalance?dry-run=maybe"), HasSubstr("400 "));
}

TEST_F(WardTest, DoctorAndVersion) {
  ward_.checks = {{"engine", "h2", Check::Status::Fail, "no answer", "start it"}};
  auto const check = get("/ward/doctor")["Checks"][0];
  EXPECT_EQ(check["Status"], "fail");
  EXPECT_EQ(check["Cure"], "start it");
  control_.engine->documents["/version"] = R"({"Version":"20.10.24","ApiVersion":"1.41"})";
  auto const version = get("/ward/version");
  EXPECT_EQ(version["EngineVersion"], "20.10.24");
  EXPECT_EQ(version["Version"], "0.1.0");
  EXPECT_EQ(version["Arch"], "");
  EXPECT_EQ(version["Time"], "2023-11-14T22:13:20Z");
}

TEST_F(WardTest, AdoptHandsOnWhatItIsGiven) {
  make_swarm();
  auto const made = request("POST",
                            "/ward/nodes/adopt",
                            R"({"Name":"far","Address":"ssh://u@h","SshIdentity":"key",)"
                            R"("TLS":{"CA":"a","Certificate":"b","Key":"c"},"WithAgent":false})");
  EXPECT_EQ(made.status, 201U);
  EXPECT_EQ(nlohmann::json::parse(made.body), nlohmann::json::parse(R"({"ID":"adopted"})"));
  auto const& asked = ward_.asked_adoption;
  EXPECT_EQ(asked.name, "far");
  EXPECT_EQ(asked.access.url, "ssh://u@h");
  EXPECT_EQ(asked.access.ssh_identity, "key");
  EXPECT_EQ(asked.access.ca + asked.access.certificate + asked.access.key, "abc");
  ward_.adoption_warning = "no TLS";
  auto const warned = request("POST", "/ward/nodes/adopt", R"({"Name":"f","Address":"tcp://h:1"})");
  EXPECT_EQ(nlohmann::json::parse(warned.body)["Warning"], "no TLS");
}

TEST_F(WardTest, AdoptRefusesWhatItCannotRead) {
  make_swarm();
  EXPECT_THAT(outcome("POST", "/ward/nodes/adopt", R"({"Name":1})"), HasSubstr("400 "));
  EXPECT_THAT(outcome("POST", "/ward/nodes/adopt", R"({"Name":"a b"})"), HasSubstr("400 invalid"));
  EXPECT_THAT(outcome("POST", "/ward/nodes/adopt", R"({"Name":"a","TLS":7})"), HasSubstr("400 "));
  EXPECT_THAT(outcome("POST", "/ward/nodes/adopt", "[]"), HasSubstr("400 "));
  EXPECT_THAT(outcome("POST", "/ward/nodes/adopt", R"({"Name":"a","WithAgent":"yes"})"),
              HasSubstr("400 WithAgent"));
}

TEST_F(WardTest, AdoptWithAnAgent) {
  make_swarm();
  auto const ask = [this](std::string const& rest) {
    return outcome(
        "POST", "/ward/nodes/adopt", R"({"Name":"far","Address":"tcp://h:1",)" + rest + "}");
  };
  EXPECT_EQ(ask(R"("WithAgent":true)"), "201");
  EXPECT_TRUE(ward_.asked_adoption.with_agent);
  EXPECT_EQ(ward_.asked_adoption.engine_socket, "/var/run/docker.sock");
  EXPECT_EQ(ask(R"("WithAgent":true,"EngineSocket":"/run/user/1/d.sock")"), "201");
  EXPECT_EQ(ward_.asked_adoption.engine_socket, "/run/user/1/d.sock");
  for (auto const* socket : {R"("d.sock")", R"("/")", R"("/run/")", R"("/a\nb")", "7"}) {
    EXPECT_THAT(ask(std::string(R"("WithAgent":true,"EngineSocket":)") + socket),
                HasSubstr("400 EngineSocket must be"));
  }
  EXPECT_THAT(ask(R"("EngineSocket":"/d.sock")"), HasSubstr("400 EngineSocket is for hosts"));
  EXPECT_THAT(outcome("POST",
                      "/ward/nodes/adopt",
                      R"({"Name":"far","Address":"unix:///run/d.sock","WithAgent":true})"),
              HasSubstr("400 an agent is for another host"));
}

TEST_F(WardTest, ReleaseIsForAdoptedNodesWithoutTasks) {
  make_swarm();
  create(spec("web"));
  auto const id = add_node("far", model::NodeRole::Worker);
  EXPECT_THAT(outcome("POST", "/ward/nodes/far/release"),
              HasSubstr("400 node far was not adopted"));
  change([&](state::Draft& draft) -> Result<void> {
    auto node = *draft.view().find_node(id);
    node.access.url = "tcp://h:1";
    node.status.state = model::NodeState::Ready;
    draft.put(node);
    return {};
  });
  add_task("web", id, 1);
  EXPECT_THAT(outcome("POST", "/ward/nodes/far/release"), HasSubstr("409 node far has tasks"));
  EXPECT_EQ(outcome("POST", "/ward/nodes/far/release?force=1"), "200");
  EXPECT_THAT(outcome("POST", "/ward/nodes/far/release"), HasSubstr("404 "));
  EXPECT_EQ(ward_.released, std::vector{id});
}

TEST_F(WardTest, ReleaseOfAHostWhoseAgentCannotBeRemoved) {
  make_swarm();
  auto const id = add_node("far", model::NodeRole::Worker);
  change([&](state::Draft& draft) -> Result<void> {
    auto node = *draft.view().find_node(id);
    node.access.url = "tcp://h:1";
    draft.put(node);
    return {};
  });
  ward_.ready = unavailable("it is not reached");
  ward_.cleared = unavailable("it is still there");
  EXPECT_EQ(outcome("POST", "/ward/nodes/far/release"), "503 it is not reached");
  EXPECT_TRUE(ward_.released.empty());
  auto const forced = request("POST", "/ward/nodes/far/release?force=1");
  EXPECT_EQ(forced.status, 200U);
  EXPECT_EQ(nlohmann::json::parse(forced.body)["Warning"], "it is still there");
  EXPECT_EQ(ward_.released, std::vector{id});
}

}  // namespace
}  // namespace swarmward::api
