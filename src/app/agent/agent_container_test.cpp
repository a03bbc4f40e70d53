#include "app/agent/agent_container.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace swarmward::app {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

std::string frame(std::string const& text) {
  std::string head("\2\0\0\0\0\0\0\0", 8);
  head[6] = static_cast<char>(text.size() / 256);
  head[7] = static_cast<char>(text.size() % 256);
  return head + text;
}

TEST(AgentContainer, RunsOnTheHostsNetworkAndSeesItsEngine) {
  auto const body =
      agent_container({"cluster1", "far", "/var/run/docker.sock"}, "swarmward-agent:1");
  EXPECT_EQ(body["Image"], "swarmward-agent:1");
  EXPECT_EQ(body["Labels"], json::parse(R"({"ward.agent":"cluster1","ward.agent.node":"far"})"));
  EXPECT_EQ(body["HostConfig"]["NetworkMode"], "host");
  EXPECT_EQ(body["HostConfig"]["RestartPolicy"]["Name"], "always");
  EXPECT_FALSE(body["HostConfig"].contains("Privileged"));
  EXPECT_EQ(body["HostConfig"]["CapAdd"], json::parse(R"(["NET_ADMIN","SYS_ADMIN"])"));
  auto const& mounts = body["HostConfig"]["Mounts"];
  EXPECT_EQ(mounts[0]["Target"], "/var/lib/swarmward");
  EXPECT_EQ(mounts[1]["Source"], "/var/run");
  EXPECT_EQ(mounts[1]["ReadOnly"], true);
  EXPECT_EQ(body["HostConfig"]["Binds"],
            json::parse(R"(["/run/swarmward/task-files:/run/swarmward/task-files"])"));
  EXPECT_EQ(body["Env"], json::parse(R"(["SWARMWARD_MOUNTS_UNSEEN=1"])"));
  EXPECT_THAT(body["Cmd"].dump(), HasSubstr(R"("--engine","unix:///engine/docker.sock")"));
  EXPECT_THAT(body["Cmd"].dump(), HasSubstr(R"("--join-file","/var/lib/swarmward/join.json")"));
}

TEST(AgentContainer, SocketsAtTheRootOfAHost) {
  auto const body = agent_container({"c", "far", "/d.sock"}, "i");
  EXPECT_EQ(body["HostConfig"]["Mounts"][1]["Source"], "/");
  EXPECT_THAT(body["Cmd"].dump(), HasSubstr("unix:///engine/d.sock"));
}

TEST(AgentContainer, PlatformsThatFit) {
  EXPECT_TRUE(check_platform(json::parse(R"({"Os":"linux","Arch":"amd64"})"), "amd64"));
  auto const other = check_platform(json::parse(R"({"Os":"linux","Arch":"arm64"})"), "amd64");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::Conflict);
  EXPECT_THAT(other.error().message, HasSubstr("linux/arm64, this manager linux/amd64"));
  EXPECT_THAT(other.error().message, HasSubstr("without --with-agent"));
  EXPECT_FALSE(check_platform(json::parse(R"({"Os":"windows","Arch":"amd64"})"), "amd64"));
  EXPECT_FALSE(check_platform(json::parse("{}"), "amd64"));
  EXPECT_FALSE(check_platform(json::parse(R"({"Os":"linux","Arch":""})"), ""));
}

TEST(AgentContainer, TheReasonIsFoundInItsLog) {
  EXPECT_EQ(last_words(""), "");
  EXPECT_EQ(last_words("short"), "");
  EXPECT_EQ(last_words(frame("daemon.ready\n") + frame("swarmward: no engine\n")),
            "swarmward: no engine");
  EXPECT_EQ(last_words(frame("x reason=\"old\"\n") +
                       frame("swarm.not_joined retry_s=1 reason=\"desc = \"dial\" refused\"\n") +
                       frame("other line\n")),
            "desc = \"dial\" refused");
  EXPECT_EQ(last_words(frame("reason=\"cut")), "cut");
}

}  // namespace
}  // namespace swarmward::app
