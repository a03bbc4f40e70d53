#include <sstream>

#include <gmock/gmock.h>

#include "cli/testing/fake_keyboard.h"
#include "cli/testing/fake_requests.h"
#include "cli/verbs/verbs.h"

namespace swarmward::cli {
namespace {

using ::testing::HasSubstr;

class NetworkVerbsTest : public ::testing::Test {
 protected:
  Result<int> run(Verb verb,
                  std::vector<std::string> arguments,
                  std::map<std::string, std::string> const& flags) {
    Values values;
    values.arguments = std::move(arguments);
    for (auto const& [name, value] : flags) {
      values.flags[name] = {value};
    }
    Session session{daemon_, out_, err_, keyboard_};
    return verb(session, values);
  }

  FakeRequests daemon_;
  std::ostringstream out_;
  std::ostringstream err_;
  FakeKeyboard keyboard_;
};

TEST_F(NetworkVerbsTest, DoctorNamesNodesAndCures) {
  daemon_.say("GET /ward/doctor/networks", R"({"Differences":2,"Nodes":[
      {"Name":"h1","Status":"ok","NodePlan":"a1","NodePlanAgeSeconds":12,"LookedAt":80,
       "Networks":["back","ingress"],"Findings":[
         {"Network":"","What":"no module","Cause":"not loaded","Cure":"load it","Note":true}]},
      {"Name":"h2","Status":"differs","NodePlan":"a1","NodePlanAgeSeconds":-1,"LookedAt":1,
       "Networks":[],"Findings":[
         {"Network":"back","What":"no way","Cause":"by hand","Cure":"wait","Note":false}]},
      {"Name":"h3","Status":"no answer","Problem":"silent","Cure":"start it","Findings":[]},
      {"Name":"h4","Status":"no agent","Problem":"","Cure":"","Findings":[]}]})");
  EXPECT_EQ(run(&doctor, {}, {{"network", "true"}}).value(), 1);
  EXPECT_EQ(out_.str(),
            "h1: ok\n"
            "  plan a1, told 12 s ago; back, ingress: 80 things compared\n"
            "  note: no module\n"
            "    cause: not loaded\n"
            "    cure:  load it\n"
            "\n"
            "h2: 1 difference\n"
            "  plan a1; no network: 1 thing compared\n"
            "  back: no way\n"
            "    cause: by hand\n"
            "    cure:  wait\n"
            "\n"
            "h3: no answer\n"
            "  silent\n"
            "    cure:  start it\n"
            "\n"
            "h4: no agent\n"
            "  an adopted engine has no agent, so it takes no part in the swarm's networks\n"
            "\n"
            "4 nodes, 2 differences\n");
}

TEST_F(NetworkVerbsTest, DoctorAsksForNodesAndNetworks) {
  daemon_.say("GET /ward/doctor/networks?node=h%202&networks=back%2Cfront",
              R"({"Differences":0,"Nodes":[]})");
  auto const flags =
      std::map<std::string, std::string>{{"network", "true"}, {"node", "h 2"}, {"json", "true"}};
  EXPECT_EQ(run(&doctor, {"back", "front"}, flags).value(), 0);
  EXPECT_EQ(nlohmann::json::parse(out_.str())["Differences"], 0);
  EXPECT_THAT(run(&doctor, {"back"}, {}).error().message, HasSubstr("need --network"));
  EXPECT_THAT(run(&doctor, {}, {{"node", "h2"}}).error().message, HasSubstr("need --network"));
}

TEST_F(NetworkVerbsTest, TraceTellsTheWayAndWhoIsNext) {
  daemon_.say("GET /ward/trace?target=web%3A8080&from=h3", R"({"Service":"web","Kind":"ingress",
      "Port":"8080->80/tcp","Network":"ingress","From":"h3","MTU":1450,"NextIsOneOf":1,
      "Steps":["a client connects","h3 hands over"],
      "Backends":[
        {"Turn":1,"InMap":true,"Serves":true,"Task":"web.1","Node":"h1","Address":"10.0.0.5",
         "State":"running","DesiredState":"running","OnEntryNode":false},
        {"Turn":0,"InMap":false,"Serves":false,"Task":"web.2","Node":"h3","Address":"10.0.0.6",
         "State":"starting","DesiredState":"running","OnEntryNode":true}],
      "Warnings":["mind the gap"]})");
  EXPECT_EQ(run(&trace, {"web:8080"}, {{"from", "h3"}}).value(), 1);
  EXPECT_EQ(
      out_.str(),
      "web, port 8080->80/tcp in ingress mode, from h3\n"
      "\n"
      "  1. a client connects\n"
      "  2. h3 hands over\n"
      "\n"
      "  TURN      TASK      NODE        ADDRESS    STATE      WANTED\n"
      "  1 of 1    web.1     h1          10.0.0.5   running    running\n"
      "  no        web.2     h3 (here)   10.0.0.6   starting   running\n"
      "  the next connection goes to any one of those with a turn: where the kernel's counter "
      "stands cannot be seen\n"
      "  MTU of the network: 1450\n"
      "\n"
      "warning: mind the gap\n");
}

TEST_F(NetworkVerbsTest, TraceInsideOfANetwork) {
  daemon_.say("GET /ward/trace?target=web&network=back",
              R"({"Service":"web","Kind":"dnsrr","Port":"","Network":"back","From":"h1","MTU":0,
                  "Steps":[],"Backends":[{"Serves":true,"Task":"web.1","Node":"h1"}],
                  "Warnings":[]})");
  EXPECT_EQ(run(&trace, {"web"}, {{"network", "back"}}).value(), 0);
  EXPECT_THAT(out_.str(), HasSubstr("web in network back, from h1\n"));
  EXPECT_THAT(out_.str(), HasSubstr("  yes       web.1"));
}

}  // namespace
}  // namespace swarmward::cli
