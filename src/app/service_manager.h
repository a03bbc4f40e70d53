#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <boost/asio/steady_timer.hpp>

namespace swarmward::app {

/// Tells systemd, or whoever else started us with NOTIFY_SOCKET, how we are: the protocol of
/// sd_notify(3). Does nothing where nobody wants to know. Io thread only: a watchdog that is fed
/// there notices when that thread hangs.
class ServiceManager {
 public:
  /// Where to report, from the environment. Empty: nobody asks.
  struct Wishes {
    std::string socket;                                   ///< NOTIFY_SOCKET.
    std::optional<std::chrono::microseconds> watchdog{};  ///< WATCHDOG_USEC, if meant for us.
  };
  [[nodiscard]] static Wishes wishes_of_environment();

  ServiceManager(boost::asio::any_io_executor executor, Wishes wishes);

  /// The listeners are up. From now on the watchdog is fed.
  void ready();
  void stopping();

 private:
  void tell(std::string const& message) const;
  void feed();

  Wishes wishes_;
  boost::asio::steady_timer timer_;
};

}  // namespace swarmward::app
