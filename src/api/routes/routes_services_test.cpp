#include "api/routes/service_status.h"
#include "api/routes/testing/api_test.h"

namespace swarmward::api {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class ServicesTest : public ApiTest {
 protected:
  ServicesTest() { make_swarm(); }

  std::string update(std::string const& name,
                     std::string const& body,
                     std::string const& more = {}) {
    auto const version = std::to_string(service(name).meta.version);
    return outcome("POST", "/services/" + name + "/update?version=" + version + more, body);
  }
  std::uint64_t replicas(std::string const& name) {
    return std::get<model::Replicated>(service(name).spec->mode).replicas;
  }
};

std::string scaled(std::string const& name, int replicas) {
  return spec(name, R"("Mode":{"Replicated":{"Replicas":)" + std::to_string(replicas) + "}}");
}

std::string published(std::string const& name, std::string const& port) {
  return spec(name, R"("EndpointSpec":{"Ports":[)" + port + "]}");
}

TEST_F(ServicesTest, CreateAnswersTheIdAndNullWarnings) {
  auto const response = request("POST", "/services/create", spec("web"));
  EXPECT_EQ(response.status, 201U);
  auto const document = nlohmann::json::parse(response.body);
  EXPECT_EQ(document["ID"].get<std::string>().size(), 25U);
  EXPECT_TRUE(document.contains("Warnings") && document["Warnings"].is_null());
  EXPECT_EQ(get("/services/web")["Spec"]["Name"], "web");
  EXPECT_EQ(get("/services/web")["Endpoint"], nlohmann::json::parse(R"({"Spec":{}})"));
}

TEST_F(ServicesTest, NamelessServiceGetsATwoWordName) {
  auto const id = create(spec(""));
  EXPECT_THAT(service(id).name(), MatchesRegex("[a-z]+_[a-z]+"));
}

TEST_F(ServicesTest, RefusesWithNativesTexts) {
  create(published("web", R"({"TargetPort":80,"PublishedPort":8085})"));
  auto const id = service("web").id.str();
  struct Case {
    std::string body;
    std::string outcome;
  };
  for (
      auto const& [body, wanted] : std::vector<Case>{
          {spec("WEB"),
           "409 rpc error: code = AlreadyExists desc = name conflicts with an existing object: "
           "service WEB already exists"},
          {spec("a.b"),
           "400 rpc error: code = InvalidArgument desc = name must be valid as a DNS name "
           "component"},
          {R"({"Name":"x"})", "400 mismatched Runtime and *Spec fields"},
          {published("x", R"({"TargetPort":80,"PublishedPort":8085})"),
           "400 rpc error: code = InvalidArgument desc = port '8085' is already in use by service "
           "'web' (" +
               id + ") as an ingress port"},
          {published("x", R"({"TargetPort":80,"PublishedPort":8085,"PublishMode":"host"})"),
           "400 rpc error: code = InvalidArgument desc = port '8085' is already in use by service "
           "'web' (" +
               id + ") as an ingress port"},
          {R"({"Name":"x","TaskTemplate":{"ContainerSpec":{"Image":"bb"},"Networks":[{"Target":"nope"}]}})",
           "500 network nope not found"},
          {R"({"Name":"x","TaskTemplate":{"ContainerSpec":{"Image":"bb","Secrets":[
               {"File":{"Name":"f"},"SecretID":"i","SecretName":"s"}]}}})",
           "400 rpc error: code = InvalidArgument desc = secret not found: s"},
      }) {
    EXPECT_EQ(outcome("POST", "/services/create", body), wanted) << body;
  }
}

TEST_F(ServicesTest, LocalNetworksAreRefusedByTheirReason) {
  control_.engine->documents["/networks/gw"] = R"({"Name":"docker_gwbridge","Scope":"local"})";
  auto const attached = [this](std::string const& target) {
    return outcome("POST",
                   "/services/create",
                   R"({"TaskTemplate":{"ContainerSpec":{"Image":"bb"},"Networks":[{"Target":")" +
                       target + R"("}]}})");
  };
  EXPECT_EQ(attached("host"), "201");
  EXPECT_EQ(attached("gw"),
            "403 The network docker_gwbridge cannot be used with services. Only networks scoped to "
            "the swarm can be used, such as those created with the overlay driver.");
  EXPECT_EQ(attached("nope"), "500 network nope not found");
  EXPECT_EQ(attached("a/b"), "500 network a/b not found");
  EXPECT_EQ(attached("none"),
            "404 could not find the corresponding predefined swarm network: network none not "
            "found");
  EXPECT_EQ(attached("ingress"),
            "400 rpc error: code = InvalidArgument desc = Service cannot be explicitly attached to "
            "the ingress network \"ingress\"");
}

