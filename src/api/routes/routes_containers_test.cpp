#include <mutex>

#include "api/routes/testing/api_test.h"
#include "base/testing/fake_upstream.h"
#include "model/task.h"

namespace swarmward::api {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string const kContainer = "0123456789ab" + std::string(52, 'c');

/// A manager host1 and a node host2, each with one task of the service web.
class ContainersTest : public ApiTest {
 protected:
  ContainersTest() {
    make_swarm();
    create(spec("web"));
    other_ = add_node("host2", model::NodeRole::Worker);
    here_ = std::make_shared<Upstream const>();
    there_ = std::make_shared<Upstream const>(Upstream{
        net::make_plain_dialer(*net::parse_engine_address(engine_.address())), {{1, 41}, ""}});
    control_.upstreams = {{manager_.str(), here_}, {other_.str(), there_}};
    local_task_ = add_task("web", manager_, 1);
    task_ = add_task("web", other_, 2);
    change([this](state::Draft& draft) -> Result<void> {
      auto task = *draft.view().find_task(task_);
      task.status.container = model::ContainerStatus{kContainer, 1, 0};
      draft.put(std::move(task));
      return {};
    });
    settle();
  }

  std::string full_name(model::TaskId const& id) const {
    return model::full_name(*store_->snapshot()->find_task(id));
  }
  /// The engine on host2 notes the request and makes an exec session.
  std::mutex mutex_;
  std::string asked_;
  std::string engine_answer_ = answer(201, R"({"Id":"e1"})");
  FakeUpstream engine_{[this](FakeUpstream::Peer& peer) {
    auto request = peer.read_request();
    std::lock_guard const lock(mutex_);
    asked_ = std::move(request);
    peer.write(engine_answer_);
  }};
  model::NodeId other_;
  model::TaskId local_task_;
  model::TaskId task_;
  std::shared_ptr<Upstream const> here_;
  std::shared_ptr<Upstream const> there_;
};

TEST_F(ContainersTest, RequestsFollowTheTask) {
  auto const name = full_name(task_);
  for (auto const* rest : {"/json", "/logs", "/attach", "/stop", "/archive", ""}) {
    EXPECT_EQ(api_->upstream_of("/containers/" + name + rest), there_) << rest;
    EXPECT_EQ(api_->upstream_of("/containers/" + kContainer + rest), there_) << rest;
    EXPECT_EQ(api_->upstream_of("/containers/0123456789ab" + std::string(rest)), there_) << rest;
  }
}

TEST_F(ContainersTest, AllElseStaysHere) {
  for (std::string const& path : {std::string("/containers/json"),
                                  std::string("/containers/create"),
                                  std::string("/containers/"),
                                  std::string("/containers/0123456789a/json"),
                                  "/containers/" + full_name(local_task_) + "/json",
                                  "/containers/other.2." + task_.str() + "/json",
                                  "/containers/" + task_.str() + "/json",
                                  std::string("/images/json"),
                                  std::string("/exec/e1/start")}) {
    EXPECT_EQ(api_->upstream_of(path), nullptr) << path;
  }
}

TEST_F(ContainersTest, ANodeWithoutAnEngineIsNotAsked) {
  control_.upstreams.erase(other_.str());
  EXPECT_EQ(api_->upstream_of("/containers/" + kContainer + "/json"), nullptr);
  EXPECT_FALSE(api_->owns("POST", "/containers/" + kContainer + "/exec", {1, 44}, ""));
}

TEST_F(ContainersTest, ExecSessionsGoWhereTheyWereMade) {
  auto const path = "/containers/" + kContainer + "/exec";
  EXPECT_TRUE(api_->owns("POST", path, {1, 44}, ""));
  EXPECT_FALSE(api_->owns("GET", path, {1, 44}, ""));
  EXPECT_FALSE(api_->owns("POST", "/containers/" + full_name(local_task_) + "/exec", {1, 44}, ""));
  auto const response = request("POST", path, R"({"Cmd":["sh"]})");
  EXPECT_EQ(response.status, 201U);
  EXPECT_EQ(response.body, R"({"Id":"e1"})");
  std::lock_guard const lock(mutex_);
  EXPECT_THAT(asked_, StartsWith("POST /v1.41/containers/01"));
  EXPECT_THAT(asked_, HasSubstr("Content-Type: application/json\r\nContent-Length: 14\r\n"));
  EXPECT_THAT(asked_, HasSubstr("\r\n\r\n{\"Cmd\":[\"sh\"]}"));
  for (auto const* rest : {"start", "resize", "json"}) {
    EXPECT_EQ(api_->upstream_of(std::string("/exec/e1/") + rest), there_);
  }
}

TEST_F(ContainersTest, ARefusedExecSessionIsPassedOn) {
  {
    std::lock_guard const lock(mutex_);
    engine_answer_ = answer(409, R"({"message":"Container is not running"})");
  }
  EXPECT_EQ(outcome("POST", "/containers/" + kContainer + "/exec", "{}"),
            "409 Container is not running");
  EXPECT_EQ(outcome("POST", "/containers/gone/exec", "{}"), "404 No such container: gone");
}

TEST_F(ContainersTest, NodesGoByNameAndId) {
  EXPECT_EQ(*api_->node_upstream("host2"), there_);
  EXPECT_EQ(*api_->node_upstream(other_.str()), there_);
  EXPECT_EQ(*api_->node_upstream("host1"), here_);
  EXPECT_EQ(api_->node_upstream("host3").error().message, "node host3 not found");
  EXPECT_EQ(api_->node_upstream("host3").error().code, ErrorCode::NotFound);
  add_node("host2", model::NodeRole::Worker);
  EXPECT_EQ(api_->node_upstream("host2").error().code, ErrorCode::InvalidArgument);
  control_.upstreams.clear();
  EXPECT_EQ(api_->node_upstream("host1").error().code, ErrorCode::Unavailable);
}

TEST_F(ContainersTest, ListsTheContainersOfNodes) {
  auto const query = std::string(R"(filters={"node":{"all":true}})");
  EXPECT_TRUE(api_->owns("GET", "/containers/json", {1, 44}, query));
  EXPECT_FALSE(api_->owns("GET", "/containers/json", {1, 44}, ""));
  auto const engine = std::make_shared<FakeApiEngine>();
  engine->documents["/containers/json"] = R"([{"Id":"a","Names":["/x"],"Created":1}])";
  control_.engines[other_.str()] = engine;
  auto const list = get("/containers/json?" + query);
  ASSERT_EQ(list.size(), 1U);  // The engine of host1 does not answer.
  EXPECT_EQ(list[0]["Names"][0], "/host2/x");
  engine->reachable = false;
  EXPECT_THAT(outcome("GET", "/containers/json?" + query), StartsWith("503 asking the engine of"));
  EXPECT_EQ(outcome("GET", R"(/containers/json?filters={"node":["zz"]})"), "404 node zz not found");
}

}  // namespace
}  // namespace swarmward::api
