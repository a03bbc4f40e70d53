#include "backends/runner/attached_containers.h"

#include <gmock/gmock.h>

namespace swarmward::backends {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

TEST(AttachedContainers, AsksForAllThatAreInTheNetworks) {
  EXPECT_EQ(members_path({"a", "b"}),
            "/containers/json?all=1&filters=%7B%22network%22%3A%5B%22a%22%2C%22b%22%5D%7D");
}

TEST(AttachedContainers, ReadsTheListWithoutTasks) {
  auto const members = members_from(R"([
    {"Id":"c1","Names":["/web"],"State":"running","Labels":{"a":"b"},
     "NetworkSettings":{"Networks":{"back":{},"front":{}}}},
    {"Id":"c2","Names":["/old"],"State":"exited","NetworkSettings":{"Networks":{"back":null}}},
    {"Id":"c3","Names":["/p"],"State":"paused","NetworkSettings":{}},
    {"Id":"t1","State":"running","Labels":{"com.docker.swarm.task.id":"task1"}},
    {"Names":[7]}, 7])");
  ASSERT_THAT(members, SizeIs(3));
  EXPECT_EQ(members[0].container, "c1");
  EXPECT_EQ(members[0].name, "web");
  EXPECT_TRUE(members[0].running);
  EXPECT_THAT(members[0].networks, ElementsAre("back", "front"));
  EXPECT_FALSE(members[1].running);
  EXPECT_TRUE(members[2].running);
  EXPECT_THAT(members[2].networks, IsEmpty());
  for (auto const* bad : {"", "{}", "[", "null"}) {
    EXPECT_THAT(members_from(bad), IsEmpty()) << bad;
  }
}

TEST(AttachedContainers, FindsTheAttachmentsOfAContainer) {
  auto const attached = attached_from(R"({"Config":{"Hostname":"host1"},"NetworkSettings":{
    "Networks":{"back":{"DriverOpts":{"ward.ip":"10.0.1.5","ward.attachment":"a1"}},
                "bridge":{"DriverOpts":null},"other":7}}})");
  EXPECT_EQ(attached.hostname, "host1");
  EXPECT_THAT(attached.attachments, ElementsAre(Pair("back", "a1")));
  EXPECT_THAT(attached_from("nonsense").attachments, IsEmpty());
}

TEST(AttachedContainers, TellsWhyOneIsDownThatShallRun) {
  auto const failed = [](std::string const& status, std::string const& policy) {
    return attached_from(R"({"State":{"Status":")" + status +
                         R"(","Error":"no driver"},"HostConfig":{"RestartPolicy":{"Name":")" +
                         policy + R"("}}})")
        .failed_start;
  };
  EXPECT_EQ(failed("exited", "always"), "no driver");
  EXPECT_EQ(failed("created", "unless-stopped"), "no driver");
  EXPECT_EQ(failed("exited", "no"), "");
  EXPECT_EQ(failed("running", "always"), "");
}

TEST(AttachedContainers, TellsWhichEventsMatter) {
  auto const matters = [](char const* event) { return concerns_members(event, {"back"}, {"c1"}); };
  EXPECT_TRUE(matters(
      R"({"Type":"network","Action":"connect","Actor":{"ID":"n","Attributes":{"name":"back"}}})"));
  EXPECT_FALSE(matters(
      R"({"Type":"network","Action":"connect","Actor":{"ID":"n","Attributes":{"name":"other"}}})"));
  EXPECT_TRUE(matters(R"({"Type":"container","Action":"destroy","Actor":{"ID":"c1"}})"));
  EXPECT_FALSE(matters(R"({"Type":"container","Action":"destroy","Actor":{"ID":"c2"}})"));
  EXPECT_FALSE(matters("nonsense"));
  EXPECT_EQ(created_in(R"({"Type":"container","Action":"create","Actor":{"ID":"c9"}})"), "c9");
  EXPECT_EQ(created_in(R"({"Type":"container","Action":"start","Actor":{"ID":"c9"}})"), "");
  EXPECT_EQ(created_in(R"({"Type":"network","Action":"create","Actor":{"ID":"n"}})"), "");
}

}  // namespace
}  // namespace swarmward::backends
