#include <mutex>

#include <boost/asio/co_spawn.hpp>

#include "api/routes/testing/api_test.h"
#include "base/percent_encode.h"
#include "base/testing/fake_upstream.h"

namespace swarmward::api {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string const kId(64, 'c');

/// A manager host1 and a node host2; the engine of host2 answers what is passed on to it.
class ClusterContainersTest : public ApiTest {
 protected:
  ClusterContainersTest() {
    serve(Scope::Cluster);
    make_swarm();
    other_ = add_node("host2", model::NodeRole::Worker);
    for (auto const& id : {manager_, other_}) {
      control_.upstreams[id.str()] = std::make_shared<Upstream const>(Upstream{
          net::make_plain_dialer(*net::parse_engine_address(engine_.address())), {{1, 41}, ""}});
      ward_.reasons.push_back({id.str(), id == other_ ? "host2" : "host1", {}, {}});
    }
    control_.own_upstream = control_.upstreams[manager_.str()];
    control_.engines[manager_.str()] = control_.engine;
    control_.engines[other_.str()] = std::make_shared<FakeApiEngine>();
    change([this](state::Draft& draft) -> Result<void> {
      for (auto const& id : {manager_, other_}) {
        auto node = *draft.view().find_node(id);
        node.status.state = model::NodeState::Ready;
        draft.put(std::move(node));
      }
      return {};
    });
    settle();
    here().unknown = there().unknown = ErrorCode::NotFound;
    lists("[]", "[]");
    here().documents["/images/app/json"] = there().documents["/images/app/json"] = R"({"Id":"i"})";
  }

  FakeApiEngine& here() { return *control_.engine; }
  FakeApiEngine& there() { return *control_.engines[other_.str()]; }
  void lists(std::string const& on_host1, std::string const& on_host2) {
    for (auto const* path : {"/containers/json?all=1", "/containers/json"}) {
      here().documents[path] = on_host1;
      there().documents[path] = on_host2;
    }
  }
  static std::string shown(std::string const& container) {
    return "/containers/" + percent_encode(container) + "/json";
  }
  Result<std::shared_ptr<Upstream const>> find(std::string const& container) {
    Result<std::shared_ptr<Upstream const>> found = unavailable("not asked");
    boost::asio::co_spawn(
        context_,
        api_->find_upstream("/containers/" + container + "/json"),
        [&](std::exception_ptr const&, Result<std::shared_ptr<Upstream const>> upstream) {
          found = std::move(upstream);
        });
    settle();
    return found;
  }
  std::shared_ptr<Upstream const> way_to(std::string const& container) {
    auto const found = find(container);
    return found ? *found : nullptr;
  }
  std::string refusal(std::string const& container) {
    auto const found = find(container);
    return found ? "" : found.error().message;
  }
  std::string asked() {
    std::lock_guard const lock(mutex_);
    return asked_;
  }
  std::mutex mutex_;
  std::string asked_;
  std::string answer_ = answer(201, R"({"Id":")" + kId + R"(","Warnings":[]})");
  FakeUpstream engine_{[this](FakeUpstream::Peer& peer) {
    auto request = peer.read_request();
    std::lock_guard const lock(mutex_);
    asked_ = std::move(request);
    peer.write(answer_);
  }};
  model::NodeId other_;
};

std::string const kApp = R"({"Image":"app"})";
std::string const kOneContainer = R"([{"Id":"x","Names":["/web"],"Created":1}])";

TEST_F(ClusterContainersTest, OnlyItsOwnListenersHaveThisScope) {
  EXPECT_TRUE(api_->owns("GET", "/containers/json", {1, 44}, ""));
  EXPECT_TRUE(api_->owns("GET", "/volumes", {1, 44}, ""));
  EXPECT_TRUE(api_->owns("POST", "/containers/x/exec", {1, 44}, ""));
  EXPECT_FALSE(api_->owns("GET", "/containers/x/json", {1, 44}, ""));
  EXPECT_FALSE(api_->owns("POST", "/volumes/prune", {1, 44}, ""));
  serve(Scope::Host);
  EXPECT_FALSE(api_->owns("GET", "/containers/json", {1, 44}, ""));
  EXPECT_FALSE(api_->owns("GET", "/volumes", {1, 44}, ""));
}

TEST_F(ClusterContainersTest, ListsCarryTheNode) {
  lists("[]", kOneContainer);
  auto const list = get("/containers/json");
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0]["Names"], nlohmann::json({"/host2/web", "/web"}));
  EXPECT_EQ(list[0]["Labels"]["ward.node"], "host2");
}

