#include "scheduler/dispatch/task_files.h"

#include <gmock/gmock.h>

namespace swarmward::scheduler {
namespace {

using model::TaskState;

class TaskFilesTest : public testing::Test {
 protected:
  TaskFilesTest() {
    model::Node node;
    node.id = model::NodeId("n1");
    node.description.hostname = "host1";
    node.description.platform = {"x86_64", "linux"};
    draft_.put(std::move(node));
    task_.id = model::TaskId("t1");
    task_.service_id = model::ServiceId("s1");
    task_.node_id = model::NodeId("n1");
    task_.slot = 2;
    task_.status.state = TaskState::Assigned;
    task_.service_annotations = std::make_shared<model::Annotations>(model::Annotations{"web", {}});
    spec_.container.emplace();
  }

  /// Stores a secret and refers to it; `templating` as the user named it.
  void add_secret(std::string const& id,
                  model::FileTarget file,
                  std::string data,
                  std::optional<std::string> const& templating = {}) {
    model::Secret secret;
    secret.id = model::SecretId(id);
    secret.spec.annotations.name = id;
    secret.spec.data = std::move(data);
    if (templating) {
      secret.spec.templating = model::Driver{*templating, {}};
    }
    draft_.put(std::move(secret));
    spec_.container->secrets.push_back({std::move(file), id, id});
  }
  void add_config(std::string const& id,
                  model::FileTarget file,
                  std::string data,
                  std::optional<std::string> const& templating = {}) {
    model::Config config;
    config.id = model::ConfigId(id);
    config.spec.annotations.name = id;
    config.spec.data = std::move(data);
    if (templating) {
      config.spec.templating = model::Driver{*templating, {}};
    }
    draft_.put(std::move(config));
    spec_.container->configs.push_back({std::move(file), false, id, id});
  }
  Result<std::vector<model::TaskFile>> files() {
    task_.spec = std::make_shared<model::TaskSpec const>(spec_);
    return files_for(draft_.view(), task_);
  }
  std::string refusal() {
    auto const result = files();
    return result ? "OK" : result.error().message;
  }

  state::Draft draft_{{}, Time{}};
  model::Task task_;
  model::TaskSpec spec_;
};

model::FileTarget at(std::string name) {
  return {std::move(name), "0", "0", 0444};
}

TEST_F(TaskFilesTest, StandWhereTheSpecWantsThem) {
  constexpr std::uint32_t kGoSetuid = 1U << 23U;
  add_config("c1", at("site"), "one");
  add_config("c2", at("/etc/../x"), "two");
  add_secret("s1", {"key", "5", "6", 0400 | kGoSetuid}, "hush");
  add_secret("s2", {"../../v/../w", "-1", "99999999999", 04755}, "{{.Task.Slot}}");
  auto const found = files();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_THAT(
      *found,
      testing::ElementsAre(model::TaskFile{"s1", "/run/secrets/key", 5, 6, 04400, "hush"},
                           model::TaskFile{"s2", "/w", 0, 1215752191, 0755, "{{.Task.Slot}}"},
                           model::TaskFile{"c1", "/site", 0, 0, 0444, "one"},
                           model::TaskFile{"c2", "/etc/../x", 0, 0, 0444, "two"}));
}

TEST_F(TaskFilesTest, TemplatesAreExpandedForTheTask) {
  spec_.container->env = {"A={{.Task.Slot}}"};
  add_secret("s1", at("key"), "hush{{.Service.Name}}", "golang");
  add_config("c1", at("/etc/site"), "{{.Service.Name}}", "golang");
  add_config("c2",
             at("all"),
             "{{secret \"key\"}} {{config \"/etc/site\"}} {{env \"A\"}} {{.Node.Hostname}} "
             "{{.Node.Platform.Architecture}} {{.Task.Name}}",
             "golang");
  auto const found = files();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->at(0).content, "hushweb");
  EXPECT_EQ(found->at(1).content, "web");
  EXPECT_EQ(found->at(2).content,
            "hush{{.Service.Name}} {{.Service.Name}} 2 host1 x86_64 web.2.t1");
}

TEST_F(TaskFilesTest, WhatTheRuntimeReadsIsNoFile) {
  model::ConfigReference reference;
  reference.runtime = true;
  reference.config_id = "gone";
  spec_.container->configs.push_back(reference);
  EXPECT_THAT(files().value(), testing::IsEmpty());
}

TEST_F(TaskFilesTest, AreForTasksOfJobsToo) {
  add_secret("key", {"key", "0", "0", 0444}, "value");
  task_.desired_state = TaskState::Complete;
  EXPECT_THAT(files().value(), testing::SizeIs(1));
}

TEST_F(TaskFilesTest, AreForTasksThatWillStart) {
  add_secret("s1", at("key"), "hush");
  for (auto const state : {TaskState::Assigned, TaskState::Ready, TaskState::Starting}) {
    task_.status.state = state;
    EXPECT_EQ(files().value().size(), 1U) << to_string(state);
  }
  task_.status.state = TaskState::Running;
  EXPECT_THAT(files().value(), testing::IsEmpty());
  task_.status.state = TaskState::Assigned;
  task_.desired_state = TaskState::Shutdown;
  EXPECT_THAT(files().value(), testing::IsEmpty());
}

TEST_F(TaskFilesTest, FailInNativesWords) {
  add_secret("s1", at("key"), "x", "weird");
  EXPECT_EQ(refusal(),
            "unable to get secret from secret store: failed to expand templated secret s1: "
            "unrecognized template type");
  spec_.container->secrets.clear();
  add_config("c1", at("site"), "{{secret \"none\"}}", "golang");
  EXPECT_EQ(refusal(),
            "unable to get config from config store: failed to expand templated config c1: "
            "template: expansion:1:2: executing \"expansion\" at <secret \"none\">: error calling "
            "secret: secret target none not found");
  spec_.container->configs.clear();
  spec_.container->secrets.push_back({at("key"), "gone", "gone"});
  EXPECT_EQ(refusal(), "unable to get secret from secret store: secret gone not found");
}

TEST_F(TaskFilesTest, OwnersAreNumbers) {
  auto const with_owner = [this](std::string const& uid, std::string const& gid) {
    spec_.container->secrets.clear();
    add_secret("s1", {"key", uid, gid, 0444}, "x");
    return refusal();
  };
  EXPECT_EQ(with_owner("+7", "0"), "OK");
  EXPECT_EQ(with_owner("zz", "0"), "strconv.Atoi: parsing \"zz\": invalid syntax");
  EXPECT_EQ(with_owner("0", ""), "strconv.Atoi: parsing \"\": invalid syntax");
  EXPECT_EQ(with_owner("0", "+-1"), "strconv.Atoi: parsing \"+-1\": invalid syntax");
  EXPECT_EQ(with_owner("99999999999999999999", "0"),
            "strconv.Atoi: parsing \"99999999999999999999\": value out of range");
}

}  // namespace
}  // namespace swarmward::scheduler
