#include "app/member/door/question_board.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace swarmward::app {
namespace {

using namespace std::chrono_literals;

class QuestionBoardTest : public ::testing::Test {
 protected:
  /// The answer appears in the result once there is one.
  std::shared_ptr<std::optional<Result<std::string>>> ask(std::string question,
                                                          std::chrono::milliseconds patience = 5s) {
    auto const heard = std::make_shared<std::optional<Result<std::string>>>();
    boost::asio::co_spawn(context_,
                          board_.ask(node_, std::move(question), patience),
                          [heard](std::exception_ptr const& bug, Result<std::string> answer) {
                            ASSERT_FALSE(bug);
                            *heard = std::move(answer);
                          });
    return heard;
  }
  std::shared_ptr<std::optional<QuestionBoard::Asked>> visit() {
    auto const got = std::make_shared<std::optional<QuestionBoard::Asked>>();
    boost::asio::co_spawn(context_,
                          board_.next(node_, 20s),
                          [got](std::exception_ptr const& bug, QuestionBoard::Asked asked) {
                            ASSERT_FALSE(bug);
                            *got = std::move(asked);
                          });
    return got;
  }
  void settle() {
    context_.restart();
    context_.poll();
  }

  boost::asio::io_context context_;
  QuestionBoard board_{context_.get_executor()};
  model::NodeId node_{"n1"};
};

TEST_F(QuestionBoardTest, AMemberThatWaitsIsAskedAtOnce) {
  auto const visitor = visit();
  settle();
  EXPECT_FALSE(*visitor);
  auto const heard = ask("how are you");
  settle();
  ASSERT_TRUE(*visitor);
  EXPECT_EQ((*visitor)->question, "how are you");
  board_.answered(node_, (*visitor)->id, std::string("well"));
  settle();
  ASSERT_TRUE(*heard);
  EXPECT_EQ((*heard)->value(), "well");
}

TEST_F(QuestionBoardTest, QuestionsWaitForTheMember) {
  auto const first = ask("1");
  auto const second = ask("2");
  settle();
  auto const visitor = visit();
  settle();
  ASSERT_TRUE(*visitor);
  EXPECT_EQ((*visitor)->question, "1");
  board_.answered(node_, (*visitor)->id, unavailable("not now"));
  auto const again = visit();
  settle();
  EXPECT_EQ((*first)->error().message, "not now");
  ASSERT_TRUE(*again);
  EXPECT_EQ((*again)->question, "2");
  EXPECT_FALSE(*second);
}

TEST_F(QuestionBoardTest, NobodyAnswersForAnother) {
  auto const heard = ask("1");
  auto const visitor = visit();
  settle();
  board_.answered(model::NodeId("n2"), (*visitor)->id, std::string("wrong"));
  board_.answered(node_, "999", std::string("wrong"));
  settle();
  EXPECT_FALSE(*heard);
}

TEST_F(QuestionBoardTest, OfSeveralVisitsTheLastCounts) {
  auto const broken = visit();
  settle();
  auto const alive = visit();
  settle();
  ASSERT_TRUE(*broken);
  EXPECT_EQ((*broken)->id, "");
  auto const heard = ask("1");
  settle();
  ASSERT_TRUE(*alive);
  EXPECT_EQ((*alive)->question, "1");
}

TEST_F(QuestionBoardTest, PatienceEnds) {
  auto const heard = ask("1", 10ms);
  context_.run();
  ASSERT_TRUE(*heard);
  EXPECT_EQ((*heard)->error().code, ErrorCode::Unavailable);
  auto const late = visit();
  settle();
  EXPECT_FALSE(*late) << "the question is gone";
}

}  // namespace
}  // namespace swarmward::app
