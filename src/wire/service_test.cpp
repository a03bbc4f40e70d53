#include "wire/service.h"

#include <gtest/gtest.h>

#include "wire/body.h"
#include "wire/testing/golden.h"
#include "wire/testing/samples.h"

namespace swarmward::wire {
namespace {

using nlohmann::json;

/// What comes back for what was posted.
json round_trip(json const& posted) {
  auto const spec = service_spec_from_json(posted);
  EXPECT_TRUE(spec) << (spec ? "" : spec.error().message);
  return spec ? to_json(*spec) : json();
}

json text_round_trip(std::string_view text) {
  return round_trip(*parse_body(text));
}

json container_round_trip(std::string const& container) {
  return text_round_trip("{\"TaskTemplate\":{\"ContainerSpec\":" + container +
                         "}}")["TaskTemplate"]["ContainerSpec"];
}

json task_round_trip(std::string const& members) {
  return text_round_trip(R"({"TaskTemplate":{"ContainerSpec":{},)" + members +
                         "}}")["TaskTemplate"];
}

TEST(ServiceSpec, MinimalCreateShowsNativesDefaults) {
  model::Service service;
  service.spec = std::make_shared<model::ServiceSpec const>(*service_spec_from_json(*parse_body(
      R"({"Name":"min","TaskTemplate":{"ContainerSpec":{"Image":"bb","Command":["sleep","1000"]}}})")));
  auto const shown = to_json(service);
  EXPECT_EQ(shown["Spec"], json::parse(R"({"Name":"min","Labels":{},
      "TaskTemplate":{"ContainerSpec":{"Image":"bb","Command":["sleep","1000"],"Isolation":"default"},
                      "ForceUpdate":0,"Runtime":"container"},
      "Mode":{"Replicated":{"Replicas":1}}})"));
  EXPECT_EQ(shown["Endpoint"], json::parse(R"({"Spec":{}})"));
  EXPECT_FALSE(shown.contains("ServiceStatus"));
  EXPECT_EQ(shown["CreatedAt"], "0001-01-01T00:00:00Z");
}

TEST(ServiceSpec, FullSpecComesBackWhole) {
  auto const posted = testing::load_json("full_spec.json");
  EXPECT_EQ(round_trip(posted).dump(2), posted.dump(2));
  EXPECT_EQ(round_trip(round_trip(posted)), posted);
}

TEST(ServiceSpec, CliBody) {
  auto const shown = text_round_trip(R"({"Name":"cli2","Labels":{},"TaskTemplate":{"ContainerSpec":
      {"Image":"bb:latest","Args":["top"],"Init":false,"DNSConfig":{}},"Resources":{"Limits":{},
      "Reservations":{}},"Placement":{},"ForceUpdate":0},"Mode":{"Replicated":{}},
      "EndpointSpec":{"Mode":"vip","Ports":[{"TargetPort":80,"PublishedPort":8080}]}})");
  testing::expect_golden("cli_service_create.json", shown);
}

TEST(ServiceSpec, ModesMaterialise) {
  auto const mode = [](std::string const& text) {
    return text_round_trip(R"({"TaskTemplate":{"ContainerSpec":{}},"Mode":)" + text + "}")["Mode"];
  };
  EXPECT_EQ(mode("{}"), json::parse(R"({"Replicated":{"Replicas":1}})"));
  EXPECT_EQ(mode(R"({"Global":{}})"), json::parse(R"({"Global":{}})"));
  EXPECT_EQ(mode(R"({"GlobalJob":{}})"), json::parse(R"({"GlobalJob":{}})"));
  EXPECT_EQ(mode(R"({"ReplicatedJob":{}})"),
            json::parse(R"({"ReplicatedJob":{"MaxConcurrent":1,"TotalCompletions":1}})"));
  EXPECT_EQ(mode(R"({"ReplicatedJob":{"MaxConcurrent":3}})"),
            json::parse(R"({"ReplicatedJob":{"MaxConcurrent":3,"TotalCompletions":3}})"));
}

TEST(ServiceSpec, SubObjectsMaterialise) {
  EXPECT_EQ(task_round_trip(R"("RestartPolicy":{})")["RestartPolicy"],
            json::parse(R"({"Condition":"any","MaxAttempts":0})"));
  auto const shown =
      text_round_trip(R"({"TaskTemplate":{"ContainerSpec":{}},"UpdateConfig":{"Monitor":0},
      "EndpointSpec":{"Ports":[{"Protocol":"zz","PublishMode":"HOST"}]}})");
  EXPECT_EQ(shown["UpdateConfig"],
            json::parse(R"({"Parallelism":0,"FailureAction":"pause","MaxFailureRatio":0,
                            "Order":"stop-first"})"));
  EXPECT_EQ(shown["EndpointSpec"],
            json::parse(R"({"Mode":"vip","Ports":[{"Protocol":"tcp","PublishMode":"host"}]})"));
}

