#include "api/cluster/node_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarmward::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class NodeChoiceTest : public ::testing::Test {
 protected:
  NodeChoiceTest() {
    for (auto const* id : {"n1", "n2", "n3"}) {
      view_.verdicts.push_back({id, std::string("host-") + id, {}, {}});
    }
  }
  void put(std::string const& node,
           std::string const& name,
           std::string const& project = {},
           std::string const& service = {}) {
    view_.containers.push_back({model::NodeId(node), "id-" + name, {name}, project, service});
  }
  std::string choice() {
    auto const node = choose_node(wish_, view_);
    return node ? node->str() : node.error().message;
  }
  ContainerWish wish_;
  ChoiceView view_;
};

TEST_F(NodeChoiceTest, TheNodeWithTheFewestContainersGetsIt) {
  EXPECT_EQ(choice(), "n1");
  put("n1", "a");
  EXPECT_EQ(choice(), "n2");
  put("n2", "b");
  put("n3", "c");
  put("n3", "d");
  EXPECT_EQ(choice(), "n1");
}

TEST_F(NodeChoiceTest, ItsOwnServiceAndProjectCountFirst) {
  wish_.project = "shop";
  wish_.service = "web";
  put("n1", "web1", "shop", "web");
  put("n2", "other1");
  put("n2", "other2");
  put("n3", "db", "shop", "db");
  EXPECT_EQ(choice(), "n2");
  put("n2", "web2", "shop", "web");
  EXPECT_EQ(choice(), "n3");
}

TEST_F(NodeChoiceTest, NodesThatPlacementTurnsAwayAreLeftOut) {
  view_.verdicts[0].filter = "constraint";
  view_.verdicts[0].reason = "is not there";
  EXPECT_EQ(choice(), "n2");
  view_.verdicts[1].filter = view_.verdicts[2].filter = "ready";
  view_.verdicts[1].reason = view_.verdicts[2].reason = "is drained";
  EXPECT_EQ(choice(),
            "no suitable node for the container: host-n1 (is not there); host-n2 (is drained); "
            "host-n3 (is drained)");
}

TEST_F(NodeChoiceTest, WhatIsSharedDecides) {
  put("n3", "web");
  for (auto const* word : {"web", "/web", "id-web", "id-w"}) {
    wish_.beside = {word};
    EXPECT_EQ(choice(), "n3") << word;
  }
  wish_.beside = {"nobody"};
  EXPECT_EQ(choice(), "No such container: nobody");
  put("n2", "wec");
  wish_.beside = {"id-w"};
  EXPECT_EQ(choice(), "multiple IDs found with provided prefix: id-w");
  wish_.beside = {""};
  EXPECT_EQ(choice(), "No such container: ");
}

TEST_F(NodeChoiceTest, VolumesAreWhereTheyAre) {
  wish_.volumes = {"data", "new"};
  view_.volumes["data"] = {model::NodeId("n2"), model::NodeId("n3")};
  EXPECT_EQ(choice(), "n2");
  view_.volumes["new"] = {model::NodeId("n1")};
  EXPECT_THAT(choice(),
              HasSubstr("host-n1 (volume data is elsewhere); host-n2 (volume new is elsewhere)"));
}

TEST_F(NodeChoiceTest, NetworksOfThisHostAloneKeepItHere) {
  view_.this_node = model::NodeId("n3");
  view_.local_networks = {"mine"};
  EXPECT_EQ(choice(), "n3");
  view_.verdicts[2].filter = view_.verdicts[2].reason = "drained";
  EXPECT_THAT(choice(), HasSubstr("host-n1 (network mine is of another host alone)"));
}

TEST_F(NodeChoiceTest, PathsOfAHostNeedOneThatIsNamed) {
  wish_.paths = {"/srv"};
  EXPECT_THAT(choice(), HasSubstr("the container mounts /srv, a path of one host"));
  wish_.constraints = {"node.hostname==host-n1"};
  EXPECT_EQ(choice(), "n1");
}

}  // namespace
}  // namespace swarmward::api
