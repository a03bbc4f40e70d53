#include "api/routes/testing/networks_test.h"
#include "model/attachment.h"

namespace swarmward::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

/// A swarm with the attachable network "open", and an engine that makes containers.
class ContainerCreateTest : public NetworksTest {
 protected:
  ContainerCreateTest() {
    open_ = create_network("open", R"(,"Attachable":true)");
    attach_.places["open"] = {"a1", open_, "open", "10.0.1.5", "10.0.1.2"};
    answers_["/containers/create"] = answer(201, R"({"Id":"c1","Warnings":[]})");
    control_.engine->documents["/containers/web/json"] =
        R"({"Id":"c1","Name":"/web","State":{"Running":true},"NetworkSettings":{"Networks":{}}})";
  }

  void put_attachment(std::string const& id, model::TaskState state) {
    change([&](state::Draft& draft) -> Result<void> {
      auto task =
          model::make_attachment(model::TaskId(id), manager_, {model::NetworkId(open_), "", {}});
      task.networks.push_back({model::NetworkId(open_), "10.0.1.5/24"});
      task.status.state = state;
      model::ContainerStatus status;
      status.container_id = "c1";
      task.status.container = status;
      draft.put(std::move(task));
      return {};
    });
  }

  std::string open_;
};

std::string const kInOpen = R"({"Image":"app","HostConfig":{"NetworkMode":"open"}})";
std::string const kWeb = R"({"Container":"web"})";

TEST_F(ContainerCreateTest, ContainersOutsideOfTheSwarmsNetworksAreTheEngines) {
  put_local("mine", std::string(64, 'b'));
  for (auto const* mode : {"bridge", "mine", "default"}) {
    auto const body = R"({"HostConfig":{"NetworkMode":")" + std::string(mode) + R"("}})";
    EXPECT_EQ(request("POST", "/containers/create?name=web", body).status, 201U) << mode;
    EXPECT_THAT(passed_on().back(), HasSubstr(body));
    EXPECT_THAT(passed_on().back(), HasSubstr("/containers/create?name=web"));
  }
  EXPECT_THAT(attach_.wishes, IsEmpty());
  EXPECT_EQ(outcome("POST", "/containers/create", "nonsense"), "201");
}

TEST_F(ContainerCreateTest, GetsItsPlaceFirst) {
  auto const reply = request("POST", "/containers/create", kInOpen);
  EXPECT_EQ(reply.status, 201U);
  EXPECT_THAT(reply.body, HasSubstr(R"("Id":"c1")"));
  ASSERT_THAT(passed_on(), SizeIs(1));
  EXPECT_THAT(passed_on()[0], HasSubstr(R"("ward.attachment":"a1")"));
  EXPECT_THAT(passed_on()[0], HasSubstr(R"("Dns":["10.0.1.2"])"));
  EXPECT_THAT(attach_.detached, IsEmpty());
}

TEST_F(ContainerCreateTest, WithoutAContainerThePlaceIsGivenBack) {
  answers_["/containers/create"] = answer(404, R"({"message":"No such image: app"})");
  EXPECT_EQ(outcome("POST", "/containers/create", kInOpen), "404 No such image: app");
  EXPECT_THAT(attach_.detached, ElementsAre("a1"));
}

TEST_F(ContainerCreateTest, ARefusedPlaceMakesNoContainer) {
  attach_.refusal = internal_error("Could not attach to network open: no");
  EXPECT_EQ(outcome("POST", "/containers/create", kInOpen),
            "500 Could not attach to network open: no");
  EXPECT_THAT(passed_on(), IsEmpty());
}

TEST_F(ContainerCreateTest, NamesThatAreTwiceAreAmbiguous) {
  put_local("open", std::string(64, 'b'));
  EXPECT_EQ(outcome("POST", "/containers/create", kInOpen),
            "400 network open is ambiguous (2 matches found based on name)");
}

