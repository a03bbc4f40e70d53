#include "app/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarmward::app {
namespace {

using testing::HasSubstr;

TEST(Engines, AUrlIsTheLocalOneANameAddsANode) {
  Options options;
  ASSERT_TRUE(add_engines({"unix:///a.sock", "h2=tcp://10.0.0.2:2375"}, options));
  EXPECT_EQ(options.local_engine, "unix:///a.sock");
  ASSERT_EQ(options.engines.size(), 1U);
  EXPECT_EQ(options.engines[0].address, "tcp://10.0.0.2:2375");
}

TEST(Engines, RefusesWhatCannotBeANode) {
  Options options;
  EXPECT_THAT(add_engines({"h2"}, options).error().message, HasSubstr("not a URL"));
  EXPECT_THAT(add_engines({"h 2=tcp://a:1"}, options).error().message, HasSubstr("letters"));
  EXPECT_THAT(add_engines({"h=tcp://a:1", "h=tcp://b:1"}, options).error().message,
              HasSubstr("given twice"));
}

TEST(Config, ListenersForTheCluster) {
  Options options;
  ASSERT_TRUE(apply_config(R"({"cluster-hosts":["unix:///a","tcp://0.0.0.0:2376"]})", {}, options));
  EXPECT_EQ(options.cluster_hosts.size(), 2U);
  EXPECT_EQ(options.hosts.size(), 1U);
  EXPECT_THAT(check_hosts(options).error().message,
              HasSubstr("--cluster-host tcp://0.0.0.0:2376: anybody who can reach this port"));
  ASSERT_TRUE(apply_config(R"({"cluster-host":"unix:///b"})", {"cluster-host"}, options));
  EXPECT_EQ(options.cluster_hosts.size(), 2U);
}

TEST(Config, AFileThatSaysWhatToJoin) {
  Options options;
  ASSERT_TRUE(apply_config(R"({"join-file":"/run/join.json"})", {}, options));
  EXPECT_EQ(options.join_file, "/run/join.json");
  EXPECT_FALSE(apply_config(R"({"join-file":7})", {}, options));
}

TEST(MeshBackend, IsAutoOrOneOfThree) {
  Options options;
  EXPECT_TRUE(check_mesh_backend(options));
  for (std::string const name : {"auto", "nftables", "ipvs", "iptables"}) {
    ASSERT_TRUE(apply_config(R"({"mesh-backend":")" + name + "\"}", {}, options));
    EXPECT_EQ(options.mesh_backend, name);
    EXPECT_TRUE(check_mesh_backend(options)) << name;
  }
  options.mesh_backend = "ebtables";
  auto const checked = check_mesh_backend(options);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().message,
            "--mesh-backend ebtables: must be auto, nftables, ipvs or iptables");
}

TEST(Config, FlagsWinAndUnknownKeysAreNamed) {
  Options options;
  options.data_root = "/flag";
  ASSERT_TRUE(apply_config(
      R"({"data-root":"/file","log-level":"warn","hosts":["unix:///x"]})", {"data-root"}, options));
  EXPECT_EQ(options.data_root, "/flag");
  EXPECT_EQ(options.log_level, "warn");
  EXPECT_EQ(options.hosts, std::vector<std::string>{"unix:///x"});
  EXPECT_THAT(apply_config(R"({"data_root":"/x"})", {}, options).error().message,
              HasSubstr("unknown key \"data_root\""));
  EXPECT_FALSE(apply_config("[", {}, options));
  EXPECT_FALSE(apply_config(R"({"insecure-tcp":"yes"})", {}, options));
}

TEST(Hosts, TcpOffLoopbackNeedsTheFlag) {
  Options options;
  options.hosts = {"tcp://127.0.0.1:2375", "tcp://[::1]:2375", "unix:///a"};
  EXPECT_TRUE(check_hosts(options));
  options.hosts = {"tcp://0.0.0.0:2375"};
  EXPECT_THAT(check_hosts(options).error().message, HasSubstr("--insecure-tcp"));
  options.insecure_tcp = true;
  EXPECT_TRUE(check_hosts(options));
  for (auto const* const host : {"tcp://127.0.0.1:99999", "tcp://127.0.0.1", "tcp://[::1]:x"}) {
    options.hosts = {host};
    EXPECT_THAT(check_hosts(options).error().message, HasSubstr("port")) << host;
  }
  options.hosts = {"npipe:////./pipe"};
  EXPECT_FALSE(check_hosts(options));
}

TEST(Labels, OnlyThoseThatNeedItCanBeAllowed) {
  Options options;
  EXPECT_FALSE(options.label_policy.allows("ward.privileged"));
  ASSERT_TRUE(allow_labels({"ward.privileged"}, options));
  EXPECT_TRUE(options.label_policy.allows("ward.privileged"));
  EXPECT_FALSE(options.label_policy.allows("ward.pid"));
  EXPECT_THAT(allow_labels({"ward.shm-size"}, options).error().message,
              HasSubstr("--allow-label ward.shm-size: not one of all, ward.privileged"));
  ASSERT_TRUE(apply_config(R"({"allow-labels":["all"]})", {}, options));
  EXPECT_TRUE(options.label_policy.allows("ward.pid"));
  ASSERT_TRUE(
      apply_config(R"({"allow-labels":["nonsense"]})", {"--allow-label"}, options).has_error());
}

TEST(CommandLine, HelpVersionAndMistakesEndAtOnce) {
  char const* help[] = {"swarmward", "--help"};
  EXPECT_THAT(read_command_line(2, help).output, HasSubstr("--data-root"));
  char const* version[] = {"swarmward", "--version"};
  EXPECT_THAT(read_command_line(2, version).output, HasSubstr(kVersion));
  char const* wrong[] = {"swarmward", "--nope"};
  auto const invocation = read_command_line(2, wrong);
  EXPECT_TRUE(invocation.exit_now);
  EXPECT_EQ(invocation.exit_code, 1);
}

}  // namespace
}  // namespace swarmward::app
