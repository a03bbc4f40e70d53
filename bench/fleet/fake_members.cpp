// Many workers of a swarm in one process, for measuring a manager with mutual TLS to all of them.
//   fake_members DIR N MANAGER TOKEN      worker i has the engine DIR/i.sock and is called
//   node<i+1>: engine 0 of the fleet is the manager's
// The real worker's code, but for the hosts: none of them can have networks. Prints "joined" once
// all have, and goes on until ended.
#include <cstdio>
#include <deque>
#include <filesystem>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "app/member/worker/worker.h"
#include "base/log.h"
#include "base/net/engine_address.h"

namespace {

using namespace swarmward;
namespace asio = boost::asio;

/// Joins at the same time: more would measure who waits longest.
constexpr unsigned kAtOnce = 20;

struct Member {
  Member(asio::io_context& io,
         Clock const& clock,
         app::HostNetworks& networks,
         std::filesystem::path folder,
         std::string socket)
      : tls(clock),
        worker(io.get_executor(),
               {(std::filesystem::create_directories(folder), std::move(folder)),
                net::make_plain_dialer(*net::parse_engine_address("unix://" + socket)),
                0,
                &networks,
                nullptr},
               tls,
               clock,
               system_random()) {}
  app::MemberTls tls;
  app::Worker worker;
};

class Members {
 public:
  Members(asio::io_context& io, std::string manager, std::string token)
      : io_(io), manager_(std::move(manager)), token_(std::move(token)) {
    auto pattern = (std::filesystem::temp_directory_path() / "members-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Members() { std::filesystem::remove_all(folder_); }
  Members(Members const&) = delete;
  Members& operator=(Members const&) = delete;

  void make(std::string const& fleet, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
      auto const name = std::to_string(i);
      members_.emplace_back(io_, clock_, networks_, folder_ / name, fleet + "/" + name + ".sock");
    }
    for (unsigned i = 0; i < std::min(kAtOnce, count); ++i) {
      join_next();
    }
  }

 private:
  void join_next() {
    if (next_ == members_.size()) {
      return;
    }
    auto const index = next_++;
    wire::JoinRequest request;
    request.listen_addr = "127.0.0.1:0";
    request.advertise_addr = "127.0.0.1";
    request.remote_addrs = {manager_};
    request.join_token = token_;
    app::Worker::Host host{"node" + std::to_string(index + 1), ""};
    asio::co_spawn(
        io_,
        members_[index].worker.join(std::move(request), std::move(host)),
        [this](std::exception_ptr const& bug, Result<void> const& joined) {
          if (bug) {
            std::rethrow_exception(bug);
          }
          if (!joined) {
            std::fprintf(stderr, "not joined: %s\n", joined.error().message.c_str());
            std::exit(1);
          }
          if (++joined_ == members_.size()) {
            std::puts("joined");
            std::fflush(stdout);
          }
          join_next();
        });
  }

  asio::io_context& io_;
  SystemClock clock_;
  app::Options options_;
  app::HostNetworks networks_{options_};
  std::string manager_;
  std::string token_;
  std::filesystem::path folder_;
  std::deque<Member> members_;
  std::size_t next_ = 0;
  std::size_t joined_ = 0;
};

/// The played hosts share this one, whose network they must not change.
bool give_up_networks() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3]{};
  if (::syscall(SYS_capget, &header, sets) != 0) {
    return false;
  }
  for (auto const capability : {CAP_SYS_ADMIN, CAP_NET_ADMIN}) {
    sets[CAP_TO_INDEX(capability)].effective &= ~CAP_TO_MASK(capability);
  }
  return ::syscall(SYS_capset, &header, sets) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: fake_members DIR N MANAGER TOKEN\n");
    return 2;
  }
  // Each says that it goes without networks.
  if (!give_up_networks() || !swarmward::set_log_level("critical")) {
    std::fputs("cannot give up changing networks\n", stderr);
    return 1;
  }
  asio::io_context io;
  asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&io](auto const&, int) { io.stop(); });
  Members members(io, argv[3], argv[4]);
  members.make(argv[1], static_cast<unsigned>(std::stoul(argv[2])));
  io.run();
  return 0;
}
