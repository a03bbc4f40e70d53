#include "cli/complete.h"

#include <gmock/gmock.h>

#include "cli/testing/fake_requests.h"

namespace swarmward::cli {
namespace {

class CompleteTest : public ::testing::Test {
 protected:
  std::string at(std::vector<std::string> const& words, Descriptions how = Descriptions::No) {
    return complete(ward_command(), words, how, daemon_);
  }
  FakeRequests daemon_;
};

TEST_F(CompleteTest, CommandsByTheirBeginning) {
  EXPECT_EQ(at({""}), "doctor\nexplain\nnode\nrebalance\nregistry\ntrace\nversion\n:4\n");
  EXPECT_EQ(at({"do"}), "doctor\n:4\n");
  EXPECT_EQ(at({"do"}, Descriptions::Yes),
            "doctor\tCheck the hosts, engines, certificates and networks of the swarm\n:4\n");
  EXPECT_EQ(at({"node", "r"}), "release\n:4\n");
}

TEST_F(CompleteTest, NamesFromTheDaemonOncePerArgument) {
  daemon_.say("GET /services", R"([{"Spec":{"Name":"web"}},{"Spec":{"Name":"db"}},{}])");
  daemon_.say("GET /ward/nodes", R"([{"Name":"h1"},{"Name":"h2"}])");
  EXPECT_EQ(at({"explain", ""}), "web\ndb\n:4\n");
  EXPECT_EQ(at({"explain", "--format", "json", "w"}), "web\n:4\n");
  EXPECT_EQ(at({"explain", "web", ""}), ":4\n");
  EXPECT_EQ(at({"node", "release", ""}), "h1\nh2\n:4\n");
}

TEST_F(CompleteTest, FlagsAndTheirValues) {
  EXPECT_EQ(at({"rebalance", "--d"}), "--detach\n--dry-run\n:4\n");
  EXPECT_EQ(at({"explain", "--format", ""}), "table\njson\n:4\n");
  EXPECT_EQ(at({"node", "adopt", "--tls-ca", ""}), ":0\n") << "the shell offers files";
}

TEST_F(CompleteTest, NodesAndNetworksWhereTheyAreMeant) {
  daemon_.say("GET /ward/nodes", R"([{"Name":"h1"},{"Name":"h2"}])");
  daemon_.say("GET /networks",
              R"([{"Name":"back","Scope":"swarm"},{"Name":"bridge","Scope":"local"},{}])");
  EXPECT_EQ(at({"trace", "--from", ""}), "h1\nh2\n:4\n");
  EXPECT_EQ(at({"trace", "--network", ""}), "back\n:4\n");
  EXPECT_EQ(at({"doctor", "--network", "--node", "h2", "b"}), "back\n:4\n");
  EXPECT_EQ(at({"doctor", "--network", "back", ""}), "back\n:4\n") << "several may be named";
}

TEST_F(CompleteTest, ADaemonThatIsAwayOffersNothing) {
  daemon_.unreachable = true;
  EXPECT_EQ(at({"explain", ""}), ":4\n");
}

}  // namespace
}  // namespace swarmward::cli
