#include "mesh/dns/server.h"

#include <cstdio>
#include <fstream>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <gmock/gmock.h>
#include <sys/wait.h>

#include "mesh/dns/testing/fake_dns_server.h"
#include "mesh/dns/testing/messages.h"
#include "mesh/testing/scratch_net.h"

namespace swarmward::mesh {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

/// What a shell command prints, run in the calling thread's namespace.
std::string output_of(std::string const& command) {
  std::string output;
  auto* const pipe = popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> buffer{};
  for (std::size_t got = 0; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    output.append(buffer.data(), got);
  }
  pclose(pipe);
  return output;
}

/// An overlay's namespace and a container's, joined by a cable.
struct Wire {
  NetNamespace overlay;
  NetNamespace container;
};

model::PlannedNetwork planned(std::string const& id, std::string const& web) {
  model::PlannedNetwork network;
  network.id = id;
  network.name = "net-" + id;
  network.local = {"10.0.1.5"};
  network.vips = {{web, {}}};
  model::PlannedName many{"tasks.web", {}};
  for (int i = 1; i <= 120; ++i) {
    many.addresses.push_back("10.0.1." + std::to_string(i + 100));
  }
  network.names = {many, {"web", {web}}};
  network.reverse = {{"web.1.x", {"10.0.1.101"}}};
  return network;
}

class DnsTest : public ScratchNetTest {
 protected:
  void SetUp() override {
    ScratchNetTest::SetUp();
    if (IsSkipped()) {
      return;
    }
    if (output_of("command -v dig").empty()) {
      GTEST_SKIP() << "dig is not installed";
    }
    DnsOptions options;
    options.resolv_conf = folder() / "resolv.conf";
    options.upstream_patience = std::chrono::milliseconds(500);
    upstream_.emplace(io_, "127.0.0.1", 53);
    resolve_with("127.0.0.1");
    dns_.emplace(io_, options);
    dns_->set_networks({planned("n1", "10.0.1.4"), planned("n2", "10.0.1.44")});
    thread_ = std::thread([this] { io_.run(); });
  }
  void TearDown() override {
    dns_.reset();
    io_.stop();
    if (thread_.joinable()) {
      thread_.join();
    }
  }

