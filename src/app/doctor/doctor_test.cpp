#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <stdlib.h>

#include "app/doctor/engine_checks.h"
#include "app/doctor/host_checks.h"
#include "cluster/root_ca.h"

namespace swarmward::app {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Status = api::Check::Status;

constexpr Time kNow{seconds(1'700'000'000)};

EngineAnswers answers(std::string const& more = {}) {
  EngineAnswers given{"h2", "tcp://10.0.0.2:2375", std::string{}};
  given.info = R"({"ServerVersion":"20.10.24","SystemTime":"2023-11-14T22:13:20.5Z",
                   "LiveRestoreEnabled":true,"Swarm":{"LocalNodeState":"inactive"},
                   "DockerRootDir":"/var/lib/docker")" +
               more + "}";
  given.api_version = "1.41";
  given.asked = kNow;
  given.answered = kNow + seconds(1);
  return given;
}

std::vector<Status> statuses(std::vector<api::Check> const& checks) {
  std::vector<Status> found;
  for (auto const& each : checks) {
    EXPECT_TRUE(each.status == Status::Ok || !each.cure.empty() || !each.detail.empty());
    found.push_back(each.status);
  }
  return found;
}

TEST(EngineChecks, AHealthyEngine) {
  auto const checks = engine_checks(answers());
  EXPECT_THAT(statuses(checks), ElementsAre(Status::Ok, Status::Ok, Status::Ok, Status::Ok));
  EXPECT_EQ(checks[0].detail, "dockerd 20.10.24, API 1.41");
  EXPECT_EQ(data_root_of(answers()), "/var/lib/docker");
}

TEST(EngineChecks, WhatIsWrongWithAnEngine) {
  // Of equal keys the last counts.
  auto const checks = engine_checks(answers(R"(,"LiveRestoreEnabled":false,
      "Swarm":{"LocalNodeState":"active"},"SystemTime":"2023-11-14T22:13:15Z")"));
  EXPECT_THAT(statuses(checks), ElementsAre(Status::Ok, Status::Fail, Status::Warn, Status::Warn));
  EXPECT_THAT(checks[1].cure, HasSubstr("docker -H tcp://10.0.0.2:2375 swarm leave --force"));
  EXPECT_THAT(checks[3].detail, HasSubstr("5.0 s behind this host's"));
  auto const late = engine_checks(answers(R"(,"SystemTime":"2023-11-14T22:14:21Z")"));
  EXPECT_EQ(late[3].status, Status::Fail);
  EXPECT_THAT(late[3].detail, HasSubstr("60.0 s ahead of this host's"));
  auto old = answers();
  old.api_version = "1.39";
  EXPECT_EQ(engine_checks(old)[0].status, Status::Warn);
}

TEST(EngineChecks, AnEngineThatIsAway) {
  auto away = answers();
  away.info = unavailable("connection refused");
  auto checks = engine_checks(away);
  EXPECT_THAT(statuses(checks), ElementsAre(Status::Fail));
  EXPECT_EQ(checks[0].detail, "no answer from tcp://10.0.0.2:2375: connection refused");
  away.address.clear();
  checks = engine_checks(away);
  EXPECT_THAT(checks[0].cure, HasSubstr("docker node rm h2"));
}

TEST(CertificateCheck, CountsTheDaysThatAreLeft) {
  auto const ca = cluster::make_root_ca(kNow, system_random());
  ASSERT_TRUE(ca);
  EXPECT_EQ(certificate_check("root CA", ca->certificate, kNow).status, Status::Ok);
  auto const years = std::chrono::hours(24 * 365);
  EXPECT_EQ(certificate_check("root CA", ca->certificate, kNow + 40 * years).status, Status::Fail);
  EXPECT_EQ(certificate_check("root CA", "rubbish", kNow).status, Status::Fail);
}

TEST(DiskCheck, ByWhatIsFree) {
  EXPECT_EQ(disk_check("x", "/", 50, 100).status, Status::Ok);
  EXPECT_EQ(disk_check("x", "/", 9, 100).status, Status::Warn);
  EXPECT_EQ(disk_check("x", "/", 1, 100).status, Status::Fail);
  EXPECT_EQ(disk_check("x", "/", 50ULL << 30U, 100ULL << 30U).detail, "50 % free (51200 MiB) at /");
  EXPECT_EQ(disk_check("x", "/nonexistent/path").status, Status::Warn);
}

TEST(ListenerChecks, OnlyWhatOthersReachIsNamed) {
  auto const checks = listener_checks({{"unix:///x"},
                                       {"tcp://127.0.0.1:2375"},
                                       {"tcp://0.0.0.0:2376", true},
                                       {"tcp://0.0.0.0:2375"}});
  EXPECT_THAT(statuses(checks), ElementsAre(Status::Ok, Status::Ok, Status::Ok, Status::Warn));
}

/// Files of /proc and /sys as a test wants them.
class HostFilesTest : public ::testing::Test {
 protected:
  HostFilesTest() {
    std::string pattern = ::testing::TempDir() + "doctor-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
  }
  ~HostFilesTest() override { std::filesystem::remove_all(root_); }
  void write(std::string const& path, std::string const& text) const {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text;
  }
  std::string root_;
};

TEST_F(HostFilesTest, KernelFeaturesLoadedBuiltInOrMissing) {
  write("/proc/modules", "nf_tables 12 0 - Live 0x0\nvxlan_not 1 0\n");
  write("/proc/kallsyms", "0 t my_ip_vs_conn_new\n0 t ip_vs_conn_new\t[ip_vs]\n");
  auto const checks = kernel_checks(root_);
  EXPECT_THAT(statuses(checks), ElementsAre(Status::Ok, Status::Ok, Status::Warn));
  EXPECT_THAT(checks[2].cure, HasSubstr("modprobe vxlan"));
  std::filesystem::create_directories(root_ + "/sys/module/vxlan");
  EXPECT_THAT(statuses(kernel_checks(root_)), ElementsAre(Status::Ok, Status::Ok, Status::Ok));
}

TEST_F(HostFilesTest, PortsThatAreFreeOursOrTaken) {
  std::string const head = "  sl  local_address rem_address   st tx rx tr tm retr uid t inode\n";
  std::string const rest = " 00000000:00000000 00:00000000 00000000     0        0 ";
  // 2377 is 0949, 7946 is 1F0A, 4789 is 12B5 in the tables.
  write("/proc/net/tcp",
        head + "   0: 00000000:0949 00000000:0000 0A" + rest + "111 1 0\n" +
            "   1: 0100007F:1F0A 0100007F:0001 01" + rest + "222 1 0\n");
  write("/proc/net/udp", head + "   0: 00000000:12B5 00000000:0000 07" + rest + "333 2 0\n");
  std::filesystem::create_directories(root_ + "/proc/self/fd");
  std::filesystem::create_directories(root_ + "/proc/42/fd");
  auto checks = port_checks(root_);
  EXPECT_THAT(statuses(checks), ElementsAre(Status::Warn, Status::Ok, Status::Ok));
  EXPECT_THAT(checks[0].detail, HasSubstr("2377/tcp, the port for managers, is in use"));
  EXPECT_EQ(checks[1].detail, "7946/tcp is free");
  EXPECT_EQ(checks[2].detail, "4789/udp is ours");
  std::filesystem::create_symlink("socket:[111]", root_ + "/proc/self/fd/7");
  EXPECT_EQ(port_checks(root_)[0].detail, "2377/tcp is ours");
  std::filesystem::create_symlink("socket:[333]", root_ + "/proc/42/fd/3");
  EXPECT_THAT(port_checks(root_)[2].detail,
              HasSubstr("4789/udp, the port for overlay networks, is"));
}

}  // namespace
}  // namespace swarmward::app
