#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wire/body.h"
#include "wire/service.h"

namespace swarmward::wire {
namespace {

struct Case {
  std::string body;
  std::string message;
};

/// A body with these members in its ContainerSpec.
std::string container(std::string const& members) {
  return R"({"TaskTemplate":{"ContainerSpec":{)" + members + "}}}";
}
/// A body with these members beside a ContainerSpec.
std::string task(std::string const& members) {
  return R"({"TaskTemplate":{"ContainerSpec":{},)" + members + "}}";
}
/// A body with these members beside a TaskTemplate.
std::string spec(std::string const& members) {
  return R"({"TaskTemplate":{"ContainerSpec":{}},)" + members + "}";
}

void expect_errors(std::vector<Case> const& cases) {
  for (auto const& [body, message] : cases) {
    auto const document = parse_body(body);
    ASSERT_TRUE(document) << body;
    auto const read = service_spec_from_json(*document);
    ASSERT_FALSE(read) << body;
    EXPECT_EQ(read.error().message, message) << body;
    EXPECT_EQ(read.error().code, ErrorCode::InvalidArgument) << body;
  }
}

TEST(DecodeErrors, AreGos) {
  std::string const cannot = "invalid JSON: json: cannot unmarshal ";
  expect_errors({
      {spec(R"("Mode":{"Replicated":{"Replicas":-1}})"),
       cannot + "number -1 into Go struct field ReplicatedService.Mode.Replicated.Replicas of type "
                "uint64"},
      {spec(R"("Mode":{"Replicated":{"Replicas":"3"}})"),
       cannot + "string into Go struct field ReplicatedService.Mode.Replicated.Replicas of type "
                "uint64"},
      {spec(R"("Mode":{"Replicated":{"Replicas":1.5}})"),
       cannot + "number 1.5 into Go struct field ReplicatedService.Mode.Replicated.Replicas of "
                "type uint64"},
      {spec(R"("Mode":"x")"),
       cannot + "string into Go struct field ServiceSpec.Mode of type swarm.ServiceMode"},
      {spec(R"("Name":5)"), cannot + "number into Go struct field ServiceSpec.Name of type string"},
      {spec(R"("Labels":{"a":{}})"),
       cannot + "object into Go struct field ServiceSpec.Labels of type string"},
      {container(R"("Env":"A=1")"),
       cannot + "string into Go struct field ContainerSpec.TaskTemplate.ContainerSpec.Env of type "
                "[]string"},
      {container(R"("Env":[true])"),
       cannot + "bool into Go struct field ContainerSpec.TaskTemplate.ContainerSpec.Env of type "
                "string"},
      {container(R"("Mounts":[{"ReadOnly":[]}])"),
       cannot + "array into Go struct field Mount.TaskTemplate.ContainerSpec.Mounts.ReadOnly of "
                "type bool"},
      {container(R"("Mounts":{})"),
       cannot + "object into Go struct field ContainerSpec.TaskTemplate.ContainerSpec.Mounts of "
                "type []mount.Mount"},
      {spec(R"("EndpointSpec":{"Ports":[{"TargetPort":4294967296}]})"),
       cannot + "number 4294967296 into Go struct field PortConfig.EndpointSpec.Ports.TargetPort "
                "of type uint32"},
      {container(R"("StopGracePeriod":"10s")"),
       cannot + "string into Go struct field "
                "ContainerSpec.TaskTemplate.ContainerSpec.StopGracePeriod of type time.Duration"},
      {container(R"("Mounts":[{"Type":5}])"),
       cannot + "number into Go struct field Mount.TaskTemplate.ContainerSpec.Mounts.Type of type "
                "mount.Type"},
      {container(R"("Secrets":{})"),
       cannot + "object into Go struct field ContainerSpec.TaskTemplate.ContainerSpec.Secrets of "
                "type []*swarm.SecretReference"},
      {container(R"("Ulimits":1)"),
       cannot + "number into Go struct field ContainerSpec.TaskTemplate.ContainerSpec.Ulimits of "
                "type []*units.Ulimit"},
      {task(R"("RestartPolicy":{"Condition":true})"),
       cannot + "bool into Go struct field RestartPolicy.TaskTemplate.RestartPolicy.Condition of "
                "type swarm.RestartPolicyCondition"},
      {spec(R"("EndpointSpec":{"Mode":{}})"),
       cannot + "object into Go struct field EndpointSpec.EndpointSpec.Mode of type "
                "swarm.ResolutionMode"},
      {spec(R"("UpdateConfig":{"MaxFailureRatio":"1"})"),
       cannot + "string into Go struct field UpdateConfig.UpdateConfig.MaxFailureRatio of type "
                "float32"},
      {"[]", cannot + "array into Go value of type swarm.ServiceSpec"},
      {container(R"("Privileges":{"Seccomp":{"Profile":"a!"}})"),
       "invalid JSON: illegal base64 data at input byte 1"},
      {container(R"("Privileges":{"Seccomp":{"Profile":5}})"),
       cannot + "number into Go struct field "
                "SeccompOpts.TaskTemplate.ContainerSpec.Privileges.Seccomp.Profile of type "
                "[]uint8"},
  });
}

TEST(ConversionErrors, AreBare) {
  expect_errors({
      {"", "mismatched Runtime and *Spec fields"},
      {R"({"TaskTemplate":{"Runtime":"plugin"}})", "mismatched Runtime and *Spec fields"},
      {R"({"TaskTemplate":{"Runtime":"plugin","PluginSpec":{}},"Mode":{"Replicated":{}}})",
       "plugins must not use replicated mode"},
      {task(R"("Runtime":"attachment")"), "unsupported runtime"},
      {task(R"("Runtime":"zz")"), "unsupported runtime"},
      {spec(R"("Mode":{"Global":{},"GlobalJob":{}})"), "must specify only one service mode"},
      {task(R"("RestartPolicy":{"Condition":"zzz"})"), "invalid RestartCondition: \"zzz\""},
      {task(R"("Resources":{"SwapBytes":5})"), "memory swap provided, but no memory-limit was set"},
      {spec(R"("UpdateConfig":{"FailureAction":"zz"})"), "unrecognized update failure action zz"},
      {spec(R"("RollbackConfig":{"Order":"zz"})"), "unrecognized update order zz"},
      {spec(R"("EndpointSpec":{"Mode":"VIP"})"), "invalid resolution mode: \"VIP\""},
      {container(R"("Mounts":[{"Type":"zz"}])"), "invalid MountType: \"zz\""},
      {container(R"("Mounts":[{"BindOptions":{"Propagation":"zz"}}])"),
       "invalid MountPropagation: \"zz\""},
      {container(R"("Configs":[{"ConfigID":"a"}])"),
       "invalid Config: either File or Runtime should be set"},
      {container(R"("Configs":[{"File":{},"Runtime":{}}])"),
       "invalid Config: cannot specify both File and Runtime"},
      {container(R"("Privileges":{"CredentialSpec":{}})"),
       "invalid CredentialSpec: must either provide \"file\", \"registry\", or \"config\" for "
       "credential spec"},
      {container(R"("Privileges":{"CredentialSpec":{"File":"a","Registry":"b"}})"),
       "invalid CredentialSpec: cannot specify both \"file\" and \"registry\" credential specs"},
  });
}

TEST(ConversionErrors, TypeErrorsWin) {
  expect_errors({{spec(R"("EndpointSpec":{"Mode":"VIP"},"Name":true)"),
                  "invalid JSON: json: cannot unmarshal bool into Go struct field "
                  "ServiceSpec.Name of type string"}});
}

TEST(ConversionErrors, PluginsAreNotRun) {
  auto const read = service_spec_from_json(
      *parse_body(R"({"TaskTemplate":{"Runtime":"plugin","PluginSpec":{"name":"x"}}})"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::Internal);
  EXPECT_EQ(read.error().message, "runtime type \"plugin\" only supported in experimental");
}

}  // namespace
}  // namespace swarmward::wire
