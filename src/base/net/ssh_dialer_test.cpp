#include "base/net/ssh_dialer.h"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/net/ssh_child.h"

namespace swarmward::net {
namespace {

using ::testing::ElementsAre;

TEST(SshAddress, TakesUserHostAndPort) {
  auto const full = parse_ssh_address("ssh://ops@engine-1.lan:2222");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->user, "ops");
  EXPECT_EQ(full->host, "engine-1.lan");
  EXPECT_EQ(full->port, "2222");
  EXPECT_EQ(parse_ssh_address("ssh://alias")->host, "alias");
  EXPECT_EQ(parse_ssh_address("ssh://[fd00::1]:22")->host, "fd00::1");
  EXPECT_EQ(parse_ssh_address("ssh://root@[fd00::1]")->host, "fd00::1");
}

TEST(SshAddress, RefusesWhatSshCouldMisread) {
  for (auto const* bad : {"tcp://h:1",
                          "ssh://",
                          "ssh://@h",
                          "ssh://-oProxyCommand=x",
                          "ssh://-l@h",
                          "ssh://a;b@h",
                          "ssh://h/path",
                          "ssh://$(x)",
                          "ssh://h:x",
                          "ssh://h:0",
                          "ssh://[::1",
                          "ssh://a@b@c"}) {
    EXPECT_EQ(parse_ssh_address(bad).has_error(), true) << bad;
  }
}

TEST(SshArguments, NameTheProgramAndWhatItMayNotDo) {
  SshTarget const bare{"", "h", "", "", "", ""};
  EXPECT_THAT(ssh_arguments(bare, std::chrono::seconds(5)),
              ElementsAre("ssh",
                          "-T",
                          "-o",
                          "BatchMode=yes",
                          "-o",
                          "StrictHostKeyChecking=yes",
                          "-o",
                          "ConnectTimeout=5",
                          "-o",
                          "ServerAliveInterval=5",
                          "-o",
                          "ServerAliveCountMax=2",
                          "--",
                          "h",
                          "docker",
                          "system",
                          "dial-stdio"));
  SshTarget const full{"u", "h", "22", "/k", "/d/known hosts", "/d/c"};
  auto const all = ssh_arguments(full, std::chrono::seconds(0));
  for (auto const* each : {"ConnectTimeout=1",
                           "UserKnownHostsFile=\"/d/known hosts\" ~/.ssh/known_hosts",
                           "ControlPath=\"/d/c\"",
                           "ControlPersist=60",
                           "IdentitiesOnly=yes"}) {
    EXPECT_NE(std::ranges::find(all, each), all.end()) << each;
  }
  std::vector<std::string> const end{"-i", "/k", "-p", "22", "-l", "u", "--", "h"};
  EXPECT_NE(std::search(all.begin(), all.end(), end.begin(), end.end()), all.end());
}

/// What a program has read from us and sent back, and its last words.
TEST(SshChild, CarriesBytesAndEnds) {
  asio::io_context io;
  auto started =
      SshChild::start(io.get_executor(), {"sh", "-c", "read x; echo got $x; echo no >&2"});
  ASSERT_TRUE(started);
  asio::write(started->socket, asio::buffer(std::string("word\n")));
  std::string said;
  asio::async_read(started->socket,
                   asio::dynamic_buffer(said),
                   [](boost::system::error_code const&, std::size_t) {});
  io.run();  // Ends: the program has, and was collected.
  EXPECT_EQ(said, "got word\n");
  EXPECT_EQ(started->child->last_words(), "no");
}

TEST(SshChild, EndsWhenOurEndIsClosed) {
  asio::io_context io;
  auto started = SshChild::start(io.get_executor(), {"sleep", "1000"});
  ASSERT_TRUE(started);
  started->socket.close();
  EXPECT_GT(io.run_for(std::chrono::seconds(20)), 0U);
  EXPECT_TRUE(io.stopped()) << "nothing is left to wait for";
}

TEST(SshChild, SaysWhatCannotBeStarted) {
  asio::io_context io;
  auto const started = SshChild::start(io.get_executor(), {"there-is-no-such-program"});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message,
            "cannot start there-is-no-such-program: No such file or directory");
}

}  // namespace
}  // namespace swarmward::net
