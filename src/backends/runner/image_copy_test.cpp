#include "backends/runner/image_copy.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backends/testing/fake_engine.h"

namespace swarmward::backends {
namespace {

using ::testing::ElementsAre;

class ImageCopyTest : public ::testing::Test {
 protected:
  std::shared_ptr<testing::FakeEngine> engine() {
    return std::make_shared<testing::FakeEngine>(context_.get_executor());
  }
  Result<void> copy(std::vector<ImageHolder> holders) {
    Result<void> result = internal_error("not done");
    auto const tell = [this](std::string const& text) { told_.push_back(text); };
    auto const done = [&](std::exception_ptr const&, Result<void> got) { result = std::move(got); };
    asio::co_spawn(context_, copy_image("app:1", to_, std::move(holders), gate_, tell), done);
    context_.restart();
    context_.run();
    return result;
  }

  asio::io_context context_;
  std::shared_ptr<testing::FakeEngine> to_ = engine();
  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>(1);
  std::vector<std::string> told_;
};

TEST_F(ImageCopyTest, TakesItFromTheFirstThatHasIt) {
  auto const without = engine();
  auto const with = engine();
  auto const not_asked = engine();
  with->images = {"app:1"};
  not_asked->images = {"app:1"};
  EXPECT_TRUE(copy({{"h1", without}, {"h2", with}, {"h3", not_asked}}));
  EXPECT_TRUE(to_->images.contains("app:1"));
  EXPECT_EQ(not_asked->calls("has_image"), 0);
  EXPECT_THAT(told_, ElementsAre("copying the image from node h2"));
}

TEST_F(ImageCopyTest, GoesOnToTheNextWhereOneFails) {
  auto const broken = engine();
  auto const with = engine();
  broken->images = {"app:1"};
  with->images = {"app:1"};
  broken->fail_next("save_image", unavailable("gone"));
  EXPECT_TRUE(copy({{"h1", broken}, {"h2", with}}));
  EXPECT_TRUE(to_->images.contains("app:1"));
}

TEST_F(ImageCopyTest, SaysThatNobodyHasItOrWhyItFailed) {
  EXPECT_EQ(copy({}).error().code, ErrorCode::NotFound);
  EXPECT_EQ(copy({{"h1", engine()}}).error().code, ErrorCode::NotFound);
  auto const with = engine();
  with->images = {"app:1"};
  to_->fail_next("load_image", internal_error("no space left on device"));
  EXPECT_EQ(copy({{"h1", with}}).error().message, "no space left on device");
  EXPECT_FALSE(to_->images.contains("app:1"));
}

}  // namespace
}  // namespace swarmward::backends
