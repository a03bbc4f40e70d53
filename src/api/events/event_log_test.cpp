#include "api/events/event_log.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace swarmward::api {
namespace {

class FixedClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return time; }
  Time time{std::chrono::seconds(1000)};
};

class EventLogTest : public testing::Test {
 protected:
  /// The service `id` is removed at `second`.
  void remove_service(std::string const& id, int second) {
    model::Service service;
    service.id = model::ServiceId(id);
    service.spec = std::make_shared<model::ServiceSpec const>();
    clock_.time = Time(std::chrono::seconds(second));
    state::Touched touched;
    touched.services.push_back({std::make_shared<model::Service const>(service), nullptr});
    log_.published(touched);
    context_.restart();
    context_.run();
  }
  void remove_task() {
    model::Task task;
    task.service_annotations = std::make_shared<model::Annotations const>();
    state::Touched touched;
    touched.tasks.push_back({std::make_shared<model::Task const>(task), nullptr});
    log_.published(touched);
    context_.restart();
    context_.run();
  }

  boost::asio::io_context context_;
  FixedClock clock_;
  EventLog log_{context_.get_executor(), clock_};
};

TEST_F(EventLogTest, KeepsTheLast256) {
  for (int i = 0; i < 300; ++i) {
    remove_service("s" + std::to_string(i), i);
  }
  auto const kept = log_.kept(Time::min(), std::nullopt);
  ASSERT_EQ(kept.size(), 256U);
  EXPECT_EQ(kept.front()->id, "s44");
  EXPECT_EQ(kept.back()->id, "s299");
}

TEST_F(EventLogTest, BothEndsOfARangeBelongToIt) {
  for (int i = 0; i < 10; ++i) {
    remove_service("s" + std::to_string(i), i);
  }
  auto const kept = log_.kept(Time(std::chrono::seconds(3)), Time(std::chrono::seconds(5)));
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept.front()->id, "s3");
  EXPECT_EQ(kept.back()->id, "s5");
}

TEST_F(EventLogTest, TellsWhileTheHandleLives) {
  int heard = 0;
  auto handle = log_.listen([&](EventPtr const& /*event*/) { ++heard; }, EventLog::Tasks::No);
  remove_service("a", 1);
  remove_task();
  EXPECT_EQ(heard, 1);
  handle.reset();
  remove_service("b", 2);
  EXPECT_EQ(heard, 1);
}

TEST_F(EventLogTest, TasksAreToldToThoseWhoAskAndNotKept) {
  int heard = 0;
  auto const handle =
      log_.listen([&](EventPtr const& /*event*/) { ++heard; }, EventLog::Tasks::Yes);
  remove_task();
  EXPECT_EQ(heard, 1);
  EXPECT_TRUE(log_.kept(Time::min(), std::nullopt).empty());
}

}  // namespace
}  // namespace swarmward::api
