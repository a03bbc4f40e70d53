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
  void settle() {
    context_.restart();
    context_.poll();
  }

  boost::asio::io_context context_;
  QuestionBoard board_{context_.get_executor()};
  model::NodeId node_{"n1"};
};

TEST_F(QuestionBoardTest, AMemberIsToldOnceAndItsAnswerIsHeard) {
  EXPECT_TRUE(board_.take(node_).empty());
  auto const heard = ask("how are you");
  settle();
  auto const told = board_.take(node_);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].question, "how are you");
  EXPECT_TRUE(board_.take(node_).empty());
  board_.answered(node_, told[0].id, std::string("well"));
  settle();
  ASSERT_TRUE(*heard);
  EXPECT_EQ((*heard)->value(), "well");
}

TEST_F(QuestionBoardTest, QuestionsWaitForTheMember) {
  auto const first = ask("1");
  auto const second = ask("2");
  settle();
  EXPECT_TRUE(board_.take(model::NodeId("n2")).empty());
  auto const told = board_.take(node_);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].question, "1");
  EXPECT_EQ(told[1].question, "2");
  board_.answered(node_, told[0].id, unavailable("not now"));
  settle();
  EXPECT_EQ((*first)->error().message, "not now");
  EXPECT_FALSE(*second);
}

TEST_F(QuestionBoardTest, NobodyAnswersForAnother) {
  auto const heard = ask("1");
  settle();
  auto const told = board_.take(node_);
  ASSERT_EQ(told.size(), 1U);
  board_.answered(model::NodeId("n2"), told[0].id, std::string("wrong"));
  board_.answered(node_, "999", std::string("wrong"));
  settle();
  EXPECT_FALSE(*heard);
}

TEST_F(QuestionBoardTest, PatienceEnds) {
  auto const heard = ask("1", 10ms);
  context_.run();
  ASSERT_TRUE(*heard);
  EXPECT_EQ((*heard)->error().code, ErrorCode::Unavailable);
  EXPECT_TRUE(board_.take(node_).empty()) << "the question is gone";
}

}  // namespace
}  // namespace swarmward::app
