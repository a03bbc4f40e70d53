#include "mesh/agent_state.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "mesh/kept_file.h"

namespace swarmward::mesh {
namespace {

namespace fs = std::filesystem;

AgentState sample() {
  AgentState state;
  state.networks["6a1f"] = {.network = "n1",
                            .vni = 4097,
                            .subnet = *parse_subnet("10.0.1.0/24"),
                            .node = *parse_address("10.0.1.2"),
                            .mtu = 1400,
                            .internal = true,
                            .encrypted = true,
                            .more_subnets = {*parse_subnet("10.0.2.0/29")}};
  state.endpoints["77b2"] = {.network = "6a1f",
                             .address = *parse_address("10.0.1.5"),
                             .mac = *parse_mac("02:42:0a:00:01:05")};
  return state;
}

TEST(AgentState, ReadsWhatItWrites) {
  auto const read = agent_state_from(agent_state_text(sample()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, sample());
  EXPECT_EQ(find_engine_network(*read, "n1"), "6a1f");
  EXPECT_FALSE(find_engine_network(*read, "n2"));
}

TEST(AgentState, RefusesWhatItDidNotWrite) {
  auto const text = agent_state_text(sample());
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    EXPECT_FALSE(agent_state_from(text.substr(0, cut))) << cut;
  }
  EXPECT_FALSE(agent_state_from(R"({"Version":2,"Networks":{},"Endpoints":{}})"));
  EXPECT_FALSE(agent_state_from(R"({"Version":1,"Networks":{"a":{}},"Endpoints":{}})"));
  for (auto const* version : {"1e300", "1.5", "-1", "4294967297", "\"1\"", "null"}) {
    auto const wrong = std::string(R"({"Networks":{},"Endpoints":{},"Version":)") + version + "}";
    EXPECT_FALSE(agent_state_from(wrong)) << wrong;
  }
}

class KeptFile : public ::testing::Test {
 protected:
  KeptFile() { fs::create_directories(folder_); }
  ~KeptFile() override { fs::remove_all(folder_); }
  fs::path const folder_ = fs::path(::testing::TempDir()) / ("kept-" + std::to_string(::getpid()));
  fs::path const path_ = folder_ / "deep" / "file.json";
};

TEST_F(KeptFile, IsReplacedAndReadableByItsOwnerAlone) {
  EXPECT_FALSE(read_kept(path_).value());
  ASSERT_TRUE(write_kept(path_, "one"));
  ASSERT_TRUE(write_kept(path_, "two"));
  EXPECT_EQ(read_kept(path_).value(), "two");
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms(0600));
  EXPECT_FALSE(fs::exists(path_.string() + ".new"));
}

TEST_F(KeptFile, PutAsideItIsOutOfTheWayButNotLost) {
  ASSERT_TRUE(write_kept(path_, "nonsense"));
  put_aside(path_, "no JSON");
  EXPECT_FALSE(read_kept(path_).value());
  EXPECT_EQ(read_kept(path_.string() + ".damaged").value(), "nonsense");
}

}  // namespace
}  // namespace swarmward::mesh
