#include "api/cluster/container_wish.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarmward::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Result<ContainerWish> read(std::string const& body, std::string const& name = "/web") {
  Request request;
  request.query.emplace("name", name);
  return wish_of(OrderedJson::parse(body), request);
}

TEST(ContainerWishTest, MountsAreVolumesOrPathsOfAHost) {
  auto const wish = read(R"({"HostConfig":{
      "Binds":["data:/data","/srv/site:/site:ro","/var/run/docker.sock:/s","/cache",":/x"],
      "Mounts":[{"Type":"volume","Source":"more","Target":"/m"},{"Type":"volume","Target":"/anonymous"},
                {"Type":"bind","Source":"/home/me","Target":"/me"},{"Type":"tmpfs","Target":"/t"}]}})");
  ASSERT_TRUE(wish);
  EXPECT_EQ(wish->name, "web");
  EXPECT_THAT(wish->volumes, ElementsAre("data", "more"));
  EXPECT_THAT(wish->paths, ElementsAre("/srv/site", "/home/me"));
}

TEST(ContainerWishTest, EveryHostHasSomePaths) {
  auto const wish = read(R"({"HostConfig":{"Binds":["/:/h","/proc:/p","/sys/fs:/s","/dev:/d",
      "/run/x.sock:/x","/etc/localtime:/l:ro","/procedures:/q","/runner:/r","/proc/../srv:/v"]}})");
  ASSERT_TRUE(wish);
  EXPECT_THAT(wish->paths, ElementsAre("/procedures", "/runner", "/proc/../srv"));
}

TEST(ContainerWishTest, SharedNamespacesNameOtherContainers) {
  auto const wish = read(R"({"hostconfig":{"networkmode":"container:db","IpcMode":"container:abc",
      "PidMode":"host","VolumesFrom":["files:ro"],"Links":["/cache:c"]}})");
  ASSERT_TRUE(wish);
  EXPECT_THAT(wish->beside, ElementsAre("db", "abc", "files", "/cache"));
  EXPECT_THAT(wish->networks, IsEmpty());
}

TEST(ContainerWishTest, LabelsSayProjectServiceAndConstraints) {
  auto const wish = read(R"({"Image":"app","Labels":{"com.docker.compose.project":"shop",
      "com.docker.compose.service":"web","ward.constraint":"node.labels.zone==a,node.role!=manager"},
      "HostConfig":{"NetworkMode":"shop_default","MemoryReservation":1024}})");
  ASSERT_TRUE(wish);
  EXPECT_EQ(wish->project + "/" + wish->service + "/" + wish->image, "shop/web/app");
  EXPECT_THAT(wish->constraints, ElementsAre("node.labels.zone==a", "node.role!=manager"));
  EXPECT_THAT(wish->networks, ElementsAre("shop_default"));
  EXPECT_EQ(wish->memory_bytes, 1024);
}

TEST(ContainerWishTest, AConstraintThatCannotBeReadIsAnError) {
  auto const wish = read(R"({"Labels":{"ward.constraint":"node.role==manager,nonsense"}})");
  ASSERT_FALSE(wish);
  EXPECT_EQ(wish.error().code, ErrorCode::InvalidArgument);
  EXPECT_THAT(wish.error().message, HasSubstr("label ward.constraint: \"nonsense\" is no"));
}

TEST(ContainerWishTest, OddBodiesAskForNothing) {
  for (auto const* body : {"{}",
                           "null",
                           R"({"HostConfig":7,"Labels":[],"Image":{}})",
                           R"({"HostConfig":{"Binds":"x","Mounts":{},"VolumesFrom":[1]}})"}) {
    auto const wish = read(body, "");
    ASSERT_TRUE(wish) << body;
    EXPECT_THAT(wish->volumes, IsEmpty());
    EXPECT_THAT(wish->paths, IsEmpty());
  }
}

TEST(ContainerWishTest, PlacementSeesATaskThatAsksForTheSame) {
  ContainerWish wish;
  wish.constraints = {"node.hostname==h1"};
  wish.platform = "linux/arm64/v8";
  wish.memory_bytes = 5;
  wish.networks = {"shop", "unknown"};
  state::Snapshot snapshot;
  model::Network network;
  network.id = model::NetworkId("n1");
  network.spec.annotations.name = "shop";
  snapshot.networks.insert_or_assign(network.id, std::make_shared<model::Network const>(network));
  auto const task = stand_in(wish, snapshot);
  EXPECT_THAT(task.spec->placement->constraints, ElementsAre("node.hostname==h1"));
  EXPECT_EQ(task.spec->placement->platforms.at(0).os, "linux");
  EXPECT_EQ(task.spec->placement->platforms.at(0).architecture, "arm64");
  EXPECT_EQ(task.spec->resources->reservations->memory_bytes, 5);
}

}  // namespace
}  // namespace swarmward::api