TEST_F(ServicesTest, OldClientsFindNetworksBesideTheTemplate) {
  auto const networks = nlohmann::json::parse(R"([{"Target":"host"}])");
  create(spec("web", R"("Networks":[{"Target":"host"}])"));
  EXPECT_EQ(get("/services/web", {1, 24})["Spec"]["Networks"], networks);
  EXPECT_EQ(get("/services", {1, 24})[0]["Spec"]["Networks"], networks);
  EXPECT_FALSE(get("/services/web", {1, 25})["Spec"].contains("Networks"));
  EXPECT_EQ(get("/services/web", {1, 25})["Spec"]["TaskTemplate"]["Networks"], networks);
}

TEST_F(ServicesTest, WarnsOfWhatWillNotWork) {
  auto const response = request("POST",
                                "/services/create",
                                R"({"Name":"x","TaskTemplate":{"ContainerSpec":{"Image":"bb"},
      "Placement":{"Constraints":["node.color==red","node.role==manager"]}},
      "EndpointSpec":{"Ports":[{"TargetPort":80}]}})");
  auto const warnings = nlohmann::json::parse(response.body)["Warnings"];
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_THAT(warnings[0].get<std::string>(), HasSubstr("no ingress network"));
  EXPECT_THAT(warnings[1].get<std::string>(), HasSubstr("node.color==red"));
}

TEST_F(ServicesTest, OldClientsAreWarnedOfUnpinnedImages) {
  auto const response = request("POST", "/services/create", spec("old"), {1, 29});
  EXPECT_THAT(response.body, HasSubstr("could not be accessed on a registry"));
}

TEST_F(ServicesTest, UpdateKeepsThePreviousSpecAndClearsTheStatus) {
  create(scaled("web", 1));
  auto const before = service("web").meta.version;
  EXPECT_EQ(update("web", spec("web", R"("Labels":{"a":"b"})")), "200");
  auto const after = service("web");
  EXPECT_EQ(after.spec_version, before);
  EXPECT_EQ(after.previous_spec_version, 0U);
  ASSERT_TRUE(after.previous_spec);
  EXPECT_TRUE(after.previous_spec->annotations.labels.empty());
}

TEST_F(ServicesTest, ScalingDoesNotLoseTheSpecToRollBackTo) {
  create(scaled("web", 1));
  EXPECT_EQ(
      update("web", spec("web", R"("Labels":{"a":"b"},"Mode":{"Replicated":{"Replicas":1}})")),
      "200");
  EXPECT_EQ(
      update("web", spec("web", R"("Labels":{"a":"b"},"Mode":{"Replicated":{"Replicas":3}})")),
      "200");
  EXPECT_EQ(replicas("web"), 3U);
  EXPECT_TRUE(service("web").previous_spec->annotations.labels.empty());
}

TEST_F(ServicesTest, FirstScalingIsWhatARollbackUndoes) {
  create(scaled("web", 1));
  EXPECT_EQ(update("web", scaled("web", 2)), "200");
  EXPECT_EQ(update("web", scaled("web", 2), "&rollback=previous"), "200");
  EXPECT_EQ(replicas("web"), 1U);
  EXPECT_EQ(service("web").update_status->message, "manually requested rollback");
  EXPECT_EQ(update("web", scaled("web", 1), "&rollback=previous"), "200");
  EXPECT_EQ(replicas("web"), 2U);
}

TEST_F(ServicesTest, UpdateRefusesWithNativesTexts) {
  create(spec("web"));
  auto const id = service("web").id.str();
  EXPECT_EQ(update("web", spec("")),
            "501 rpc error: code = Unimplemented desc = renaming services is not supported");
  EXPECT_EQ(update("web", spec("web", R"("Mode":{"Global":{}})")),
            "501 rpc error: code = Unimplemented desc = service mode change is not allowed");
  EXPECT_EQ(outcome("POST", "/services/web/update?version=1", spec("web")),
            "500 rpc error: code = Unknown desc = update out of sequence");
  EXPECT_THAT(outcome("POST", "/services/web/update", spec("web")),
              HasSubstr("400 invalid service version ''"));
  EXPECT_EQ(update("web", spec("web"), "&rollback=zz"), "500 unrecognized rollback option zz");
  EXPECT_EQ(update("web", spec("web"), "&registryAuthFrom=zz"),
            "500 unsupported registryAuthFrom value");
  EXPECT_EQ(update("web", spec("web"), "&registryAuthFrom=previous-spec"),
            "500 service does not have a previous spec");
  EXPECT_EQ(update("web", spec("web"), "&rollback=previous"),
            "400 rpc error: code = FailedPrecondition desc = service " + id +
                " does not have a previous spec");
  EXPECT_EQ(outcome("POST", "/services/nope/update?version=1", spec("nope")),
            "404 service nope not found");
}

