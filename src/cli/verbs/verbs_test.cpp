#include "cli/verbs/verbs.h"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "cli/testing/fake_keyboard.h"
#include "cli/testing/fake_requests.h"
#include "cli/verbs/local_checks.h"

namespace swarmward::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class VerbsTest : public ::testing::Test {
 protected:
  Values with(std::map<std::string, std::string> const& flags,
              std::vector<std::string> arguments = {}) {
    Values values;
    values.arguments = std::move(arguments);
    for (auto const& [name, value] : flags) {
      values.flags[name] = {value};
    }
    return values;
  }
  Result<int> run(Verb verb, Values const& values = {}) {
    Session session{daemon_, out_, err_, keyboard_};
    return verb(session, values);
  }

  FakeRequests daemon_;
  std::ostringstream out_;
  std::ostringstream err_;
  FakeKeyboard keyboard_;
};

TEST_F(VerbsTest, NodesAsTableAndAsJson) {
  daemon_.say("GET /ward/nodes",
              R"([{"ID":"n1","Name":"h1","Kind":"local","Address":"unix:///x","State":"ready",
                   "EngineVersion":"20.10.24"}])");
  EXPECT_EQ(run(&list_nodes).value(), 0);
  EXPECT_EQ(out_.str(),
            "ID        NAME      KIND      ADDRESS     STATE     ENGINE VERSION\n"
            "n1        h1        local     unix:///x   ready     20.10.24\n");
  out_.str({});
  EXPECT_EQ(run(&list_nodes, with({{"format", "json"}})).value(), 0);
  EXPECT_EQ(nlohmann::json::parse(out_.str())[0]["Name"], "h1");
  EXPECT_THAT(run(&list_nodes, with({{"format", "{{.ID}}"}})).error().message,
              HasSubstr("unknown format"));
}

TEST_F(VerbsTest, AdoptSendsTheContentsOfFiles) {
  auto const path = ::testing::TempDir() + "verbs_test_ca.pem";
  std::ofstream(path) << "PEM";
  daemon_.say("POST /ward/nodes/adopt", R"({"ID":"n9"})", 201);
  auto const values =
      with({{"tls-ca", path}, {"with-agent", "true"}}, {"edge", "tcp://10.0.0.9:2376"});
  EXPECT_EQ(run(&adopt_node, values).value(), 0);
  EXPECT_EQ(out_.str(), "n9\n");
  EXPECT_EQ(nlohmann::json::parse(daemon_.bodies.back()),
            nlohmann::json::parse(R"({"Name":"edge","Address":"tcp://10.0.0.9:2376",
                                      "TLS":{"CA":"PEM"},"WithAgent":true})"));
}

TEST_F(VerbsTest, AdoptAndReleaseWithAnAgent) {
  daemon_.say("POST /ward/nodes/adopt", R"({"ID":"n9"})", 201);
  auto const values =
      with({{"with-agent", "true"}, {"engine-socket", "/d.sock"}}, {"edge", "ssh://h"});
  EXPECT_EQ(run(&adopt_node, values).value(), 0);
  EXPECT_EQ(nlohmann::json::parse(daemon_.bodies.back()),
            nlohmann::json::parse(R"({"Name":"edge","Address":"ssh://h","WithAgent":true,
                                      "EngineSocket":"/d.sock"})"));
  daemon_.say("POST /ward/nodes/edge/release?force=1", R"({"Warning":"it is still there"})");
  EXPECT_EQ(run(&release_node, with({{"force", "true"}}, {"edge"})).value(), 0);
  EXPECT_THAT(err_.str(), HasSubstr("WARNING: it is still there"));
}

TEST_F(VerbsTest, AdoptRefusesWhatCannotBeMeant) {
  auto const refusal = [&](std::map<std::string, std::string> const& flags,
                           std::string const& url) {
    return run(&adopt_node, with(flags, {"edge", url})).error().message;
  };
  EXPECT_THAT(refusal({}, "10.0.0.9"), HasSubstr("invalid address"));
  EXPECT_THAT(refusal({{"tls-ca", "/nonexistent"}}, "tcp://x:1"),
              HasSubstr("--tls-ca: open /nonexistent: no such file"));
  auto const path = ::testing::TempDir() + "verbs_test_cert.pem";
  std::ofstream(path) << "PEM";
  EXPECT_THAT(refusal({{"tls-cert", path}}, "tcp://x:1"), HasSubstr("belong together"));
  EXPECT_THAT(refusal({{"tls-ca", path}}, "ssh://x"), HasSubstr("are for tcp://"));
  EXPECT_TRUE(daemon_.asked.empty());
}

TEST_F(VerbsTest, ReleaseSaysTheName) {
  daemon_.say("POST /ward/nodes/a%2Fb/release?force=1", "");
  EXPECT_EQ(run(&release_node, with({{"force", "true"}}, {"a/b"})).value(), 0);
  EXPECT_EQ(out_.str(), "a/b\n");
}

TEST_F(VerbsTest, ErrorsOfTheDaemonArePrintedAsDockerDoes) {
  daemon_.say("GET /ward/explain/nope", R"({"message":"service nope not found"})", 404);
  EXPECT_EQ(run(&explain, with({}, {"nope"})).error().message,
            "Error response from daemon: service nope not found");
}

