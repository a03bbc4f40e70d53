#include "api/routes/testing/networks_test.h"
#include "base/percent_encode.h"

namespace swarmward::api {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class NetworkListTest : public NetworksTest {
 protected:
  NetworkListTest() {
    front_ = create_network("front", R"(,"Labels":{"tier":"web","x":""})");
    back_ = create_network("back", R"(,"Labels":{"tier":"db"})");
    allocate(back_, 4097, "10.0.1");
    list_ = R"([{"Name":"own","Id":"1","Zeta":1,"Alpha":2},
                {"Name":"back","Id":"2","Labels":{"ward.node.id":")" +
            manager_.str() + R"("},"Options":{"ward.network":")" + back_ + R"("}}])";
    control_.engine->documents["/networks"] = list_;
  }
  /// The names in the answer, where the engine lets `local` through.
  std::vector<std::string> names(std::string const& filters) {
    control_.engine->documents["/networks?filters=" + percent_encode(filters)] = "[]";
    std::vector<std::string> found;
    for (auto const& network : get("/networks?filters=" + filters)) {
      found.push_back(network["Name"]);
    }
    return found;
  }

  std::string front_;
  std::string back_;
  std::string list_;
};

TEST_F(NetworkListTest, TheSwarmsStandBeforeTheEnginesAndOnce) {
  auto const response = request("GET", "/networks");
  auto const list = nlohmann::json::parse(response.body);
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[2]["Name"], "own");
  EXPECT_LT(list[0]["Id"], list[1]["Id"]);
  // The engine's members stand as it wrote them.
  EXPECT_THAT(response.body, ::testing::HasSubstr(R"("Zeta":1,"Alpha":2)"));
  EXPECT_EQ(get("/networks/"), list);
}

TEST_F(NetworkListTest, Filters) {
  EXPECT_THAT(names(R"({"driver":["overlay"]})"), UnorderedElementsAre("front", "back"));
  EXPECT_THAT(names(R"({"driver":["bridge"]})"), IsEmpty());
  EXPECT_THAT(names(R"({"scope":["swarm"]})"), UnorderedElementsAre("front", "back"));
  EXPECT_THAT(names(R"({"scope":["local"]})"), IsEmpty());
  EXPECT_THAT(names(R"({"type":["builtin"]})"), IsEmpty());
  EXPECT_THAT(names(R"({"type":{"custom":true}})"), UnorderedElementsAre("front", "back"));
  EXPECT_THAT(names(R"({"name":["ron"]})"), ElementsAre("front"));
  EXPECT_THAT(names(R"({"name":["^ron"]})"), IsEmpty());
  EXPECT_THAT(names(R"({"name":["^fr","ck$"]})"), UnorderedElementsAre("front", "back"));
  EXPECT_THAT(names(R"({"name":["^back$"]})"), ElementsAre("back"));
  EXPECT_THAT(names(R"({"id":[")" + back_.substr(0, 10) + R"("]})"), ElementsAre("back"));
  EXPECT_THAT(names(R"({"label":["tier"]})"), UnorderedElementsAre("front", "back"));
  EXPECT_THAT(names(R"({"label":["tier=web","x"]})"), ElementsAre("front"));
}

TEST_F(NetworkListTest, DanglingOnesAreUsedByNothing) {
  create(R"({"Name":"web","TaskTemplate":{"ContainerSpec":{"Image":"bb"},
      "Networks":[{"Target":"back"}]}})");
  EXPECT_THAT(names(R"({"dangling":["true"]})"), ElementsAre("front"));
  EXPECT_THAT(names(R"({"dangling":["0"]})"), ElementsAre("back"));
}

TEST_F(NetworkListTest, BadFilters) {
  EXPECT_EQ(outcome("GET", R"(/networks?filters={"foo":["x"]})"), "400 invalid filter 'foo'");
  EXPECT_EQ(outcome("GET", R"(/networks?filters={"type":["zz"]})"),
            "500 invalid filter: 'type'='zz'");
  EXPECT_EQ(
      outcome("GET", R"(/networks?filters={"dangling":["zz"]})"),
      "400 invalid value for filter 'dangling', must be \"true\" (or \"1\"), or \"false\" (or "
      "\"0\")");
}

class NetworkPruneTest : public NetworkListTest {
 protected:
  void on_engine(std::string const& list) {
    control_.engine->documents["/networks?filters=" +
                               percent_encode(R"({"dangling":["true"],"type":["custom"]})")] = list;
  }
  nlohmann::json prune(std::string const& filters = "{}") {
    auto const response = request("POST", "/networks/prune?filters=" + filters);
    return nlohmann::json::parse(response.body)["NetworksDeleted"];
  }
};

TEST_F(NetworkPruneTest, WhatIsUsedStays) {
  create_network("ingress", R"(,"Ingress":true)");
  create(R"({"Name":"web","TaskTemplate":{"ContainerSpec":{"Image":"bb"},
      "Networks":[{"Target":"back"}]}})");
  EXPECT_EQ(prune(), nlohmann::json::parse(R"(["front"])"));
  EXPECT_EQ(prune(), nullptr);
  EXPECT_EQ(store_->snapshot()->networks.size(), 2U);
}

TEST_F(NetworkPruneTest, TheEnginesOwnGoToo) {
  on_engine(R"([{"Name":"own","Created":"2020-01-01T00:00:00Z","Labels":{"tier":"web"}},
      {"Name":"back","Created":"2020-01-01T00:00:00Z","Labels":{"ward.node.id":"n"},
       "Options":{"ward.network":"x"}}])");
  EXPECT_EQ(prune(R"({"label":["tier=web"]})"), nlohmann::json::parse(R"(["front","own"])"));
  EXPECT_THAT(control_.engine->removed_networks, ElementsAre("own"));
}

TEST_F(NetworkPruneTest, TheBridgeToTheOutsideStays) {
  auto const* const bridge =
      R"({"Name":"docker_gwbridge","Id":"b1","Created":"2020-01-01T00:00:00Z"})";
  on_engine("[" + std::string(bridge) + "]");
  EXPECT_EQ(prune(R"({"label!":["tier"]})"), nullptr);
  control_.engine->documents["/networks/docker_gwbridge"] = bridge;
  EXPECT_EQ(outcome("DELETE", "/networks/docker_gwbridge"),
            "403 error while removing network: network docker_gwbridge id b1 has active endpoints");
  EXPECT_EQ(outcome("POST", "/networks/create", R"({"Name":"docker_gwbridge","Driver":"overlay"})"),
            "409 network with name docker_gwbridge already exists");
}

TEST_F(NetworkPruneTest, Filters) {
  EXPECT_EQ(prune(R"({"until":["1h"]})"), nullptr);
  EXPECT_EQ(prune(R"({"until":["1600000000"]})"), nullptr);
  EXPECT_EQ(prune(R"({"label!":["tier"]})"), nullptr);
  EXPECT_EQ(prune(R"({"label!":["tier=db"]})"), nlohmann::json::parse(R"(["front"])"));
  EXPECT_EQ(prune(R"({"until":["1800000000"]})"), nlohmann::json::parse(R"(["back"])"));
  EXPECT_EQ(outcome("POST", R"(/networks/prune?filters={"name":["x"]})"),
            "400 invalid filter 'name'");
  EXPECT_EQ(outcome("POST", R"(/networks/prune?filters={"until":["soon"]})"),
            "400 invalid filter 'until=soon'");
}

}  // namespace
}  // namespace swarmward::api