TEST(ServiceSpec, NormalisesAsNative) {
  auto const task = task_round_trip(
      R"("Resources":{},"Placement":{"Constraints":[]},"LogDriver":{},"Networks":[])");
  EXPECT_EQ(task["Resources"], json::object());
  EXPECT_EQ(task["Placement"], json::object());
  EXPECT_EQ(task["LogDriver"], json::object());
  EXPECT_FALSE(task.contains("Networks"));
  auto const container = container_round_trip(R"({"Env":[],"Labels":{},"Healthcheck":{},
      "StopGracePeriod":0,"Privileges":{},"Mounts":[{"Target":"/a","BindOptions":{}},
      {"Type":"BIND","Target":"/b","Consistency":"cached","BindOptions":{"NonRecursive":true}},
      {"Type":"volume","Target":"/c","VolumeOptions":{}}],
      "Secrets":[{"SecretID":"a","SecretName":"b"}]})");
  EXPECT_EQ(container, json::parse(R"({"Healthcheck":{},"Isolation":"default","StopGracePeriod":0,
      "Privileges":{"CredentialSpec":null,"SELinuxContext":null,"NoNewPrivileges":false},
      "Mounts":[{"Type":"bind","Target":"/a"},
      {"Type":"bind","Target":"/b","BindOptions":{"NonRecursive":true,"Propagation":"rprivate"}},
      {"Type":"volume","Target":"/c","VolumeOptions":{}}]})"));
}

TEST(ServiceSpec, KeysInAnyCaseUnknownAndNullIgnored) {
  auto const shown = text_round_trip(
      R"({"name":"x","LABELS":null,"zz":[1],"tasktemplate":{"containerspec":{"image":"i"}}})");
  EXPECT_EQ(shown["Name"], "x");
  EXPECT_EQ(shown["Labels"], json::object());
  EXPECT_EQ(shown["TaskTemplate"]["ContainerSpec"]["Image"], "i");
}

TEST(ServiceSpec, LegacyNetworksStandInForMissingOnes) {
  auto const body =
      *parse_body(R"({"TaskTemplate":{"ContainerSpec":{}},"Networks":[{"Target":"old"}]})");
  EXPECT_EQ(service_spec_from_json(body)->task.networks.at(0).target, "old");
  EXPECT_TRUE(service_spec_from_json(body, LegacyNetworks::Ignore)->task.networks.empty());
}

TEST(ServiceSpec, InsertDefaultsTouchesSpecOnly) {
  model::Service service;
  auto const spec = service_spec_from_json(*parse_body(
      R"({"Name":"min","TaskTemplate":{"ContainerSpec":{"Image":"bb"}},"RollbackConfig":{}})"));
  service.spec = service.previous_spec = std::make_shared<model::ServiceSpec const>(*spec);
  testing::expect_golden("insert_defaults.json", with_insert_defaults(service));
}

TEST(ServiceSpec, InsertDefaultsCanBePostedBack) {
  auto const completed = to_json(insert_defaults(testing::full_spec()));
  EXPECT_EQ(round_trip(completed), completed);
}

TEST(ServiceSpec, StatusIsAddedForListsOnly) {
  EXPECT_EQ(to_json(testing::full_service(), ServiceStatus{1, 2, 3})["ServiceStatus"],
            json::parse(R"({"RunningTasks":1,"DesiredTasks":2,"CompletedTasks":3})"));
}

TEST(ServiceSpec, FullServiceIsShownWhole) {
  auto service = testing::full_service();
  service.previous_spec = nullptr;
  testing::expect_golden("full_service.json", to_json(service));
}

TEST(TrimForVersion, ForgetsWhatTheVersionDoesNotKnow) {
  auto spec = testing::full_spec();
  trim_for_version(spec, 1, 52);
  EXPECT_EQ(spec, testing::full_spec());
  spec.mode = model::GlobalJob{};
  trim_for_version(spec, 1, 39);
  testing::expect_golden("full_spec_1_39.json", to_json(spec));
}

TEST(TrimForVersion, JobsSurviveFrom141) {
  auto spec = testing::full_spec();
  spec.mode = model::GlobalJob{};
  trim_for_version(spec, 1, 41);
  EXPECT_TRUE(std::holds_alternative<model::GlobalJob>(spec.mode));
  EXPECT_EQ(spec.task.container->oom_score_adj, 0);
  EXPECT_FALSE(spec.task.container->ulimits.empty());
}

}  // namespace
}  // namespace swarmward::wire
