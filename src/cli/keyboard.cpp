#include "cli/keyboard.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <termios.h>
#include <unistd.h>

namespace swarmward::cli {

namespace {

constexpr std::size_t kLongestLine = 65'536;

/// Does nothing: a signal that is handled ends a read, and what was changed is put back.
void note_signal(int /*signal*/) {}

/// While it lives the signals by which people end programs interrupt a read instead.
class SignalsInterrupt {
 public:
  SignalsInterrupt() {
    struct sigaction interrupt {};
    interrupt.sa_handler = &note_signal;
    for (std::size_t at = 0; at < kSignals.size(); ++at) {
      ::sigaction(kSignals[at], &interrupt, &before_[at]);
    }
  }
  ~SignalsInterrupt() {
    for (std::size_t at = 0; at < kSignals.size(); ++at) {
      ::sigaction(kSignals[at], &before_[at], nullptr);
    }
  }
  SignalsInterrupt(SignalsInterrupt const&) = delete;
  SignalsInterrupt& operator=(SignalsInterrupt const&) = delete;

 private:
  static constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  std::array<struct sigaction, kSignals.size()> before_{};
};

/// While it lives the terminal does not show what is typed.
class NoEcho {
 public:
  NoEcho() {
    if (::tcgetattr(STDIN_FILENO, &before_) == 0) {
      auto silent = before_;
      silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
      changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
    }
  }
  ~NoEcho() {
    if (changed_) {
      ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
  }
  NoEcho(NoEcho const&) = delete;
  NoEcho& operator=(NoEcho const&) = delete;

  [[nodiscard]] bool works() const { return changed_; }

 private:
  termios before_{};
  bool changed_ = false;
};

/// Byte by byte: what follows the line is left to others.
Result<std::string> read_line() {
  SignalsInterrupt const interrupt;
  std::string text;
  for (char c = 0; text.size() < kLongestLine;) {
    auto const got = ::read(STDIN_FILENO, &c, 1);
    if (got < 0) {
      return unavailable(errno == EINTR
                             ? std::string("interrupted")
                             : "reading standard input: " + std::string(std::strerror(errno)));
    }
    if (got == 0 && text.empty()) {
      return unavailable("standard input has ended");
    }
    if (got == 0 || c == '\n') {
      return text;
    }
    text += c;
  }
  return invalid_argument("the line is too long");
}

}  // namespace

bool RealKeyboard::is_terminal() const {
  return ::isatty(STDIN_FILENO) == 1;
}

Result<std::string> RealKeyboard::line() {
  return read_line();
}

Result<std::string> RealKeyboard::hidden_line(std::function<void()> const& ask) {
  NoEcho const silence;
  if (!silence.works()) {
    return unavailable("the terminal would show the password: use --password-stdin");
  }
  ask();
  return read_line();
}

Result<std::string> RealKeyboard::all(std::size_t most) {
  std::string text;
  std::array<char, 4096> piece{};
  for (;;) {
    auto const got = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (got < 0) {
      return unavailable("reading standard input: " + std::string(std::strerror(errno)));
    }
    if (got == 0) {
      return text;
    }
    text.append(piece.data(), static_cast<std::size_t>(got));
    if (text.size() > most) {
      return invalid_argument("standard input has more than " + std::to_string(most) +
                              " bytes: that is no password");
    }
  }
}

}  // namespace swarmward::cli
