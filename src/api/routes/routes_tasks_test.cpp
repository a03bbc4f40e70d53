#include "api/routes/testing/api_test.h"
#include "api/routes/up_to_date.h"

namespace swarmward::api {
namespace {

class TasksTest : public ApiTest {
 protected:
  TasksTest() {
    make_swarm();
    create(spec("web", R"("Labels":{"tier":"front"})"));
    create(spec("db"));
    web_ = add_task("web", manager_, 1);
    db_ = add_task("db", manager_, 1);
  }
  std::vector<std::string> ids(std::string const& filters) {
    std::vector<std::string> found;
    for (auto const& task : get("/tasks?filters=" + filters)) {
      found.push_back(task["ID"]);
    }
    return found;
  }
  model::TaskId web_;
  model::TaskId db_;
};

TEST_F(TasksTest, ListsByFilter) {
  using ::testing::ElementsAre;
  using ::testing::IsEmpty;
  EXPECT_EQ(ids("").size(), 2U);
  EXPECT_THAT(ids(R"({"service":["web"]})"), ElementsAre(web_.str()));
  EXPECT_THAT(ids(R"({"label":["tier=front"]})"), ElementsAre(web_.str()));
  EXPECT_THAT(ids(R"({"name":["db.1."]})"), ElementsAre(db_.str()));
  EXPECT_THAT(ids(R"({"id":[")" + web_.str().substr(0, 12) + "\"]}"), ElementsAre(web_.str()));
  EXPECT_EQ(ids(R"({"node":["host1"],"desired-state":["RUNNING"]})").size(), 2U);
  EXPECT_THAT(ids(R"({"desired-state":["accepted"]})"), IsEmpty());
  EXPECT_THAT(ids(R"({"runtime":["attachment"]})"), IsEmpty());
}

TEST_F(TasksTest, RefusesWithNativesTexts) {
  EXPECT_EQ(outcome("GET", R"(/tasks?filters={"service":["nope"]})"), "404 service nope not found");
  EXPECT_EQ(outcome("GET", R"(/tasks?filters={"node":["nope"]})"), "404 node nope not found");
  EXPECT_EQ(outcome("GET", R"(/tasks?filters={"desired-state":["zz"]})"),
            "500 Invalid desired-state filter: 'zz'");
  EXPECT_EQ(outcome("GET", R"(/tasks?filters={"up-to-date":["true"]})"),
            "400 invalid filter 'up-to-date'");
  EXPECT_EQ(outcome("GET", "/tasks/nope"), "404 task nope not found");
}

TEST_F(TasksTest, FoundByIdNameAndPrefix) {
  EXPECT_EQ(get("/tasks/" + web_.str())["ID"], web_.str());
  EXPECT_EQ(get("/tasks/web.1." + web_.str())["ID"], web_.str());
  EXPECT_EQ(get("/tasks/" + web_.str().substr(0, 15))["ID"], web_.str());
  EXPECT_EQ(outcome("GET", "/tasks/db.1." + web_.str()).substr(0, 3), "404");
}

TEST_F(TasksTest, UpToDateMeansTheServicesPresentSpec) {
  auto const update = [&](std::string const& more) {
    auto const version = std::to_string(service("web").meta.version);
    return outcome("POST", "/services/web/update?version=" + version, spec("web", more));
  };
  auto const current = R"({"_up-to-date":["false"],"service":["web"]})";
  EXPECT_EQ(update(R"("Labels":{"a":"b"})"), "200");
  EXPECT_EQ(ids(current).size(), 1U);
  EXPECT_EQ(update(R"("EndpointSpec":{})"), "200");
  EXPECT_EQ(ids(current).size(), 0U);
}

TEST_F(TasksTest, PlacementAloneLeavesATaskCurrentWhereItFits) {
  auto changed = service("web");
  auto const& task = *store_->snapshot()->find_task(web_);
  auto const node = store_->snapshot()->find_node(manager_);
  auto wanted = *changed.spec;
  changed.spec_version = 99;
  wanted.task.placement = model::Placement{{"node.role==manager"}, {}, 0, {}};
  changed.spec = std::make_shared<model::ServiceSpec const>(wanted);
  EXPECT_TRUE(is_up_to_date(task, changed, node.get()));
  EXPECT_FALSE(is_up_to_date(task, changed, nullptr));
  wanted.task.placement->constraints = {"node.role==worker"};
  changed.spec = std::make_shared<model::ServiceSpec const>(wanted);
  EXPECT_FALSE(is_up_to_date(task, changed, node.get()));
}

}  // namespace
}  // namespace swarmward::api
