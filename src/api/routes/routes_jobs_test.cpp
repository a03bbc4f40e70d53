#include "api/routes/testing/api_test.h"

namespace swarmward::api {
namespace {

/// Services whose tasks end by themselves.
class JobsTest : public ApiTest {
 protected:
  JobsTest() { make_swarm(); }

  std::string update(std::string const& name,
                     std::string const& body,
                     std::string const& more = {}) {
    auto const version = std::to_string(service(name).meta.version);
    return outcome("POST", "/services/" + name + "/update?version=" + version + more, body);
  }
  std::uint64_t iteration(std::string const& name) { return service(name).job_status->iteration; }
  nlohmann::json counts(std::string const& name) {
    return get(R"(/services?status=true&filters={"name":[")" + name + R"("]})")[0]["ServiceStatus"];
  }
  void edit(model::TaskId const& id, std::function<void(model::Task&)> const& edited) {
    change([&](state::Draft& draft) -> Result<void> {
      auto task = *draft.view().find_task(id);
      edited(task);
      draft.put(std::move(task));
      return {};
    });
  }
};

std::string job(std::string const& name, std::string const& mode, std::string const& more = {}) {
  return spec(name, R"("Mode":)" + mode + (more.empty() ? "" : "," + more));
}

TEST_F(JobsTest, ShowTheirDefaultsAndTheFirstIteration) {
  create(job("job", R"({"ReplicatedJob":{}})"));
  auto const shown = get("/services/job");
  EXPECT_EQ(shown["Spec"]["Mode"],
            nlohmann::json::parse(R"({"ReplicatedJob":{"MaxConcurrent":1,"TotalCompletions":1}})"));
  EXPECT_EQ(shown["JobStatus"]["JobIteration"], nlohmann::json::object());
  EXPECT_EQ(shown["JobStatus"]["LastExecution"], "2023-11-14T22:13:20Z");
  create(job("wide", R"({"ReplicatedJob":{"MaxConcurrent":3}})"));
  EXPECT_EQ(get("/services/wide")["Spec"]["Mode"]["ReplicatedJob"]["TotalCompletions"], 3);
  create(job("all", R"({"GlobalJob":{}})"));
  EXPECT_EQ(get("/services/all")["Spec"]["Mode"], nlohmann::json::parse(R"({"GlobalJob":{}})"));
  EXPECT_TRUE(get("/services/all").contains("JobStatus"));
  create(spec("web"));
  EXPECT_FALSE(get("/services/web").contains("JobStatus"));
}

TEST_F(JobsTest, EveryUpdateAndRollbackRunsThemAgain) {
  create(job("job", R"({"ReplicatedJob":{}})"));
  clock_.time += std::chrono::seconds(60);
  EXPECT_EQ(update("job", job("job", R"({"ReplicatedJob":{}})", R"("Labels":{"a":"b"})")), "200");
  EXPECT_EQ(get("/services/job")["JobStatus"]["JobIteration"]["Index"], 1);
  EXPECT_EQ(get("/services/job")["JobStatus"]["LastExecution"], "2023-11-14T22:14:20Z");
  EXPECT_EQ(update("job", job("job", R"({"ReplicatedJob":{}})"), "&rollback=previous"), "200");
  EXPECT_EQ(iteration("job"), 2U);
  EXPECT_TRUE(service("job").spec->annotations.labels.empty());
}

TEST_F(JobsTest, RefuseAnUpdateConfigAndAChangeOfTheMode) {
  EXPECT_EQ(outcome("POST",
                    "/services/create",
                    job("job", R"({"ReplicatedJob":{}})", R"("UpdateConfig":{})")),
            "400 rpc error: code = InvalidArgument desc = Jobs may not have an update config");
  create(job("job", R"({"GlobalJob":{}})"));
  EXPECT_EQ(update("job", job("job", R"({"ReplicatedJob":{}})")),
            "501 rpc error: code = Unimplemented desc = service mode change is not allowed");
  EXPECT_EQ(iteration("job"), 0U);
}

TEST_F(JobsTest, AreUnknownToOldClients) {
  for (auto const* mode : {R"({"ReplicatedJob":{"MaxConcurrent":5}})", R"({"GlobalJob":{}})"}) {
    auto const made = request("POST", "/services/create", job("", mode), {1, 40});
    auto const shown = get("/services/" + nlohmann::json::parse(made.body).value("ID", ""));
    EXPECT_EQ(shown["Spec"]["Mode"], nlohmann::json::parse(R"({"Replicated":{"Replicas":1}})"));
    EXPECT_FALSE(shown.contains("JobStatus"));
  }
}

TEST_F(JobsTest, AreFoundByTheirMode) {
  create(job("some", R"({"ReplicatedJob":{}})"));
  create(job("each", R"({"GlobalJob":{}})"));
  create(spec("web"));
  auto const named = [this](std::string const& mode) {
    auto const found = get(R"(/services?filters={"mode":[")" + mode + R"("]})");
    return found.size() == 1 ? found[0]["Spec"]["Name"].get<std::string>() : found.dump();
  };
  EXPECT_EQ(named("replicated-job"), "some");
  EXPECT_EQ(named("global-job"), "each");
  EXPECT_EQ(named("replicated"), "web");
}

TEST_F(JobsTest, StatusCountsThePresentIteration) {
  create(job("job", R"({"ReplicatedJob":{"MaxConcurrent":2,"TotalCompletions":5}})"));
  auto const state = [this](model::Slot slot, std::uint64_t of, model::TaskState now) {
    edit(add_task("job", manager_, slot), [&](model::Task& task) {
      task.job_iteration = of;
      task.desired_state = model::TaskState::Complete;
      task.status.state = now;
    });
  };
  state(0, 0, model::TaskState::Complete);
  EXPECT_EQ(update("job", job("job", R"({"ReplicatedJob":{"MaxConcurrent":2}})")), "200");
  state(0, 1, model::TaskState::Complete);
  state(1, 1, model::TaskState::Complete);
  state(2, 1, model::TaskState::Running);
  EXPECT_EQ(counts("job"),
            nlohmann::json::parse(R"({"RunningTasks":1,"DesiredTasks":2,"CompletedTasks":2})"));
}

TEST_F(JobsTest, GlobalJobsWishForWhatIsNotDone) {
  create(job("job", R"({"GlobalJob":{}})"));
  for (auto const now : {model::TaskState::Complete, model::TaskState::Running}) {
    edit(add_task("job", manager_, 0), [&](model::Task& task) {
      task.job_iteration = 0;
      task.desired_state = model::TaskState::Complete;
      task.status.state = now;
    });
  }
  EXPECT_EQ(counts("job"),
            nlohmann::json::parse(R"({"RunningTasks":1,"DesiredTasks":1,"CompletedTasks":1})"));
}

TEST_F(JobsTest, TasksHideTheFirstSlotAndShowTheirIteration) {
  create(job("job", R"({"ReplicatedJob":{}})"));
  edit(add_task("job", manager_, 0), [](model::Task& task) { task.job_iteration = 0; });
  edit(add_task("job", manager_, 1), [](model::Task& task) { task.job_iteration = 3; });
  for (auto const& task : get("/tasks")) {
    bool const first = !task.contains("Slot");
    EXPECT_EQ(task["JobIteration"], nlohmann::json::parse(first ? "{}" : R"({"Index":3})"));
  }
}

}  // namespace
}  // namespace swarmward::api