TEST_F(ClusterContainersTest, ListsCompareOnOneNodeOnly) {
  EXPECT_THAT(outcome("GET", R"(/containers/json?filters={"since":["web"]})"),
              StartsWith("400 the filters before and since compare with a container of one node"));
}

TEST_F(ClusterContainersTest, ANewOneGoesToTheEmptiestNode) {
  lists(kOneContainer, "[]");
  EXPECT_EQ(outcome("POST", "/containers/create?name=db", kApp), "201");
  EXPECT_THAT(asked(), HasSubstr("/containers/create?name=db"));
  ASSERT_EQ(ward_.judged.size(), 1U);
  // Its node is known from now on, without asking.
  EXPECT_EQ(way_to(kId), control_.upstreams[other_.str()]);
}

TEST_F(ClusterContainersTest, WhereItIsIsAskedAnewOnceItsNodeIsDown) {
  lists(kOneContainer, "[]");
  EXPECT_EQ(outcome("POST", "/containers/create?name=db", kApp), "201");
  change([this](state::Draft& draft) -> Result<void> {
    auto node = *draft.view().find_node(other_);
    node.status.state = model::NodeState::Down;
    draft.put(std::move(node));
    return {};
  });
  settle();
  EXPECT_EQ(refusal(kId), "No such container: " + kId + " (nothing is known of host2)");
  here().documents[shown(kId)] = R"({"Id":")" + kId + R"(","Name":"/db"})";
  EXPECT_EQ(way_to(kId), control_.upstreams[manager_.str()]);
}

TEST_F(ClusterContainersTest, TheBeginningOfSeveralIdsNamesNone) {
  here().documents[shown("c")] = R"({"Id":"c1","Name":"/a"})";
  there().documents[shown("c")] = R"({"Id":"c2","Name":"/b"})";
  EXPECT_EQ(refusal("c"), "multiple IDs found with provided prefix: c");
  there().documents[shown("c")] = R"({"Id":"c2","Name":"/c"})";
  EXPECT_EQ(way_to("c"), control_.upstreams[other_.str()]) << "it is the name of one";
}

TEST_F(ClusterContainersTest, AVolumeThatASilentNodeMayHaveIsNotMadeAnew) {
  there().reachable = false;
  auto const with_volume = R"({"Image":"app","HostConfig":{"Binds":["data:/data"]}})";
  EXPECT_THAT(outcome("POST", "/containers/create", with_volume),
              StartsWith("503 volume data may be on node host2, which does not answer"));
  EXPECT_THAT(outcome("POST", "/volumes/create", R"({"Name":"data"})"),
              StartsWith("503 volume data may be on node host2"));
  EXPECT_EQ(outcome("POST",
                    "/containers/create",
                    R"({"Image":"app","Labels":{"ward.constraint":"node.hostname!=host2"},)"
                    R"("HostConfig":{"Binds":["data:/data"]}})"),
            "201");
  here().documents["/volumes/" + percent_encode("data")] = R"({"Name":"data","Driver":"local"})";
  EXPECT_EQ(outcome("POST", "/containers/create", with_volume), "201") << "it is here";
}

