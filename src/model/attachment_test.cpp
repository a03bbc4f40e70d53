#include "model/attachment.h"

#include <gtest/gtest.h>

namespace swarmward::model {
namespace {

Time at(int seconds) {
  return Time{std::chrono::seconds(seconds)};
}

Task attachment() {
  return make_attachment(
      TaskId("a1"), NodeId("node1"), {NetworkId("net1"), "10.0.1.9", {"db", "store"}});
}

TEST(Attachment, IsATaskWithoutAService) {
  auto const task = attachment();
  EXPECT_TRUE(is_attachment(task));
  EXPECT_EQ(task.node_id, NodeId("node1"));
  EXPECT_EQ(task.status.state, TaskState::New);
  EXPECT_EQ(wanted_address(task), "10.0.1.9");
  ASSERT_EQ(task.spec->networks.size(), 1U);
  EXPECT_EQ(task.spec->networks[0].target, "net1");
  EXPECT_EQ(task.spec->networks[0].aliases, (std::vector<std::string>{"db", "store"}));
  auto other = task;
  other.service_id = ServiceId("s1");
  EXPECT_FALSE(is_attachment(other));
}

TEST(Attachment, AnyAddressIsNoWish) {
  auto const task = make_attachment(TaskId("a1"), NodeId("node1"), {NetworkId("net1"), "", {}});
  EXPECT_EQ(wanted_address(task), "");
}

TEST(Attachment, LearnsItsNamesFromTheContainer) {
  auto const seen =
      as_seen(attachment(),
              {TaskId("a1"), TaskState::Running, ContainerId("c0ffee"), "web", "host"},
              at(5));
  EXPECT_EQ(seen.status.state, TaskState::Running);
  EXPECT_EQ(seen.status.timestamp, at(5));
  ASSERT_TRUE(seen.status.container);
  EXPECT_EQ(seen.status.container->container_id.str(), "c0ffee");
  EXPECT_EQ(seen.service_annotations->name, "web");
  EXPECT_EQ(seen.spec->networks[0].aliases, (std::vector<std::string>{"db", "store", "host"}));
  auto const again = as_seen(
      seen, {TaskId("a1"), TaskState::Running, ContainerId("c0ffee"), "web", "host"}, at(9));
  EXPECT_EQ(again.status, seen.status);
  EXPECT_EQ(again.spec, seen.spec);
  EXPECT_EQ(again.service_annotations, seen.service_annotations);
}

TEST(Attachment, GoesBackFromRunningButNotFromItsEnd) {
  auto task = as_seen(attachment(), {TaskId("a1"), TaskState::Running, "c0ffee", "web", ""}, at(1));
  task = as_seen(task, {TaskId("a1"), TaskState::Ready, "c0ffee", "web2", ""}, at(2));
  EXPECT_EQ(task.status.state, TaskState::Ready);
  EXPECT_EQ(task.service_annotations->name, "web2");
  task = as_seen(task, {TaskId("a1"), TaskState::Complete}, at(3));
  EXPECT_EQ(task.status.state, TaskState::Complete);
  EXPECT_EQ(task.status.container->container_id.str(), "c0ffee");
  task = as_seen(task, {TaskId("a1"), TaskState::Running, "c0ffee", "web", ""}, at(4));
  EXPECT_EQ(task.status.state, TaskState::Complete);
}

}  // namespace
}  // namespace swarmward::model
