#include "base/net/ssh_dialer.h"

#include <algorithm>
#include <array>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "base/net/as_result.h"
#include "base/net/ssh_child.h"

namespace swarmward::net {

namespace {

using boost::system::error_code;
using std::chrono::milliseconds;

/// Answered without a body by every engine, whatever it thinks of it.
constexpr std::string_view kPing = "HEAD /_ping HTTP/1.1\r\nHost: docker\r\n\r\n";
constexpr std::size_t kLongestAnswer = 16384;
/// The stream ends a moment before the program that has said why.
constexpr milliseconds kLastWords{300};

/// Reads byte by byte at the end of the head, so that nothing that follows is lost: nothing does
/// before the next request.
asio::awaitable<bool> answers_ping(StreamSocket* socket) {
  auto const [failed, sent] =
      co_await asio::async_write(*socket, asio::buffer(kPing.data(), kPing.size()), kAsResult);
  static_cast<void>(sent);
  std::string head;
  std::array<char, 1024> buffer{};
  auto error = failed;
  while (!error && head.size() < kLongestAnswer && head.find("\r\n\r\n") == std::string::npos) {
    auto const [broken, got] = co_await socket->async_read_some(asio::buffer(buffer), kAsResult);
    error = broken;
    head.append(buffer.data(), got);
  }
  co_return !error && head.starts_with("HTTP/1.");
}

/// A login takes many round trips and two programs: what is enough for TCP is not for it.
constexpr std::chrono::seconds kLogin{15};

class SshDialer final : public Dialer {
 public:
  SshDialer(SshTarget target, std::shared_ptr<void const> keep)
      : target_(std::move(target)), keep_(std::move(keep)) {}

  asio::awaitable<Result<StreamSocket>> dial(asio::any_io_executor executor,
                                             milliseconds timeout) const override {
    timeout = std::max<milliseconds>(timeout, kLogin);
    auto const seconds = std::chrono::ceil<std::chrono::seconds>(timeout);
    return connect(std::move(executor), ssh_arguments(target_, seconds), timeout);
  }
  std::string where() const override {
    return "ssh://" + (target_.user.empty() ? "" : target_.user + "@") + target_.host +
           (target_.port.empty() ? "" : ":" + target_.port);
  }

 private:
  static asio::awaitable<Result<StreamSocket>> connect(asio::any_io_executor executor,
                                                       std::vector<std::string> arguments,
                                                       milliseconds timeout) {
    auto started = SshChild::start(executor, std::move(arguments));
    if (!started) {
      co_return started.error();
    }
    auto const child = started->child;
    auto const expired = std::make_shared<bool>(false);
    asio::steady_timer timer(executor, timeout);
    timer.async_wait([child, expired](error_code error) {
      if (!error) {
        *expired = true;
        child->kill();
      }
    });
    bool const answered = co_await answers_ping(&started->socket);
    timer.cancel();
    if (answered) {
      co_return std::move(started->socket);
    }
    asio::steady_timer pause(executor, kLastWords);
    co_await pause.async_wait(kAsResult);
    auto const words = child->last_words();
    child->kill();
    if (!words.empty()) {
      co_return unavailable(words);
    }
    co_return unavailable(*expired ? "ssh: no answer in time" : "ssh ended without a word");
  }

  SshTarget target_;
  std::shared_ptr<void const> keep_;
};

}  // namespace

DialerPtr make_ssh_dialer(SshTarget target, std::shared_ptr<void const> keep) {
  return std::make_shared<SshDialer>(std::move(target), std::move(keep));
}

}  // namespace swarmward::net