TEST_F(VerbsTest, ExplainLaysOutServiceTasksAndNodes) {
  daemon_.say("GET /ward/explain/web",
              R"({"Service":{"Name":"web","Mode":"replicated","Wanted":2,"Running":1},
                  "Update":{"State":"paused","Message":"m","Explanation":["because"]},
                  "Notes":["a note"],
                  "Tasks":[{"ID":"t1","Name":"web.2","DesiredState":"running","State":"pending",
                    "Timestamp":"T","Message":"pending task scheduling","Err":"no suitable node",
                    "Explanation":["it waits"],
                    "Nodes":[{"Name":"h1","Filter":"Ready","Reason":"is down"}]}]})");
  EXPECT_EQ(run(&explain, with({}, {"web"})).value(), 0);
  EXPECT_EQ(out_.str(), R"(web (replicated): 1 of 2 tasks run

update:     paused: m
  -> because
-> a note

web.2  t1
  state:    pending (wanted: running), since T
  message:  pending task scheduling
  error:    no suitable node
  -> it waits
    NODE      FILTER    REASON
    h1        Ready     is down
)");
}

constexpr char const* kMove =
    R"({"Service":"web","Task":"web.2","From":"h1","To":"h2","NewTaskID":"new"})";

TEST_F(VerbsTest, DryRunListsTheMoves) {
  daemon_.say("POST /ward/rebalance?dry-run=1&service=web",
              R"({"Moves":[{"Service":"web","Task":"web.2","From":"h1","To":"h2"}],
                  "Notes":[{"Service":"db","Reason":"an update is under way"}]})");
  EXPECT_EQ(run(&rebalance, with({{"dry-run", "true"}}, {"web"})).value(), 0);
  EXPECT_EQ(out_.str(),
            "SERVICE   TASK      FROM      TO\n"
            "web       web.2     h1        h2\n");
  EXPECT_EQ(err_.str(), "db: an update is under way\n");
}

TEST_F(VerbsTest, RebalanceGoesOnUntilNothingIsLeft) {
  daemon_.say("POST /ward/rebalance?dry-run=0", std::string(R"({"Moves":[)") + kMove + "]}");
  daemon_.say("POST /ward/rebalance?dry-run=0", R"({"Moves":[]})");
  daemon_.say("GET /tasks/new", R"({"DesiredState":"running","Status":{"State":"running"}})");
  EXPECT_EQ(run(&rebalance).value(), 0);
  EXPECT_EQ(out_.str(), "web.2: h1 -> h2  running\nMoved 1 task\n");
}

TEST_F(VerbsTest, RebalanceStopsAtAMoveThatFails) {
  daemon_.say("POST /ward/rebalance?dry-run=0", std::string(R"({"Moves":[)") + kMove + "]}");
  daemon_.say("GET /tasks/new",
              R"({"DesiredState":"shutdown","Status":{"State":"failed","Err":"exit 1"}})");
  EXPECT_THAT(run(&rebalance).error().message, HasSubstr("a move failed"));
  EXPECT_EQ(out_.str(), "web.2: h1 -> h2  failed: exit 1\n");
}

TEST_F(VerbsTest, DoctorFailsIfAnyCheckDoes) {
  daemon_.say("GET /ward/version", R"({"Version":"0.1.0"})");
  daemon_.say("GET /ward/doctor",
              R"({"Checks":[{"Check":"engine","Subject":"h2","Status":"warn","Detail":"slow",
                             "Cure":"wait"}]})");
  EXPECT_EQ(run(&doctor).value(), 0);
  EXPECT_THAT(out_.str(), HasSubstr("warn: engine of h2: slow\n  cure: wait\n"));
  daemon_.answers.erase("GET /ward/doctor");
  daemon_.say("GET /ward/doctor",
              R"({"Checks":[{"Check":"engine","Subject":"h2","Status":"fail"}]})");
  EXPECT_EQ(run(&doctor, with({{"format", "json"}})).value(), 1);
  daemon_.unreachable = true;
  EXPECT_EQ(run(&doctor).value(), 1) << "a daemon that is away is a finding, too";
}

class StandingClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return time; }
  Time time{};
};

TEST_F(VerbsTest, DoctorComparesClocks) {
  StandingClock clock;
  clock.time = *parse_time("2023-11-14T22:13:20Z");
  auto const found_at = [&](std::string const& theirs) {
    daemon_.answers.clear();
    daemon_.say("GET /ward/version", R"({"Version":"0.1.0","Time":")" + theirs + R"("})");
    return check_daemon(daemon_, clock).back().dump();
  };
  EXPECT_THAT(found_at("2023-11-14T22:13:20.9Z"), HasSubstr("agrees with the daemon's"));
  EXPECT_THAT(found_at("2023-11-14T22:12:20Z"), HasSubstr("60 s ahead of the daemon's"));
  EXPECT_THAT(found_at("2023-11-14T22:14:20Z"), HasSubstr("60 s behind the daemon's"));
  EXPECT_THAT(found_at("noon"), HasSubstr("does not say what time it is"));
}

TEST_F(VerbsTest, AnOlderDaemonIsNotTakenForSomebodyElse) {
  auto const adopt = with({}, {"edge", "tcp://10.0.0.9:2375"});
  EXPECT_THAT(run(&adopt_node, adopt).error().message, HasSubstr("it is not swarmward"));
  daemon_.say("GET /ward/version", R"({"Version":"0.0.1"})");
  EXPECT_THAT(run(&adopt_node, adopt).error().message,
              HasSubstr("does not know /ward/nodes/adopt: it is older than this plugin"));
}

TEST_F(VerbsTest, VersionIsShownEvenIfNobodyAnswers) {
  daemon_.unreachable = true;
  EXPECT_THAT(run(&show_version).error().message, HasSubstr("Cannot connect"));
  EXPECT_THAT(out_.str(), HasSubstr("Client: docker-ward\n Version:           0.1.0\n"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("Server")));
}

}  // namespace
}  // namespace swarmward::cli