TEST_F(ClusterContainersTest, ANewNameMustBeFreeOnAllNodes) {
  lists("[]", kOneContainer);
  here().documents[shown("db")] = R"({"Id":"y","Name":"/db"})";
  EXPECT_THAT(outcome("POST", "/containers/db/rename?name=web"),
              StartsWith("409 Conflict. The container name \"/web\" is already in use"));
  answer_ = answer(204, "");
  EXPECT_EQ(request("POST", "/containers/db/rename?name=free").status, 204U);
  EXPECT_THAT(asked(), HasSubstr("/containers/db/rename?name=free"));
}

TEST_F(ClusterContainersTest, NamesAreTakenOnAllNodes) {
  lists("[]", kOneContainer);
  EXPECT_THAT(outcome("POST", "/containers/create?name=web", kApp),
              StartsWith("409 Conflict. The container name \"/web\" is already in use by container "
                         "\"x\""));
  EXPECT_EQ(asked(), "");
}

TEST_F(ClusterContainersTest, AnImageThatIsNotHereIsForTheClientToPull) {
  lists(kOneContainer, "[]");
  here().documents.erase("/images/app/json");
  EXPECT_THAT(outcome("POST", "/containers/create", kApp), HasSubstr("engine not reached"));
  EXPECT_EQ(asked(), "");
}

TEST_F(ClusterContainersTest, ANodeWhoseEngineIsSilentGetsNothing) {
  there().reachable = false;
  EXPECT_EQ(outcome("POST", "/containers/create", kApp), "201");
  here().reachable = false;
  EXPECT_THAT(outcome("POST", "/containers/create", kApp),
              HasSubstr("host1 (its engine does not answer)"));
}

TEST_F(ClusterContainersTest, VolumesOfAllNodesAreOneList) {
  here().documents["/volumes"] = R"({"Volumes":[{"Name":"a","Driver":"local"}],"Warnings":null})";
  there().documents["/volumes"] =
      R"({"Volumes":[{"Name":"b","Driver":"local","Labels":{"x":"y"}}],"Warnings":null})";
  auto const list = get("/volumes");
  ASSERT_EQ(list["Volumes"].size(), 2U);
  std::map<std::string, std::string> nodes;
  for (auto const& volume : list["Volumes"]) {
    nodes[volume["Name"]] = volume["Labels"]["ward.node"];
  }
  EXPECT_EQ(nodes["a"] + " " + nodes["b"], "host1 host2");
  EXPECT_EQ(outcome("GET", "/volumes/c"), "404 get c: no such volume");
  here().documents.erase("/volumes");
  here().unknown = ErrorCode::InvalidArgument;
  EXPECT_EQ(outcome("GET", "/volumes"), "400 engine not reached") << "what engines refuse is told";
}

TEST_F(ClusterContainersTest, AVolumeIsMadeWhereThoseOfItsProjectAre) {
  auto const query =
      "/volumes?filters=" + percent_encode(R"({"label":["com.docker.compose.project=shop"]})");
  // What goes to host1 fails.
  control_.upstreams[manager_.str()] = std::make_shared<Upstream const>(Upstream{
      net::make_plain_dialer(*net::parse_engine_address("unix:///nowhere")), {{1, 41}, ""}});
  here().documents[query] = R"({"Volumes":[]})";
  there().documents[query] = R"({"Volumes":[{"Name":"shop_a","Driver":"local"}]})";
  EXPECT_EQ(outcome("POST",
                    "/volumes/create",
                    R"({"Name":"shop_b","Labels":{"com.docker.compose.project":"shop"}})"),
            "201");
  EXPECT_THAT(asked(), HasSubstr("shop_b"));
}

TEST_F(ClusterContainersTest, OutsideOfASwarmThereAreNone) {
  change([](state::Draft& draft) -> Result<void> {
    draft.erase_cluster();
    return {};
  });
  for (auto const* path : {"/containers/json", "/volumes", "/volumes/a"}) {
    EXPECT_THAT(outcome("GET", path), StartsWith("503 This node is not a swarm manager")) << path;
  }
}

}  // namespace
}  // namespace swarmward::api
