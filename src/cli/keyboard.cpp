#include "cli/keyboard.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <poll.h>
#include <termios.h>
#include <unistd.h>

namespace swarmward::cli {

namespace {

constexpr std::size_t kLongestLine = 65'536;

volatile std::sig_atomic_t interrupted = 0;

void note_signal(int /*signal*/) {
  interrupted = 1;
}

/// While it lives the signals by which people end programs end a wait for input instead, whenever
/// they come: between two waits they are held back. What the terminal was told must be put back
/// before it goes.
class SignalsInterrupt {
 public:
  SignalsInterrupt() {
    interrupted = 0;
    sigset_t held;
    ::sigemptyset(&held);
    for (auto const signal : kSignals) {
      ::sigaddset(&held, signal);
    }
    ::pthread_sigmask(SIG_BLOCK, &held, &mask_);
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
    ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
  }
  SignalsInterrupt(SignalsInterrupt const&) = delete;
  SignalsInterrupt& operator=(SignalsInterrupt const&) = delete;

  /// Until there is input (or its end); false if a signal came first.
  [[nodiscard]] bool wait() const {
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    while (::ppoll(&input, 1, nullptr, &mask_) < 0 && errno == EINTR && interrupted == 0) {
    }
    return interrupted == 0;
  }

 private:
  static constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  std::array<struct sigaction, kSignals.size()> before_{};
  sigset_t mask_{};
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
Result<std::string> read_line(SignalsInterrupt const& signals) {
  std::string text;
  for (char c = 0; text.size() < kLongestLine;) {
    if (!signals.wait()) {
      return unavailable("interrupted");
    }
    auto const got = ::read(STDIN_FILENO, &c, 1);
    if (got < 0) {
      return unavailable("reading standard input: " + std::string(std::strerror(errno)));
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
  SignalsInterrupt const signals;
  return read_line(signals);
}

Result<std::string> RealKeyboard::hidden_line(std::function<void()> const& ask) {
  SignalsInterrupt const signals;
  NoEcho const silence;
  if (!silence.works()) {
    return unavailable("the terminal would show the password: use --password-stdin");
  }
  ask();
  return read_line(signals);
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
