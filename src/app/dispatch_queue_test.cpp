#include "app/dispatch_queue.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gmock/gmock.h>

#include "model/attachment.h"

namespace swarmward::app {
namespace {

using ::testing::ElementsAre;

class DispatchQueueTest : public ::testing::Test {
 protected:
  static std::vector<DispatchQueue::Entry> gone(int first, int count) {
    std::vector<DispatchQueue::Entry> entries;
    for (int i = first; i < first + count; ++i) {
      entries.push_back({model::NodeId("n1"), model::TaskId(std::to_string(i))});
    }
    return entries;
  }

  static DispatchQueue::Entry attachment(std::string const& id) {
    auto task = model::make_attachment(model::TaskId(id), model::NodeId("n1"), {});
    scheduler::DispatchedTask dispatched;
    dispatched.task = std::make_shared<model::Task const>(std::move(task));
    return {model::NodeId("n1"), std::move(dispatched)};
  }
  static std::string id_of(DispatchQueue::Entry const& entry) {
    auto const* const dispatched = std::get_if<scheduler::DispatchedTask>(&entry.task);
    return dispatched ? dispatched->task->id.str() : std::get<model::TaskId>(entry.task).str();
  }

  std::vector<std::string> handed_;
  boost::asio::io_context io_;
  std::unique_ptr<DispatchQueue> queue_ = std::make_unique<DispatchQueue>(
      io_.get_executor(), [this](DispatchQueue::Entry entry) { handed_.push_back(id_of(entry)); });
};

TEST_F(DispatchQueueTest, AFewAreHandedOverAtOnce) {
  queue_->add(gone(1, 2));
  EXPECT_THAT(handed_, ElementsAre("1", "2"));
}

TEST_F(DispatchQueueTest, OthersHaveTheirTurnBetweenMany) {
  queue_->add(gone(0, 1000));
  auto const at_once = handed_.size();
  EXPECT_LT(at_once, 200U);
  std::size_t when_asked = 0;
  boost::asio::post(io_, [&] { when_asked = handed_.size(); });
  io_.run();
  EXPECT_LT(when_asked, 400U);
  EXPECT_EQ(handed_.size(), 1000U);
}

TEST_F(DispatchQueueTest, TheOrderStays) {
  queue_->add(gone(0, 100));
  queue_->add(gone(100, 100));
  io_.run();
  ASSERT_EQ(handed_.size(), 200U);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(handed_[static_cast<std::size_t>(i)], std::to_string(i));
  }
}

TEST_F(DispatchQueueTest, AttachmentsWaitForNobody) {
  auto entries = gone(0, 1000);
  entries.push_back(attachment("first"));
  queue_->add(std::move(entries));
  ASSERT_FALSE(handed_.empty());
  EXPECT_EQ(handed_.front(), "first");
  std::vector<DispatchQueue::Entry> more;
  more.push_back(attachment("second"));
  queue_->add(std::move(more));
  EXPECT_EQ(handed_.back(), "second");
  EXPECT_LT(handed_.size(), 200U);
}

TEST_F(DispatchQueueTest, NothingComesAfterItsEnd) {
  queue_->add(gone(0, 1000));
  auto const at_once = handed_.size();
  queue_->clear();
  io_.run();
  EXPECT_EQ(handed_.size(), at_once);
  queue_->add(gone(0, 1000));
  queue_.reset();
  io_.restart();
  io_.run();
  EXPECT_EQ(handed_.size(), 2 * at_once);
}

}  // namespace
}  // namespace swarmward::app