TEST_F(ServicesTest, LargeSpecsAreRefusedAndNearlyAsLargeOnesCanBeUpdated) {
  auto const sized = [](std::size_t bytes) {
    return spec("big", R"("Labels":{"a":")" + std::string(bytes, 'x') + "\"}");
  };
  EXPECT_THAT(outcome("POST", "/services/create", sized(1600000)),
              HasSubstr("400 rpc error: code = InvalidArgument desc = the service spec is too "
                        "large: 1600"));
  create(sized(1500000));
  EXPECT_EQ(update("big", sized(1500001)), "200");
  EXPECT_THAT(update("big", sized(1600000)), HasSubstr("at most 1572864"));
}

TEST_F(ServicesTest, RegistryAuthBelongsToTheSpec) {
  request("POST", "/services/create", spec("web"), {1, 44}, {{"X-Registry-Auth", "one"}});
  EXPECT_EQ(update("web", spec("web", R"("Labels":{"a":"b"})")), "200");
  EXPECT_EQ(service("web").registry_auth, "one");
  auto const version = std::to_string(service("web").meta.version);
  request("POST",
          "/services/web/update?version=" + version,
          spec("web", R"("Labels":{"a":"c"})"),
          {1, 44},
          {{"X-Registry-Auth", "two"}});
  EXPECT_EQ(service("web").registry_auth, "two");
  EXPECT_EQ(update("web", spec("web"), "&rollback=previous"), "200");
  EXPECT_EQ(service("web").registry_auth, "one");
  EXPECT_EQ(service("web").previous_registry_auth, "two");
}

TEST_F(ServicesTest, ListsByFilter) {
  create(spec("web", R"("Labels":{"tier":"front"})"));
  create(spec("all", R"("Mode":{"Global":{}})"));
  struct Case {
    std::string filters;
    std::vector<std::string> names;
  };
  for (auto const& [filters, names] : std::vector<Case>{
           {R"({"name":["we"]})", {"web"}},
           {R"({"name":{"a":false,"w":true}})", {"all", "web"}},
           {R"({"label":["tier=front"]})", {"web"}},
           {R"({"label":["tier=back"]})", {}},
           {R"({"label":["tier="]})", {"web"}},
           {R"({"label":["tier=back","tier=front"]})", {"web"}},
           {R"({"mode":["global"]})", {"all"}},
           {R"({"mode":["zz"]})", {}},
           {R"({"runtime":["plugin"]})", {}},
       }) {
    std::vector<std::string> found;
    for (auto const& item : get("/services?filters=" + filters)) {
      found.push_back(item["Spec"]["Name"]);
    }
    EXPECT_EQ(found, names) << filters;
  }
  EXPECT_EQ(outcome("GET", R"(/services?filters={"foo":["a"]})"), "400 invalid filter 'foo'");
}

TEST_F(ServicesTest, StatusCountsTasks) {
  create(scaled("web", 3));
  add_task("web", manager_, 1);
  auto const list = get("/services?status=true");
  EXPECT_EQ(list[0]["ServiceStatus"]["RunningTasks"], 1);
  EXPECT_EQ(list[0]["ServiceStatus"]["DesiredTasks"], 3);
  EXPECT_FALSE(get("/services?status=true", {1, 40})[0].contains("ServiceStatus"));
  EXPECT_THAT(outcome("GET", "/services?status=zz"), HasSubstr("400 invalid value for status: zz"));
}

TEST_F(ServicesTest, RemovedServiceIsGoneAtOnce) {
  create(spec("web"));
  EXPECT_EQ(outcome("DELETE", "/services/web"), "200");
  EXPECT_EQ(outcome("DELETE", "/services/web"), "404 service web not found");
  EXPECT_EQ(outcome("GET", "/services/web"), "404 service web not found");
}

}  // namespace
}  // namespace swarmward::api
