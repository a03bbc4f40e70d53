#include "model/constraint.h"

#include <gtest/gtest.h>

namespace swarmward::model {
namespace {

Node sample_node() {
  Node node;
  node.id = NodeId("nodenodenodenodenodenoden");
  node.role = NodeRole::Manager;
  node.spec.role = NodeRole::Worker;
  node.spec.annotations.labels = {{"Zone", "East"}};
  node.description.hostname = "host-1";
  node.description.platform = {"x86_64", "linux"};
  node.description.engine_labels = {{"disk", "ssd"}};
  node.status.addr = "10.1.2.3";
  return node;
}

bool matches(std::string_view text, Node const& node = sample_node()) {
  auto const constraint = parse_constraint(text);
  EXPECT_TRUE(constraint) << text;
  return constraint && constraint_matches(*constraint, node);
}

TEST(Constraint, ParseErrorsAreNatives) {
  auto const message = [](std::string_view text) { return parse_constraint(text).error().message; };
  std::string const rpc = "rpc error: code = Unknown desc = ";
  EXPECT_EQ(message("foo"), rpc + "constraint expected one operator from ==, !=");
  EXPECT_EQ(message("node.labels.a=b"), rpc + "constraint expected one operator from ==, !=");
  EXPECT_EQ(message("a==b"), rpc + "key 'a' is invalid");
  EXPECT_EQ(message("no de == x"), rpc + "key 'no de' is invalid");
  EXPECT_EQ(message("1a==x"), rpc + "key '1a' is invalid");
  EXPECT_EQ(message("node.labels.a==b,c"), rpc + "value 'b,c' is invalid");
  EXPECT_EQ(message("node.id=="), rpc + "value '' is invalid");
  EXPECT_EQ(message("node.id==\xc3\xa9"), rpc + "value '\xc3\xa9' is invalid");
  EXPECT_EQ(parse_constraint("foo").error().code, ErrorCode::Internal);
}

TEST(Constraint, TrimsBothSides) {
  EXPECT_EQ(*parse_constraint("  node.role  !=  manager "),
            (Constraint{"node.role", Constraint::Op::NotEqual, "manager"}));
}

TEST(Constraint, ComparesInAnyCaseWithTheObservedRole) {
  EXPECT_TRUE(matches("NODE.ROLE == MANAGER"));
  EXPECT_FALSE(matches("node.role==worker"));
  EXPECT_TRUE(matches("node.hostname == HOST-1"));
  EXPECT_TRUE(matches("node.id==NODENODENODENODENODENODEN"));
  EXPECT_TRUE(matches("node.platform.os==linux"));
  EXPECT_TRUE(matches("node.platform.arch!=amd64"));
}

TEST(Constraint, LabelKeysKeepTheirCaseAndMissingIsEmpty) {
  EXPECT_TRUE(matches("node.labels.Zone==east"));
  EXPECT_FALSE(matches("node.labels.zone==east"));
  EXPECT_TRUE(matches("node.labels.zone!=east"));
  EXPECT_TRUE(matches("engine.labels.disk==ssd"));
}

TEST(Constraint, UnknownKeysNeverMatch) {
  EXPECT_FALSE(matches("node.labels==x"));
  EXPECT_FALSE(matches("foo.bar==x"));
  EXPECT_FALSE(matches("foo.bar!=x"));
}

TEST(Constraint, NodeIpTakesAddressesAndNetworks) {
  EXPECT_TRUE(matches("node.ip==10.1.2.3"));
  EXPECT_TRUE(matches("node.ip==::ffff:10.1.2.3"));
  EXPECT_TRUE(matches("node.ip==10.0.0.0/8"));
  EXPECT_FALSE(matches("node.ip!=10.1.2.0/30"));
  EXPECT_TRUE(matches("node.ip!=10.1.3.0/24"));
  EXPECT_FALSE(matches("node.ip==zz"));
  EXPECT_FALSE(matches("node.ip!=10.0.0.0/33"));
  EXPECT_FALSE(matches("node.ip==fd00::/8"));
  auto six = sample_node();
  six.status.addr = "fd00:1::2";
  EXPECT_TRUE(matches("node.ip==fd00:1::/32", six));
  EXPECT_TRUE(matches("node.ip==fd00:1:0::2", six));
  EXPECT_FALSE(matches("node.ip==0.0.0.0/0", six));
}

}  // namespace
}  // namespace swarmward::model
