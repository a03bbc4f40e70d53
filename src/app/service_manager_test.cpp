#include "app/service_manager.h"

#include <array>
#include <cstring>
#include <filesystem>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/host_files.h"

namespace swarmward::app {
namespace {

using ::testing::ElementsAre;

/// Plays the service manager's end.
class ServiceManagerTest : public ::testing::Test {
 protected:
  ServiceManagerTest() {
    std::string pattern = ::testing::TempDir() + "notify-XXXXXX";
    path_ = std::string(::mkdtemp(pattern.data())) + "/socket";
    socket_ = OwnedFile(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof(address.sun_path) - 1);
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr const*>(&address), sizeof(address)),
              0);
  }
  ~ServiceManagerTest() override {
    std::filesystem::remove_all(std::filesystem::path(path_).parent_path());
    for (auto const* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
      ::unsetenv(name);
    }
  }

  std::vector<std::string> heard() {
    std::vector<std::string> messages;
    std::array<char, 256> buffer{};
    for (;;) {
      auto const size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
      if (size < 0) {
        return messages;
      }
      messages.emplace_back(buffer.data(), static_cast<std::size_t>(size));
    }
  }

  std::string path_;
  OwnedFile socket_;
  boost::asio::io_context context_;
};

TEST_F(ServiceManagerTest, SaysReadyFeedsTheWatchdogSaysStopping) {
  ServiceManager manager(context_.get_executor(), {path_, std::chrono::milliseconds(2)});
  manager.ready();
  EXPECT_THAT(heard(), ElementsAre("READY=1", "WATCHDOG=1"));
  context_.run_one();
  EXPECT_THAT(heard(), ElementsAre("WATCHDOG=1"));
  manager.stopping();
  EXPECT_THAT(heard(), ElementsAre("STOPPING=1"));
}

TEST_F(ServiceManagerTest, WithoutAWatchdogNothingIsFed) {
  ServiceManager manager(context_.get_executor(), {path_});
  manager.ready();
  EXPECT_THAT(heard(), ElementsAre("READY=1"));
  EXPECT_EQ(context_.run(), 0U);
}

TEST_F(ServiceManagerTest, NobodyAsksOrNobodyListens) {
  ServiceManager(context_.get_executor(), {}).ready();
  ServiceManager(context_.get_executor(), {path_ + "-gone"}).ready();
  ServiceManager(context_.get_executor(), {std::string(500, 'x')}).ready();
  EXPECT_THAT(heard(), ElementsAre());
}

TEST_F(ServiceManagerTest, WishesFromTheEnvironment) {
  EXPECT_EQ(ServiceManager::wishes_of_environment().socket, "");
  ::setenv("NOTIFY_SOCKET", "@abstract", 1);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  auto wishes = ServiceManager::wishes_of_environment();
  EXPECT_EQ(wishes.socket, "@abstract");
  EXPECT_EQ(wishes.watchdog, std::chrono::seconds(30));
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_FALSE(ServiceManager::wishes_of_environment().watchdog) << "meant for another process";
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  ::setenv("WATCHDOG_USEC", "soon", 1);
  EXPECT_FALSE(ServiceManager::wishes_of_environment().watchdog);
}

}  // namespace
}  // namespace swarmward::app
