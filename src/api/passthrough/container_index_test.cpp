#include "api/passthrough/container_index.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace swarmward::api {
namespace {

/// A container's id that begins with `digits`.
std::string full_id(std::string const& digits) {
  return digits + std::string(64 - digits.size(), '0');
}

class ContainerIndexTest : public testing::Test {
 protected:
  static state::TaskPtr task(std::string const& id, std::string const& container) {
    model::Task task;
    task.id = model::TaskId(id);
    task.spec = std::make_shared<model::TaskSpec const>();
    task.service_id = model::ServiceId("s1");
    task.service_annotations = std::make_shared<model::Annotations const>();
    if (!container.empty()) {
      task.status.container = model::ContainerStatus{container, 1, 0};
    }
    return std::make_shared<model::Task const>(std::move(task));
  }
  /// Null: it did not exist, or does no longer.
  void publish(state::TaskPtr const& before, state::TaskPtr const& after) {
    if (after) {
      snapshot_.tasks.insert_or_assign(after->id, after);
    } else {
      snapshot_.tasks.erase(before->id);
    }
    state::Touched touched;
    touched.tasks.push_back({before, after});
    index_.published(touched);
    context_.restart();
    context_.poll();
  }
  std::string find(std::string const& id) const {
    auto const task = index_.find(snapshot_, id);
    return task ? task->id.str() : "";
  }

  boost::asio::io_context context_;
  ContainerIndex index_{context_.get_executor()};
  state::Snapshot snapshot_;
};

TEST_F(ContainerIndexTest, FindsByWholeIdAndByItsBeginning) {
  auto const container = full_id("0123456789abcdef77");
  publish(nullptr, task("t1", container));
  publish(nullptr, task("t2", full_id("0123456789ac")));
  EXPECT_EQ(find(container), "t1");
  EXPECT_EQ(find("0123456789ab"), "t1");
  EXPECT_EQ(find("0123456789abcd"), "t1");
  EXPECT_EQ(find("0123456789abcdef77"), "t1");
  EXPECT_EQ(find("0123456789ac"), "t2");
  EXPECT_EQ(find("0123456789ad"), "");
  EXPECT_EQ(find("0123456789abcdef78"), "");
}

TEST_F(ContainerIndexTest, AmbiguousAndShortAndForeignTextsAreNone) {
  publish(nullptr, task("t1", full_id("0123456789ab1")));
  publish(nullptr, task("t2", full_id("0123456789ab2")));
  EXPECT_EQ(find("0123456789ab"), "");
  EXPECT_EQ(find("0123456789ab1"), "t1");
  EXPECT_EQ(find("0123456789a"), "");
  EXPECT_EQ(find(""), "");
  EXPECT_EQ(find("0123456789aB1"), "");
  EXPECT_EQ(find(full_id("0123456789ab1") + "0"), "");
}

TEST_F(ContainerIndexTest, FollowsTheTasks) {
  auto const bare = task("t1", "");
  auto const first = task("t1", full_id("aaaaaaaaaaaa"));
  auto const second = task("t1", full_id("bbbbbbbbbbbb"));
  publish(nullptr, bare);
  EXPECT_EQ(find("aaaaaaaaaaaa"), "");
  publish(bare, first);
  EXPECT_EQ(find("aaaaaaaaaaaa"), "t1");
  publish(first, second);
  EXPECT_EQ(find("aaaaaaaaaaaa"), "");
  EXPECT_EQ(find("bbbbbbbbbbbb"), "t1");
  publish(second, nullptr);
  EXPECT_EQ(find("bbbbbbbbbbbb"), "");
}

TEST_F(ContainerIndexTest, AdoptsWhatWasOnTheDisk) {
  auto const kept = task("t1", full_id("ffffffffffff"));
  snapshot_.tasks.insert_or_assign(kept->id, kept);
  index_.adopt(snapshot_);
  EXPECT_EQ(find("ffffffffffff"), "t1");
}

}  // namespace
}  // namespace swarmward::api
