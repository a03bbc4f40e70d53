#include "mesh/dns/upstreams.h"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>

namespace swarmward::mesh::dns {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts(std::vector<boost::asio::ip::address> const& addresses) {
  std::vector<std::string> all;
  for (auto const& address : addresses) {
    all.push_back(address.to_string());
  }
  return all;
}

TEST(ParseNameservers, TakesAddressesOfItsLinesOnly) {
  EXPECT_THAT(texts(parse_nameservers("# nameserver 192.0.2.9\n"
                                      "search example.org\n"
                                      "nameserver 192.0.2.1\r\n"
                                      "  nameserver\tfd00::1  trailing words\n"
                                      "nameserver dns.example.org\n"
                                      "nameserver\n"
                                      "options timeout:1\n"
                                      "nameserver 127.0.0.53")),
              ElementsAre("192.0.2.1", "fd00::1", "127.0.0.53"));
}

TEST(ParseNameservers, ThreeAtMost) {
  auto const many = parse_nameservers(
      "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n");
  EXPECT_EQ(many.size(), 3U);
  EXPECT_THAT(parse_nameservers(""), IsEmpty());
}

TEST(ParseEngineDns, TakesAddressesOfTheMember) {
  EXPECT_THAT(
      texts(parse_engine_dns(R"({"dns":["192.0.2.1","x",7,"fd00::1"],"log-level":"warn"})")),
      ElementsAre("192.0.2.1", "fd00::1"));
  for (auto const* none : {"", "[]", "null", "{", R"({"dns":"192.0.2.1"})", R"({"dns":[]})"}) {
    EXPECT_THAT(parse_engine_dns(none), IsEmpty()) << none;
  }
}

class UpstreamsTest : public ::testing::Test {
 protected:
  UpstreamsTest() {
    std::string name = (fs::temp_directory_path() / "upstreams-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~UpstreamsTest() override { fs::remove_all(folder_); }

  void write(std::string const& text) const { std::ofstream(file_path()) << text; }
  [[nodiscard]] fs::path file_path() const { return folder_ / "resolv.conf"; }

  fs::path folder_;
};

TEST_F(UpstreamsTest, TheEnginesOwnGoBefore) {
  Upstreams upstreams(file_path(), folder_ / "daemon.json");
  write("nameserver 192.0.2.1\n");
  std::ofstream(folder_ / "daemon.json") << R"({"dns":["192.0.2.2"]})";
  EXPECT_THAT(texts(upstreams.servers()), ElementsAre("192.0.2.2"));
  fs::remove(folder_ / "daemon.json");
  EXPECT_THAT(texts(upstreams.servers()), ElementsAre("192.0.2.1"));
}

TEST_F(UpstreamsTest, FollowsTheFile) {
  Upstreams upstreams(file_path(), folder_ / "daemon.json");
  EXPECT_THAT(upstreams.servers(), IsEmpty());
  write("nameserver 192.0.2.1\n");
  EXPECT_THAT(texts(upstreams.servers()), ElementsAre("192.0.2.1"));
  write("nameserver 192.0.2.10\n");
  EXPECT_THAT(texts(upstreams.servers()), ElementsAre("192.0.2.10"));
  // Replaced by another file of the same length, as resolvers' own tools do.
  std::ofstream(folder_ / "new") << "nameserver 192.0.2.11\n";
  fs::rename(folder_ / "new", file_path());
  EXPECT_THAT(texts(upstreams.servers()), ElementsAre("192.0.2.11"));
  fs::remove(file_path());
  EXPECT_THAT(upstreams.servers(), IsEmpty());
}

}  // namespace
}  // namespace swarmward::mesh::dns