TEST_F(ContainerCreateTest, AWorkerLeavesNamesToItsManager) {
  change([&](state::Draft& draft) -> Result<void> {
    draft.erase_cluster();
    return {};
  });
  EXPECT_FALSE(api_->owns("POST", "/containers/create", {1, 44}, ""));
  auto const view = std::make_shared<WorkerView>();
  control_.worker_view = view;
  EXPECT_TRUE(api_->owns("POST", "/containers/create", {1, 44}, ""));
  EXPECT_TRUE(api_->owns("POST", "/networks/open/connect", {1, 44}, ""));
  EXPECT_EQ(request("POST", "/containers/create", kInOpen).status, 201U);
  EXPECT_THAT(passed_on().back(), HasSubstr(R"("ward.attachment":"a1")"));
  auto const unknown = R"({"HostConfig":{"NetworkMode":"nope"}})";
  EXPECT_EQ(request("POST", "/containers/create", unknown).status, 201U);
  EXPECT_THAT(passed_on().back(), HasSubstr(unknown));
  put_local("mine", std::string(64, 'b'));
  attach_.wishes.clear();
  request("POST", "/containers/create", R"({"HostConfig":{"NetworkMode":"mine"}})");
  EXPECT_THAT(attach_.wishes, IsEmpty());
}

TEST_F(ContainerCreateTest, ConnectsAndDisconnects) {
  answers_["/networks/open/"] = answer(200, "");
  EXPECT_EQ(outcome("POST", "/networks/open/connect", kWeb), "200");
  EXPECT_THAT(passed_on().back(), HasSubstr(R"("ward.ip":"10.0.1.5")"));
  EXPECT_THAT(attach_.detached, IsEmpty());
  control_.engine->documents["/containers/web/json"] =
      R"({"Id":"c1","Name":"/web","State":{"Running":true},"NetworkSettings":{"Networks":{
      "open":{"DriverOpts":{"ward.attachment":"a1"}}}}})";
  EXPECT_EQ(outcome("POST", "/networks/open/disconnect", kWeb), "200");
  EXPECT_THAT(attach_.detached, ElementsAre("a1"));
}

TEST_F(ContainerCreateTest, IsInANetworkOnce) {
  auto const in_it = [](char const* running) {
    return R"({"Id":"c1","Name":"/web","State":{"Running":)" + std::string(running) +
           R"(},"NetworkSettings":{"Networks":{"open":{}}}})";
  };
  control_.engine->documents["/containers/web/json"] = in_it("true");
  EXPECT_EQ(outcome("POST", "/networks/open/connect", kWeb),
            "409 web is already attached to network open");
  EXPECT_THAT(attach_.detached, ElementsAre("a1"));
  control_.engine->documents["/containers/web/json"] = in_it("false");
  EXPECT_EQ(outcome("POST", "/networks/open/connect", kWeb), "200");
  EXPECT_THAT(passed_on(), IsEmpty());
}

TEST_F(ContainerCreateTest, ANetworkWithRunningContainersStays) {
  put_attachment("a1", model::TaskState::Running);
  EXPECT_EQ(
      outcome("DELETE", "/networks/open"),
      "400 rpc error: code = FailedPrecondition desc = network " + open_ + " is in use by task a1");
  put_attachment("a1", model::TaskState::Ready);
  EXPECT_EQ(outcome("DELETE", "/networks/open"), "204");
  EXPECT_FALSE(store_->snapshot()->find_task(model::TaskId("a1")));
}

TEST_F(ContainerCreateTest, AttachmentsAreHiddenFromLists) {
  put_attachment("a1", model::TaskState::Running);
  EXPECT_THAT(get("/tasks"), SizeIs(0));
  auto const asked = get(R"(/tasks?filters={"runtime":["attachment"]})");
  ASSERT_THAT(asked, SizeIs(1));
  EXPECT_EQ(asked[0]["ID"], "a1");
  auto const shown = get("/tasks/a1");
  EXPECT_EQ(shown["Spec"]["NetworkAttachmentSpec"]["ContainerID"], "c1");
  EXPECT_EQ(shown["Spec"]["Runtime"], "attachment");
  EXPECT_FALSE(shown.contains("ServiceID"));
}

TEST_F(ContainerCreateTest, ANetworkShowsTheAddressOfItsContainer) {
  allocate(open_, 4097, "10.0.1");
  put_attachment("a1", model::TaskState::Running);
  put_on_engine("open", open_, R"({"c1":{"Name":"web","EndpointID":"e","IPv4Address":""}})");
  EXPECT_EQ(get("/networks/open")["Containers"]["c1"]["IPv4Address"], "10.0.1.5/24");
}

}  // namespace
}  // namespace swarmward::api
