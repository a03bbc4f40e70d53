#include "api/passthrough/exec_nodes.h"

#include <gtest/gtest.h>

namespace swarmward::api {
namespace {

TEST(ExecNodes, ForgetsTheOneUsedLongestAgo) {
  ExecNodes execs(2);
  execs.remember("a", model::NodeId("n1"));
  execs.remember("b", model::NodeId("n2"));
  EXPECT_EQ(execs.find("a"), model::NodeId("n1"));
  execs.remember("c", model::NodeId("n3"));
  EXPECT_EQ(execs.find("b"), std::nullopt);
  EXPECT_EQ(execs.find("a"), model::NodeId("n1"));
  EXPECT_EQ(execs.find("c"), model::NodeId("n3"));
}

TEST(ExecNodes, TheLastWordCounts) {
  ExecNodes execs(2);
  execs.remember("a", model::NodeId("n1"));
  execs.remember("b", model::NodeId("n1"));
  execs.remember("a", model::NodeId("n2"));
  EXPECT_EQ(execs.find("a"), model::NodeId("n2"));
  EXPECT_EQ(execs.find("b"), model::NodeId("n1"));
}

}  // namespace
}  // namespace swarmward::api
