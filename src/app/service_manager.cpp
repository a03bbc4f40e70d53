#include "app/service_manager.h"

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/host_files.h"

namespace swarmward::app {

namespace {

std::string variable(char const* name) {
  auto const* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread.
  return value == nullptr ? std::string{} : value;
}

std::optional<long long> number_of(std::string const& text) {
  long long number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool const whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

}  // namespace

ServiceManager::Wishes ServiceManager::wishes_of_environment() {
  Wishes wishes{variable("NOTIFY_SOCKET")};
  auto const pid = number_of(variable("WATCHDOG_PID"));
  auto const period = number_of(variable("WATCHDOG_USEC"));
  if (period && *period > 0 && (!pid || *pid == ::getpid())) {
    wishes.watchdog = std::chrono::microseconds(*period);
  }
  return wishes;
}

ServiceManager::ServiceManager(boost::asio::any_io_executor executor, Wishes wishes)
    : wishes_(std::move(wishes)), timer_(std::move(executor)) {}

void ServiceManager::ready() {
  tell("READY=1");
  if (wishes_.watchdog && !wishes_.socket.empty()) {
    feed();
  }
}

void ServiceManager::stopping() {
  tell("STOPPING=1");
}

/// Twice as often as asked for. Source: the advice of sd_watchdog_enabled(3).
void ServiceManager::feed() {
  tell("WATCHDOG=1");
  timer_.expires_after(*wishes_.watchdog / 2);
  timer_.async_wait([this](boost::system::error_code const& error) {
    if (!error) {
      feed();
    }
  });
}

/// A datagram; one that gets lost is no reason to stop working.
void ServiceManager::tell(std::string const& message) const {
  sockaddr_un address{};
  if (wishes_.socket.empty() || wishes_.socket.size() >= sizeof(address.sun_path)) {
    return;
  }
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, wishes_.socket.data(), wishes_.socket.size());
  if (address.sun_path[0] == '@') {
    address.sun_path[0] = 0;  // An abstract socket.
  }
  OwnedFile const socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + wishes_.socket.size());
  static_cast<void>(::sendto(socket.get(),
                             message.data(),
                             message.size(),
                             MSG_NOSIGNAL,
                             reinterpret_cast<sockaddr const*>(&address),
                             size));
}

}  // namespace swarmward::app
