#include "backends/docker/engine_documents.h"

#include <gmock/gmock.h>

#include "backends/docker/engine_requests.h"
#include "backends/docker/line_splitter.h"
#include "base/percent_encode.h"

namespace swarmward::backends {
namespace {

using ::testing::ElementsAre;

TEST(EngineDocuments, ReadsInfo) {
  auto const info = parse_engine_info(
      R"({"ID":"A:B","Name":"h1","Architecture":"x86_64","OSType":"linux","NCPU":4,"MemTotal":100,
          "ServerVersion":"20.10.24","Labels":["a=b=c","d"],"Swarm":{"LocalNodeState":"active"},
          "Plugins":{"Volume":["local"],"Network":["host","bridge"],"Authorization":null}})",
      R"({"ApiVersion":"1.41"})");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->api_version, "1.41");
  EXPECT_TRUE(info->native_swarm_active);
  EXPECT_EQ(info->id, "A:B h1");
  EXPECT_EQ(parse_engine_info(R"({"ID":"A:B"})", "{}")->id, "");
  auto const& node = info->description;
  EXPECT_EQ(node.resources.nano_cpus, 4'000'000'000);
  EXPECT_EQ(node.engine_labels, (model::StringMap{{"a", "b=c"}, {"d", ""}}));
  EXPECT_THAT(node.plugins,
              ElementsAre(model::Plugin{"Network", "bridge"},
                          model::Plugin{"Network", "host"},
                          model::Plugin{"Network", "overlay"},
                          model::Plugin{"Volume", "local"}));
  EXPECT_FALSE(parse_engine_info("<html>", "{}"));
}

TEST(EngineDocuments, ReadsWhomTheEngineTakesForRoot) {
  auto const root_of = [](std::string const& options, std::string const& folder) {
    return parse_engine_info(
               R"({"SecurityOptions":)" + options + R"(,"DockerRootDir":")" + folder + R"("})",
               "{}")
        ->root;
  };
  auto const* const maps = R"(["name=seccomp,profile=default","name=userns"])";
  EXPECT_EQ(root_of(maps, "/var/lib/docker/165536.100000"), (ContainerRoot{165536, 100000}));
  EXPECT_EQ(root_of(R"(["name=seccomp"])", "/data/1.1"), ContainerRoot{});
  for (auto const* folder :
       {"", "/", "/var/lib/docker", "/d/1", "/d/1.", "/d/.1", "/d/1.x", "/d/99999999999.1"}) {
    EXPECT_EQ(root_of(maps, folder), ContainerRoot{}) << folder;
  }
}

TEST(EngineDocuments, ReadsGenericResources) {
  auto const info = parse_engine_info(
      R"({"GenericResources":[{"NamedResourceSpec":{"Kind":"GPU","Value":"a"}},
          {"DiscreteResourceSpec":{"Kind":"SSD","Value":3}},{},7]})",
      "{}");
  ASSERT_TRUE(info);
  EXPECT_THAT(
      info->description.resources.generic,
      ElementsAre(model::GenericResource{"GPU", 0, "a"}, model::GenericResource{"SSD", 3, ""}));
  EXPECT_TRUE(parse_engine_info(R"({"GenericResources":null})", "{}")
                  ->description.resources.generic.empty());
}

TEST(EngineDocuments, ReadsAContainer) {
  auto const state = parse_container_state(
      R"({"Id":"c1","Name":"/web.1","Config":{"Labels":{"k":"v"}},
          "State":{"Status":"running","Running":true,"Pid":7,"ExitCode":0,"Error":"",
                   "StartedAt":"2026-11-21T01:00:00.5Z","FinishedAt":"0001-01-01T00:00:00Z",
                   "Health":{"Status":"healthy"}},
          "NetworkSettings":{"Ports":{"53/udp":[{"HostIp":"","HostPort":"5353"}],"90/tcp":null,
            "80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"},{"HostIp":"::","HostPort":"8080"}]}}})");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->name, "web.1");
  EXPECT_EQ(state->health, "healthy");
  EXPECT_NE(state->started_at, Time{});
  EXPECT_EQ(state->finished_at, Time{});
  ASSERT_EQ(state->ports.size(), 2U);
  EXPECT_EQ(state->ports[0].protocol, model::Protocol::Udp);
  EXPECT_EQ(state->ports[1].published_port, 8080U);
  EXPECT_EQ(state->ports[1].publish_mode, model::PublishMode::Host);
}

