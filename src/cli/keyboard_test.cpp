#include "cli/keyboard.h"

#include <array>
#include <csignal>

#include <gtest/gtest.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

namespace swarmward::cli {
namespace {

/// Standard input is a terminal while it lives.
class AtATerminal : public ::testing::Test {
 protected:
  void SetUp() override {
    std::array<int, 2> ends{};
    ASSERT_EQ(::openpty(&ends[0], &ends[1], nullptr, nullptr, nullptr), 0);
    person_ = ends[0];
    before_ = ::dup(STDIN_FILENO);
    ASSERT_EQ(::dup2(ends[1], STDIN_FILENO), STDIN_FILENO);
    ::close(ends[1]);
  }
  void TearDown() override {
    ::dup2(before_, STDIN_FILENO);
    ::close(before_);
    ::close(person_);
  }

  void type(std::string const& text) const {
    ASSERT_EQ(::write(person_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  static bool echoes() {
    termios now{};
    return ::tcgetattr(STDIN_FILENO, &now) == 0 && (now.c_lflag & ECHO) != 0;
  }

  RealKeyboard keyboard_;

 private:
  int person_ = -1;
  int before_ = -1;
};

TEST_F(AtATerminal, AHiddenLineIsReadWithoutEcho) {
  bool shown = true;
  auto const line = keyboard_.hidden_line([&] {
    shown = echoes();
    type("secret\n");
  });
  ASSERT_TRUE(line.has_value());
  EXPECT_EQ(*line, "secret");
  EXPECT_FALSE(shown);
  EXPECT_TRUE(echoes());
}

TEST_F(AtATerminal, ASignalBeforeTheFirstKeyPutsTheEchoBackToo) {
  for (auto const signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    auto const line = keyboard_.hidden_line([signal] { ::raise(signal); });
    ASSERT_FALSE(line.has_value());
    EXPECT_EQ(line.error().message, "interrupted");
    EXPECT_TRUE(echoes());
  }
}

TEST_F(AtATerminal, AfterwardsSignalsDoWhatTheyDidBefore) {
  static_cast<void>(keyboard_.hidden_line([] { ::raise(SIGINT); }));
  EXPECT_EXIT(::raise(SIGINT), ::testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace swarmward::cli
