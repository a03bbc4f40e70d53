#include "api/passthrough/container_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace swarmward::api {
namespace {

using ::testing::HasSubstr;

state::Snapshot two_nodes() {
  state::Snapshot snapshot;
  for (auto const* name : {"h1", "h2"}) {
    model::Node node;
    node.id = model::NodeId(std::string("id-of-") + name);
    node.description.hostname = name;
    snapshot.nodes.insert_or_assign(node.id, std::make_shared<model::Node const>(node));
  }
  return snapshot;
}

std::string named_nodes(std::string const& filters) {
  Request request;
  request.query.emplace("filters", filters);
  auto const plan = plan_container_list(two_nodes(), request);
  if (!plan) {
    return plan.error().message;
  }
  std::string names;
  for (auto const& node : plan->nodes) {
    names += node->description.hostname + " ";
  }
  return names;
}

TEST(ContainerLists, OnlyAFilterByNodeAsksNodes) {
  EXPECT_TRUE(asks_nodes("filters=%7B%22node%22%3A%5B%22h2%22%5D%7D"));
  EXPECT_TRUE(asks_nodes("all=1&filters={\"node\":{\"h2\":true}}"));
  EXPECT_FALSE(asks_nodes("filters={\"label\":[\"node\"]}"));
  EXPECT_FALSE(asks_nodes("filters=node"));
  EXPECT_FALSE(asks_nodes("node=h2"));
}

TEST(ContainerLists, NodesGoByNameIdAndAll) {
  EXPECT_EQ(named_nodes(R"({"node":["h2"]})"), "h2 ");
  EXPECT_EQ(named_nodes(R"({"node":{"id-of-h1":true,"h1":true}})"), "h1 ");
  EXPECT_EQ(named_nodes(R"({"node":["all","h2"]})"), "h1 h2 ");
  EXPECT_EQ(named_nodes(R"({"node":["h3"]})"), "node h3 not found");
  EXPECT_EQ(named_nodes(R"({"node":["id-of-h"]})"), "node id-of-h is ambiguous (2 matches found)");
}

TEST(ContainerLists, TheRestOfTheRequestGoesOn) {
  Request request;
  request.query = {{"all", "1"},
                   {"filters", R"({"node":["h2"],"status":["exited"]})"},
                   {"limit", "5"},
                   {"size", "a&b"}};
  auto const plan = plan_container_list(two_nodes(), request);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->limit, 5U);
  EXPECT_THAT(plan->path, HasSubstr("/containers/json?all=1&"));
  EXPECT_THAT(plan->path, HasSubstr("&limit=5&size=a%26b"));
  EXPECT_FALSE(asks_nodes(plan->path.substr(plan->path.find('?') + 1)));
  request.query = {{"filters", R"({"node":["h2"]})"}};
  EXPECT_EQ(plan_container_list(two_nodes(), request)->path, "/containers/json");
}

TEST(ContainerLists, TasksAreToldFromOthersByTheirLabel) {
  Request request;
  request.query = {{"filters", R"({"is-task":["true"],"status":["exited"]})"}, {"limit", "1"}};
  auto const plan = plan_container_list(two_nodes(), request);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->tasks, true);
  EXPECT_EQ(plan->limit, 1U) << "of what is left";
  EXPECT_EQ(plan->path, "/containers/json?all=1&filters=%7B%22status%22%3A%5B%22exited%22%5D%7D");
  std::vector<ContainerList> const lists{
      {"",
       std::string(R"([{"Id":"a","Names":["/x"],"Labels":{}},{"Id":"b","Labels":null},)"
                   R"({"Id":"c","Names":["/y"],"Labels":{"com.docker.swarm.task":""}}])")}};
  EXPECT_EQ(*merge_container_lists(lists, 1, NodeNames::Untold, true),
            R"([{"Id":"c","Names":["/y"],"Labels":{"com.docker.swarm.task":""}}])"
            "\n");
  EXPECT_EQ(
      nlohmann::json::parse(*merge_container_lists(lists, 0, NodeNames::Untold, false)).size(), 2U);
}

TEST(ContainerLists, WhatNativeRefusesOfTasksIsLeftToTheEngine) {
  EXPECT_TRUE(asks_tasks("filters={\"is-task\":[\"false\"]}"));
  EXPECT_TRUE(asks_tasks("filters={\"is-task\":{\"1\":true}}"));
  for (auto const* const filters : {R"({"is-task":["maybe"]})",
                                    R"({"is-task":["true","false"]})",
                                    R"({"label":["is-task"]})"}) {
    EXPECT_FALSE(asks_tasks(std::string("filters=") + filters)) << filters;
  }
  Request request;
  request.query = {{"filters", R"({"is-task":["maybe"]})"}};
  EXPECT_THAT(plan_container_list(two_nodes(), request)->path, HasSubstr("maybe"));
}

TEST(ContainerLists, MergesNewestFirst) {
  std::vector<ContainerList> const lists{
      {"h1", std::string(R"([{"Id":"a","Names":["/x"],"Created":30,"Labels":{"l":"1"}},
                             {"Id":"b","Names":["/y","/x/z"],"Created":10,"Labels":null}])")},
      {"h2", std::string(R"([{"Id":"c","Names":["/x"],"Created":20}])")}};
  auto const merged = merge_container_lists(lists, 0);
  ASSERT_TRUE(merged);
  EXPECT_EQ(*merged,
            R"([{"Id":"a","Names":["/h1/x"],"Created":30,"Labels":{"l":"1","ward.node":"h1"}},)"
            R"({"Id":"c","Names":["/h2/x"],"Created":20,"Labels":{"ward.node":"h2"}},)"
            R"({"Id":"b","Names":["/h1/y","/h1/x/z"],"Created":10,"Labels":{"ward.node":"h1"}}])"
            "\n");
  EXPECT_EQ(nlohmann::json::parse(*merge_container_lists(lists, 2)).size(), 2U);
  EXPECT_EQ(*merge_container_lists({}, 0), "[]\n");
}

TEST(ContainerLists, SilentEnginesAreLeftOutUnlessAllAreSilent) {
  ContainerList const good{"h1", std::string("[]")};
  ContainerList const silent{"h2", unavailable("connection refused")};
  ContainerList const broken{"h3", std::string("[{")};
  EXPECT_EQ(*merge_container_lists({silent, good, broken}, 0), "[]\n");
  auto const none = merge_container_lists({silent, broken}, 0);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::Unavailable);
  EXPECT_EQ(none.error().message, "asking the engine of h2: connection refused");
}

}  // namespace
}  // namespace swarmward::api