TEST(EngineDocuments, SurvivesFieldsOfOtherTypes) {
  EXPECT_TRUE(parse_container_state(R"({"Id":1,"State":[],"Config":null,"Name":{}})"));
  EXPECT_TRUE(parse_container_list(R"([1,{"Names":3,"Labels":[]}])"));
  EXPECT_TRUE(parse_engine_info(R"({"Plugins":[],"Labels":{},"NCPU":"x"})", "x"));
  EXPECT_TRUE(parse_container_event(R"({"Actor":{"Attributes":{"exitCode":"x"}}})"));
}

TEST(EngineDocuments, EventsAreReadAmongWhatNobodyAskedFor) {
  auto const event = parse_container_event(
      R"({"status":"die","deep":[{"Action":"no","Actor":{"ID":"no","Attributes":{"a":"no"}}}],
          "Actor":{"more":{"ID":"no","Attributes":{"b":"no"}},"ID":"c1",
                   "Attributes":{"l":"1","n":2,"o":{"p":"no"},"q":["no"]}},
          "Action":"start","time":1,"Attributes":{"c":"no"},"ID":"no"})");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->action, "start");
  EXPECT_EQ(event->container_id, "c1");
  EXPECT_EQ(event->labels, (model::StringMap{{"l", "1"}}));
}

TEST(EngineDocuments, LinesThatAreNoEvent) {
  for (auto const* line : {"", "[]", "[{}]", "1", "{", "{}}", R"({"Action":)", "\"{}\""}) {
    EXPECT_FALSE(parse_container_event(line)) << line;
  }
  EXPECT_TRUE(parse_container_event("{}"));
}

TEST(EngineDocuments, TakesTheExitCodeOutOfTheLabels) {
  auto const event = parse_container_event(
      R"({"Type":"container","Action":"die","Actor":{"ID":"c1","Attributes":
          {"exitCode":"137","image":"i","name":"n","task":"t1"}}})");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->exit_code, 137);
  EXPECT_EQ(event->labels, (model::StringMap{{"task", "t1"}}));
}

TEST(EngineDocuments, KeepsTheEnginesWords) {
  auto const error = engine_error(409, R"({"message":"in use"})");
  EXPECT_EQ(error.code, ErrorCode::Conflict);
  EXPECT_EQ(error.message, "in use");
  EXPECT_EQ(engine_error(500, "plain\n").message, "plain");
  EXPECT_EQ(engine_error(500, "").code, ErrorCode::Internal);
  EXPECT_EQ(pull_error(R"({"errorDetail":{"message":"denied"},"error":"x"})"), "denied");
  EXPECT_EQ(pull_error(R"({"status":"Pulling"})"), "");
}

TEST(EngineRequests, SplitsImagesAsDockerDoes) {
  auto const expect = [](char const* reference, char const* repository, char const* tag) {
    auto const name = split_image(reference);
    EXPECT_EQ(name.repository, repository);
    EXPECT_EQ(name.tag, tag);
  };
  expect("nginx", "nginx", "latest");
  expect("nginx:1", "nginx", "1");
  expect("reg:5000/a/b", "reg:5000/a/b", "latest");
  expect("reg:5000/a/b:2", "reg:5000/a/b", "2");
  expect("a:1@sha256:ab", "a", "sha256:ab");
}

TEST(EngineRequests, NeverSpeaksNewerThanItKnows) {
  EXPECT_EQ(spoken_version("1.41"), "1.41");
  EXPECT_EQ(spoken_version("1.55"), "1.44");
  EXPECT_FALSE(spoken_version("2.0"));
  EXPECT_FALSE(spoken_version("1.4x"));
}

TEST(EngineRequests, EncodesWhatUsersName) {
  EXPECT_EQ(percent_encode("a b/ü"), "a%20b%2F%C3%BC");
  EXPECT_EQ(list_target("k=\"v"),
            "/containers/json?all=1&filters=%7B%22label%22%3A%5B%22k%3D%5C%22v%22%5D%7D");
}

TEST(LineSplitter, DoesNotCareHowLinesArrive) {
  LineSplitter lines;
  std::vector<std::string> got;
  for (char const c : std::string("one\r\n\ntwo\nthr")) {
    lines.add(std::string_view(&c, 1));
    while (auto line = lines.next()) {
      got.push_back(*line);
    }
  }
  EXPECT_THAT(got, ElementsAre("one", "two"));
  EXPECT_EQ(lines.rest(), "thr");
}

}  // namespace
}  // namespace swarmward::backends