  void resolve_with(std::string const& server) const {
    std::ofstream(folder() / "resolv.conf") << "nameserver " << server << "\n";
  }
  /// The container has 10.0.1.5, this node 10.0.1.2; neither has a way to anywhere else.
  Wire make_wire(std::string const& name) {
    auto const path = folder() / (name + "-container");
    Wire wire{NetNamespace::make(folder() / name).value(), NetNamespace::make(path).value()};
    in(wire.overlay,
       "ip link set lo up && ip link add v0 type veth peer name eth0 netns " + path.string() +
           " && ip addr add 10.0.1.2/24 dev v0 && ip link set v0 up");
    in(wire.container, "ip addr add 10.0.1.5/24 dev eth0 && ip link set eth0 up");
    return wire;
  }
  static std::string in(NetNamespace const& where, std::string const& command) {
    std::string output;
    auto const ran = where.run([&]() -> Result<void> {
      output = output_of(command);
      return {};
    });
    EXPECT_TRUE(ran);
    return output;
  }
  static std::string dig(Wire const& wire, std::string const& arguments) {
    return in(wire.container, "dig @10.0.1.2 +tries=1 +timeout=5 " + arguments);
  }
  void listen(std::string const& id, Wire const& wire) {
    auto const done = dns_->listen(id, wire.overlay, "10.0.1.2");
    ASSERT_TRUE(done) << done.error().message;
  }

  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> const work_ =
      asio::make_work_guard(io_);
  std::optional<dns::FakeDnsServer> upstream_;
  std::optional<Dns> dns_;
  std::thread thread_;
};

TEST_F(DnsTest, AnswersContainersFromThePlan) {
  auto const wire = make_wire("n1");
  listen("n1", wire);
  EXPECT_EQ(dig(wire, "+short web"), "10.0.1.4\n");
  EXPECT_EQ(dig(wire, "+short +tcp WEB.net-n1"), "10.0.1.4\n");
  EXPECT_EQ(dig(wire, "+short -x 10.0.1.101"), "web.1.x.net-n1.\n");
  auto const aaaa = dig(wire, "web AAAA");
  EXPECT_THAT(aaaa, HasSubstr("status: NOERROR"));
  EXPECT_THAT(aaaa, HasSubstr("ANSWER: 0"));
  EXPECT_THAT(in(wire.container, "nslookup web 10.0.1.2"), HasSubstr("Address: 10.0.1.4\n"));
}

TEST_F(DnsTest, ManyAddressesComeByTcp) {
  auto const wire = make_wire("n1");
  listen("n1", wire);
  EXPECT_THAT(dig(wire, "+noedns +ignore tasks.web"), HasSubstr("flags: qr tc rd ra"));
  auto const whole = dig(wire, "+noedns tasks.web");
  EXPECT_THAT(whole, HasSubstr("retrying in TCP mode"));
  EXPECT_THAT(whole, HasSubstr("ANSWER: 120"));
  auto const large = dig(wire, "+bufsize=4096 tasks.web");
  EXPECT_THAT(large, Not(HasSubstr("TCP mode")));
  EXPECT_THAT(large, HasSubstr("ANSWER: 120"));
}

TEST_F(DnsTest, NamespacesTellNetworksApart) {
  auto const first = make_wire("n1");
  auto const second = make_wire("n2");
  listen("n1", first);
  listen("n2", second);
  EXPECT_EQ(dig(first, "+short web"), "10.0.1.4\n");
  EXPECT_EQ(dig(second, "+short web"), "10.0.1.44\n");
}

TEST_F(DnsTest, OtherNamesGoToTheHostsServers) {
  auto const wire = make_wire("n1");
  listen("n1", wire);
  EXPECT_EQ(dig(wire, "+short example.org"), "192.0.2.1\n");
  EXPECT_EQ(dig(wire, "+short +tcp example.org"), "192.0.2.1\n");
  resolve_with("127.0.0.9");  // Where nobody listens.
  EXPECT_THAT(dig(wire, "example.org"), HasSubstr("status: SERVFAIL"));
  fs::remove(folder() / "resolv.conf");
  EXPECT_THAT(dig(wire, "example.org"), HasSubstr("status: SERVFAIL"));
  EXPECT_EQ(dig(wire, "+short web"), "10.0.1.4\n");
}

TEST_F(DnsTest, NobodyIsAskedWhoWouldAskUs) {
  auto const home = NetNamespace::current();
  ASSERT_TRUE(home);
  ASSERT_TRUE(dns_->listen("n1", *home, "127.0.0.5"));
  EXPECT_EQ(in(*home, "dig @127.0.0.5 +short +tries=1 example.org"), "192.0.2.1\n");
  resolve_with("127.0.0.5");
  EXPECT_THAT(in(*home, "dig @127.0.0.5 +tries=1 example.org"), HasSubstr("status: SERVFAIL"));
}

TEST_F(DnsTest, TheSameAddressInAnotherNamespaceMayBeAsked) {
  auto const wire = make_wire("n1");
  listen("n1", wire);
  // A host of the site that has the address which is ours in the overlay.
  output_of("ip addr add 10.0.1.2/32 dev lo");
  dns::FakeDnsServer site(io_, "10.0.1.2", 53);
  resolve_with("10.0.1.2");
  EXPECT_EQ(dig(wire, "+short example.org"), "192.0.2.1\n");
  TearDown();  // Before the site's server goes.
}

TEST_F(DnsTest, ListensOnceAndForgets) {
  auto const wire = make_wire("n1");
  listen("n1", wire);
  listen("n1", wire);
  EXPECT_EQ(dig(wire, "+short web"), "10.0.1.4\n");
  EXPECT_EQ(in(wire.overlay, "ss -Hlnu | wc -l"), "1\n");
  dns_->forget("n1");
  dns_->forget("n1");
  // Sockets are closed soon, not at once; until then a query could reach the old one.
  for (int i = 0; i < 100 && in(wire.overlay, "ss -Hlnu | wc -l") != "0\n"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  listen("n1", wire);
  EXPECT_EQ(dig(wire, "+short web"), "10.0.1.4\n");
  EXPECT_EQ(in(wire.overlay, "ss -Hlnu | wc -l"), "1\n");
  dns_->forget("n1");
  EXPECT_EQ(dns_->port("n1"), 0);
}

TEST_F(DnsTest, ANamespaceThatWasMadeAnewGetsSocketsOfItsOwn) {
  {
    auto const wire = make_wire("n1");
    listen("n1", wire);
  }
  ASSERT_TRUE(NetNamespace::remove(folder() / "n1"));
  ASSERT_TRUE(NetNamespace::remove(folder() / "n1-container"));
  auto const wire = make_wire("n1");
  listen("n1", wire);
  EXPECT_EQ(dig(wire, "+short web"), "10.0.1.4\n");
}

TEST_F(DnsTest, SaysWhyItCannotListen) {
  auto const wire = make_wire("n1");
  auto const text = dns_->listen("n1", wire.overlay, "nowhere");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::InvalidArgument);
  auto const other = dns_->listen("n1", wire.overlay, "10.0.9.9");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::Unavailable);
  EXPECT_THAT(other.error().message, HasSubstr("10.0.9.9: Cannot assign requested address"));
  EXPECT_EQ(dns_->port("n1"), 0);
}

}  // namespace
}  // namespace swarmward::mesh
