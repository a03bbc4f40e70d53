#include "wire/validate/service_spec.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wire/body.h"
#include "wire/service.h"
#include "wire/testing/samples.h"
#include "wire/validate/image_reference.h"

namespace swarmward::wire {
namespace {

struct Case {
  std::string patch;  ///< JSON merge patch on a valid spec.
  std::string message;
  std::string code = "InvalidArgument";  ///< The word in the text; all are answered with 400.
};

std::string container(std::string const& members) {
  return R"({"TaskTemplate":{"ContainerSpec":{)" + members + "}}}";
}
std::string task(std::string const& members) {
  return R"({"TaskTemplate":{)" + members + "}}";
}

Result<void> check(std::string const& patch) {
  auto body = nlohmann::json::parse(
      R"({"Name":"web","TaskTemplate":{"ContainerSpec":{"Image":"busybox"}}})");
  body.merge_patch(nlohmann::json::parse(patch));
  auto const spec = service_spec_from_json(body);
  EXPECT_TRUE(spec) << patch << (spec ? "" : spec.error().message);
  return spec ? validate_service_spec(*spec) : Result<void>();
}

void expect_errors(std::vector<Case> const& cases) {
  for (auto const& [patch, message, code] : cases) {
    auto const checked = check(patch);
    ASSERT_FALSE(checked) << patch;
    EXPECT_EQ(checked.error().message, rpc_error(code, message).message) << patch;
    EXPECT_EQ(checked.error().code, ErrorCode::InvalidArgument) << patch;
  }
}

TEST(ValidateServiceSpec, NamesAndModes) {
  expect_errors({
      {R"({"Name":null})", "meta: name must be provided"},
      {R"({"Name":"a.b"})", "name must be valid as a DNS name component"},
      {R"({"Name":"-a"})", "name must be valid as a DNS name component"},
      {R"({"Name":"a_"})", "name must be valid as a DNS name component"},
      {"{\"Name\":\"" + std::string(64, 'a') + "\"}", "name must be 63 characters or fewer"},
      {R"({"Mode":{"Replicated":{"Replicas":9223372036854775808}}})",
       "Number of replicas must be non-negative"},
      {R"({"Mode":{"ReplicatedJob":{"MaxConcurrent":9223372036854775808}}})",
       "Maximum concurrent jobs must not be negative"},
      {R"({"Mode":{"ReplicatedJob":{"TotalCompletions":9223372036854775808}}})",
       "Total completed jobs must not be negative"},
      {R"({"Mode":{"Replicated":{"Replicas":1000001}}})",
       "a service may have at most 1000000 tasks"},
      {R"({"Mode":{"ReplicatedJob":{"TotalCompletions":1000001,"MaxConcurrent":1}}})",
       "a service may have at most 1000000 tasks"},
      {R"({"Mode":{"GlobalJob":{}},"UpdateConfig":{}})", "Jobs may not have an update config"},
  });
}

TEST(ValidateServiceSpec, AsManyTasksAsAManagerCanRecord) {
  EXPECT_TRUE(check(R"({"Mode":{"Replicated":{"Replicas":1000000}}})"));
  EXPECT_TRUE(check(R"({"Mode":{"ReplicatedJob":{"TotalCompletions":1000000}}})"));
}

TEST(ValidateServiceSpec, TaskRules) {
  std::string const ratio =
      "TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1";
  expect_errors({
      {task(R"("Resources":{"Limits":{"NanoCPUs":1000}})"),
       "invalid cpu value 1e-06: Must be at least 0.001"},
      {task(R"("Resources":{"Reservations":{"MemoryBytes":1000}})"),
       "invalid memory value 1000: Must be at least 4MiB"},
      {task(R"("RestartPolicy":{"Delay":-1})"), "TaskSpec: restart-delay cannot be negative"},
      {task(R"("RestartPolicy":{"Window":-1})"), "TaskSpec: restart-window cannot be negative"},
      {R"({"UpdateConfig":{"Delay":-1}})", "TaskSpec: update-delay cannot be negative"},
      {R"({"UpdateConfig":{"Monitor":-1}})", "TaskSpec: update-monitor cannot be negative"},
      {R"({"UpdateConfig":{"MaxFailureRatio":1.1}})", ratio},
      {R"({"UpdateConfig":{"MaxFailureRatio":-0.1}})", ratio},
      {task(R"("Placement":{"Constraints":["foo"]})"),
       "constraint expected one operator from ==, !=",
       "Unknown"},
      {task(R"("Placement":{"Constraints":["no de==x"]})"), "key 'no de' is invalid", "Unknown"},
      {task(R"("Placement":{"Constraints":["node.id==a,b"]})"),
       "value 'a,b' is invalid",
       "Unknown"},
  });
}

TEST(ValidateServiceSpec, MountsOfClusterVolumes) {
  auto const checked = check(container(R"("Mounts":[{"Type":"cluster","Target":"/data"}])"));
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::NotImplemented);
  EXPECT_NE(checked.error().message.find("the mount at /data"), std::string::npos);
}

TEST(ValidateServiceSpec, ContainerRules) {
  expect_errors({
      {container(R"("Image":null)"), "ContainerSpec: image reference must be provided"},
      {container(R"("Image":"BAD Image")"),
       "ContainerSpec: \"BAD Image\" is not a valid repository/tag"},
      {container(R"("Mounts":[{"Target":"/a"},{"Target":"/a"}])"),
       "ContainerSpec: duplicate mount point: /a"},
      {container(R"("Healthcheck":{"Interval":1})"),
       "ContainerSpec: Interval in HealthConfig cannot be less than 1ms"},
      {container(R"("Healthcheck":{"Timeout":-1})"),
       "ContainerSpec: Timeout in HealthConfig cannot be less than 1ms"},
      {container(R"("Healthcheck":{"StartPeriod":1})"),
       "ContainerSpec: StartPeriod in HealthConfig cannot be less than 1ms"},
      {container(R"("Healthcheck":{"StartInterval":1})"),
       "ContainerSpec: StartInterval in HealthConfig cannot be less than 1ms"},
      {container(R"("Healthcheck":{"Retries":2147483648})"),
       "ContainerSpec: Retries in HealthConfig cannot be negative"},
      {container(R"("Healthcheck":{"Retries":-1})"),
       "ContainerSpec: Retries in HealthConfig cannot be negative"},
  });
}

TEST(ValidateServiceSpec, ReferenceRules) {
  std::string const file = R"("File":{"Name":"q"})";
  expect_errors({
      {container(R"("Secrets":[{"SecretID":"a",)" + file + "}]"), "malformed secret reference"},
      {container(R"("Secrets":[{"SecretID":"a","SecretName":"b"}])"),
       "malformed secret reference, no target provided"},
      {container(R"("Secrets":[{"SecretID":"a","SecretName":"b","File":{}}])"),
       "malformed file secret reference, invalid target file name provided"},
      {container(R"("Secrets":[{"SecretID":"1","SecretName":"a",)" + file +
                 R"(},{"SecretID":"2","SecretName":"b",)" + file + "}]"),
       "secret references 'a' and 'b' have a conflicting target: 'q'"},
      {container(R"("Configs":[{"ConfigID":"a",)" + file + "}]"), "malformed config reference"},
      {container(R"("Privileges":{"CredentialSpec":{"Config":"X"}})"),
       "CredentialSpec references config 'X', but that config isn't in config references with "
       "RuntimeTarget"},
  });
}

TEST(ValidateServiceSpec, EndpointRules) {
  auto const endpoint = [](std::string const& text) { return "{\"EndpointSpec\":" + text + "}"; };
  expect_errors({
      {endpoint(R"({"Mode":"dnsrr","Ports":[{"TargetPort":1}]})"),
       "EndpointSpec: port published with ingress mode can't be used with dnsrr mode"},
      {endpoint(
           R"({"Ports":[{"TargetPort":1,"PublishedPort":8},{"TargetPort":2,"PublishedPort":8}]})"),
       "EndpointSpec: duplicate published ports provided"},
      {endpoint(R"({"Ports":[{"TargetPort":1,"PublishedPort":70000}]})"),
       "EndpointSpec: published port 70000 is out of range: use a port from 1 to 65535, or leave "
       "it out to have one chosen"},
      {endpoint(R"({"Ports":[{"TargetPort":65536}]})"),
       "EndpointSpec: target port 65536 is out of range: use a port from 1 to 65535"},
  });
}

TEST(ValidateServiceSpec, TemplatesMustExpand) {
  expect_errors({
      {container(R"("Env":["A={{.Foo}}"])"),
       "expanding env failed: expanding env \"A={{.Foo}}\": template: expansion:1:2: executing "
       "\"expansion\" at <.Foo>: can't evaluate field Foo in type *template.Context"},
  });
  EXPECT_TRUE(check(container(R"("Env":["A={{.Task.Slot}}"],"Hostname":"{{.Node.Hostname}}")")));
  EXPECT_TRUE(check(container(R"("Dir":"{{.Foo}}","Args":["{{"])")));
}

TEST(ValidateServiceSpec, AcceptsWhatNativeAccepts) {
  auto full = testing::full_spec();
  std::erase_if(full.task.container->mounts, [](model::Mount const& mount) {
    return mount.type == model::MountType::Cluster;  // Refused on purpose, see above.
  });
  EXPECT_TRUE(validate_service_spec(full));
  EXPECT_TRUE(check(R"({"RollbackConfig":{"Delay":-1,"MaxFailureRatio":7}})"));
  EXPECT_TRUE(check(R"({"EndpointSpec":{"Ports":[{"PublishedPort":8,"Protocol":"udp"},
                                                 {"PublishedPort":8}]}})"));
  EXPECT_TRUE(check(container(R"("Healthcheck":{"Interval":0,"Timeout":1000000})")));
  EXPECT_TRUE(check(container(R"("Env":["no equals"],"User":"?","Sysctls":{"":""})")));
  EXPECT_TRUE(check(R"({"Mode":{"GlobalJob":{}},"RollbackConfig":{}})"));
}

TEST(ImageReference, FollowsDockersGrammar) {
  std::string const digest = "@sha256:" + std::string(64, 'a');
  for (auto const& good : {std::string("busybox"),
                           std::string("a/b/c:Tag_1.2-x"),
                           std::string("localhost/x"),
                           std::string("localhost:5000/x:1"),
                           std::string("Registry.Example/x"),
                           std::string("Host/x"),
                           std::string("[::1]:5000/x"),
                           std::string("a__b/c-----d/e.f"),
                           "busybox:1" + digest,
                           "busybox" + digest}) {
    EXPECT_TRUE(is_image_reference(good)) << good;
  }
  for (auto const& bad : {std::string(""),
                          std::string("UP:1"),
                          std::string("BAD Image"),
                          std::string("a:"),
                          std::string(":a"),
                          std::string("a//b"),
                          std::string("a___b"),
                          std::string("a..b"),
                          std::string("-a"),
                          std::string("a/"),
                          std::string("a:b:c"),
                          std::string("host:x/a"),
                          std::string("a:-b"),
                          std::string("a@sha256:abc"),
                          "a:" + std::string(129, 'x'),
                          std::string(246, 'a') + "/b",
                          std::string(64, 'a')}) {
    EXPECT_FALSE(is_image_reference(bad)) << bad;
  }
}

}  // namespace
}  // namespace swarmward::wire
