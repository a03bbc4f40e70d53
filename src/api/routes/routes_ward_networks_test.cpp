#include <tuple>

#include "api/routes/testing/networks_test.h"

namespace swarmward::api {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

/// A manager "host1" and a worker "a", with a network and a service in it.
class WardNetworksTest : public NetworksTest {
 protected:
  WardNetworksTest() {
    worker_ = add_node("a", model::NodeRole::Worker);
    back_ = create_network("back");
    allocate(back_, 4097, "10.0.1");
  }

  NodeNetworks said(model::NodeId const& node, std::string const& name) const {
    NodeNetworks line;
    line.node = node;
    line.name = name;
    line.plan = "a1";
    line.report = model::NetworkReport{.mark = "a1",
                                       .age_seconds = 3,
                                       .networks = {"back"},
                                       .looked_at = 9,
                                       .findings = {},
                                       .path = {}};
    return line;
  }
  static model::NetworkFinding finding(bool note = false) {
    return {.kind = "peer.no-way",
            .network = "back",
            .what = "no way",
            .cause = "by hand",
            .cure = "wait",
            .note = note};
  }

  /// A service that publishes 8080 in this mode and is in the network, with an address and a task
  /// on the worker.
  void make_web(std::string const& mode = "ingress") {
    auto const ingress = create_network("ingress", R"(,"Ingress":true)");
    create(spec("web",
                R"("EndpointSpec":{"Ports":[{"Protocol":"tcp","TargetPort":80,)"
                R"("PublishedPort":8080,"PublishMode":")" +
                    mode + R"("}]})"));
    change([&](state::Draft& draft) -> Result<void> {
      auto web = service("web");
      auto changed = *web.spec;
      changed.task.networks = {{back_, {}, {}}};
      web.spec = std::make_shared<model::ServiceSpec const>(changed);
      web.endpoint.ports = web.spec->endpoint->ports;
      web.endpoint.virtual_ips = {{back_, "10.0.1.5/24"}};
      draft.put(std::move(web));
      return {};
    });
    task_ = add_task("web", worker_, 1);
    change([&](state::Draft& draft) -> Result<void> {
      auto task = *draft.view().find_task(task_);
      task.networks = std::vector<model::NetworkAddress>{
          {model::NetworkId(ingress), "10.0.0.11/24"}, {model::NetworkId(back_), "10.0.1.11/24"}};
      draft.put(std::move(task));
      return {};
    });
  }

  /// What the manager's node says of a key's way.
  void lead_to(std::vector<std::string> targets, bool open = true) {
    auto here = said(manager_, "host1");
    here.report->path = model::NetworkPath{.open = open,
                                           .targets = std::move(targets),
                                           .mtu = 1450,
                                           .node_address = "10.0.0.2",
                                           .backend = "nftables"};
    ward_.networks = {here, said(worker_, "a")};
  }

  model::NodeId worker_;
  std::string back_;
  model::TaskId task_;
};

TEST_F(WardNetworksTest, AllNodesAreAskedByName) {
  ward_.networks = {said(worker_, "a")};
  auto const document = get("/ward/doctor/networks");
  EXPECT_THAT(ward_.asked_look.nodes, ElementsAre(worker_, manager_));
  EXPECT_THAT(ward_.asked_look.networks, IsEmpty());
  EXPECT_EQ(document["Differences"], 0);
  auto const& node = document["Nodes"][0];
  EXPECT_EQ(node["Status"], "ok");
  EXPECT_EQ(node["NodePlan"], "a1");
  EXPECT_EQ(node["LookedAt"], 9);
}

TEST_F(WardNetworksTest, OneNodeAndSomeNetworks) {
  get("/ward/doctor/networks?node=a&networks=back");
  EXPECT_THAT(ward_.asked_look.nodes, ElementsAre(worker_));
  EXPECT_THAT(ward_.asked_look.networks, ElementsAre(back_));
  EXPECT_THAT(outcome("GET", "/ward/doctor/networks?node=zz"), HasSubstr("404 node zz not found"));
  EXPECT_THAT(outcome("GET", "/ward/doctor/networks?networks=back,zz"),
              HasSubstr("404 network zz not found"));
}

TEST_F(WardNetworksTest, FindingsAndSilenceAreDifferencesNotesAreNot) {
  auto broken = said(worker_, "a");
  broken.report->findings = {finding(), finding(true)};
  NodeNetworks silent;
  silent.name = "host1";
  silent.problem = "no answer in time";
  silent.cure = "start it";
  NodeNetworks bare;
  bare.has_agent = false;
  ward_.networks = {broken, silent, bare};
  auto const document = get("/ward/doctor/networks");
  EXPECT_EQ(document["Differences"], 2);
  EXPECT_EQ(document["Nodes"][0]["Status"], "differs");
  EXPECT_EQ(document["Nodes"][0]["Findings"][0]["Kind"], "peer.no-way");
  EXPECT_EQ(document["Nodes"][0]["Findings"][1]["Note"], true);
  EXPECT_EQ(document["Nodes"][1]["Status"], "no answer");
  EXPECT_EQ(document["Nodes"][1]["Cure"], "start it");
  EXPECT_EQ(document["Nodes"][2]["Status"], "no agent");
}

TEST_F(WardNetworksTest, APublishedPortIsFollowed) {
  make_web();
  lead_to({"10.0.0.11 . 80"});
  auto const document = get("/ward/trace?target=web:8080");
  EXPECT_EQ(ward_.asked_look.path_key, "tcp . 8080");
  EXPECT_THAT(ward_.asked_look.nodes, ElementsAre(manager_, worker_));
  EXPECT_EQ(document["Kind"], "ingress");
  EXPECT_EQ(document["From"], "host1");
  EXPECT_EQ(document["MTU"], 1450);
  EXPECT_THAT(document["Warnings"], IsEmpty());
  ASSERT_THAT(document["Backends"], SizeIs(1));
  auto const& backend = document["Backends"][0];
  EXPECT_EQ(backend["Task"], "web.1");
  EXPECT_EQ(backend["Node"], "a");
  EXPECT_EQ(backend["Address"], "10.0.0.11");
  EXPECT_EQ(backend["Turn"], 1);
  EXPECT_EQ(backend["OnEntryNode"], false);
  EXPECT_EQ(document["NextIsOneOf"], 1);
}

TEST_F(WardNetworksTest, StepsNameWhatSharesConnectionsThere) {
  make_web();
  lead_to({"10.0.0.11 . 80"});
  for (auto const& [backend, publisher, sharer] :
       {std::tuple{"nftables", "table ip ward_published", "table ip ward_ingress"},
        {"ipvs", "chain WARD-PUB-ALL", "(IPVS)"},
        {"iptables", "chain WARD-PUB-ALL", "chains WARD-PORT-"}}) {
    ward_.networks[0].report->path->backend = backend;
    auto const steps = get("/ward/trace?target=web:8080")["Steps"].dump();
    EXPECT_THAT(steps, HasSubstr(publisher));
    EXPECT_THAT(steps, HasSubstr(sharer));
  }
}

TEST_F(WardNetworksTest, AVirtualAddressIsFollowed) {
  make_web();
  lead_to({"10.0.1.11"});
  auto const document = get("/ward/trace?target=web&from=host1&network=back");
  EXPECT_EQ(ward_.asked_look.path_key, "10.0.1.5");
  EXPECT_EQ(ward_.asked_look.path_network, back_);
  EXPECT_EQ(document["Kind"], "vip");
  EXPECT_EQ(document["VirtualIP"], "10.0.1.5");
  EXPECT_EQ(document["Backends"][0]["InMap"], true);
  // The manager's node has no address in the network.
  EXPECT_THAT(document["Warnings"].dump(), HasSubstr("no container on host1 is in network back"));
}

TEST_F(WardNetworksTest, WhatWouldBreakIsWarnedOf) {
  make_web();
  lead_to({"10.0.0.99 . 80"}, false);
  ward_.networks[1].report->findings = {finding()};
  auto const warnings = get("/ward/trace?target=web:8080/tcp")["Warnings"].dump();
  EXPECT_THAT(warnings, HasSubstr("host1 does not publish port 8080/tcp"));
  EXPECT_THAT(warnings, HasSubstr("task web.1 serves, but host1 does not lead to it"));
  EXPECT_THAT(warnings, HasSubstr("leads to 10.0.0.99 . 80, which belongs to no task"));
  EXPECT_THAT(warnings, HasSubstr("node a, network back: no way"));
  lead_to({});
  EXPECT_THAT(get("/ward/trace?target=web:8080")["Warnings"].dump(), HasSubstr("no backend"));
}

TEST_F(WardNetworksTest, NodesWithoutATaskOfALocalServiceAreNotBroken) {
  make_web();
  EXPECT_THAT(get("/ward/trace?target=web:8080")["Steps"].dump(), Not(HasSubstr("client's own")));
  change([&](state::Draft& draft) -> Result<void> {
    auto web = service("web");
    auto changed = *web.spec;
    changed.annotations.labels["ward.ingress"] = "local";
    web.spec = std::make_shared<model::ServiceSpec const>(changed);
    draft.put(std::move(web));
    return {};
  });
  lead_to({}, false);
  auto const document = get("/ward/trace?target=web:8080");
  EXPECT_THAT(document["Steps"].dump(), HasSubstr("from the client's own address"));
  EXPECT_THAT(document["Warnings"].dump(), HasSubstr("only nodes with a task of the service do"));
  EXPECT_THAT(document["Warnings"].dump(), Not(HasSubstr("does not lead to it")));
}

TEST_F(WardNetworksTest, APortInHostModeNeedsNoLook) {
  make_web("host");
  auto const document = get("/ward/trace?target=web:8080&from=a");
  EXPECT_THAT(ward_.asked_look.nodes, IsEmpty());
  EXPECT_EQ(document["Kind"], "host");
  EXPECT_EQ(document["NextIsOneOf"], 1);
  EXPECT_THAT(document["Warnings"], IsEmpty());
  EXPECT_THAT(get("/ward/trace?target=web:8080")["Warnings"].dump(),
              HasSubstr("host1 does not answer on this port"));
}

TEST_F(WardNetworksTest, ASilentEntryNodeCannotTell) {
  make_web();
  NodeNetworks silent;
  silent.node = manager_;
  silent.problem = "it did not answer in time";
  silent.cure = "start it";
  ward_.networks = {silent};
  EXPECT_THAT(outcome("GET", "/ward/trace?target=web:8080"),
              HasSubstr("503 node host1 does not tell what its kernel does: it did not answer in "
                        "time. To mend it: start it"));
  ward_.networks[0].has_agent = false;
  EXPECT_THAT(outcome("GET", "/ward/trace?target=web:8080"),
              HasSubstr("400 node host1 is an adopted"));
}

TEST_F(WardNetworksTest, MistakesHaveCauseAndCure) {
  make_web();
  for (auto const& [target, text] : std::vector<std::pair<std::string, std::string>>{
           {"nope:80", "404 service nope not found"},
           {"", "400 name a service"},
           {"web:", "400 \"\" is no port"},
           {"web:0", "400 \"0\" is no port"},
           {"web:99999", "is no port"},
           {"web:81", "404 service web does not publish port 81: it publishes 8080->80/tcp"},
           {"web:8080/udp", "does not publish port 8080/udp"},
           {"web&from=zz", "404 node zz not found"},
           {"web&network=front", "404 service web is not in network front: it is in back"}}) {
    EXPECT_THAT(outcome("GET", "/ward/trace?target=" + target), HasSubstr(text)) << target;
  }
  create(spec("alone"));
  EXPECT_THAT(outcome("GET", "/ward/trace?target=alone"),
              HasSubstr("400 service alone is in no overlay"));
  EXPECT_THAT(outcome("GET", "/ward/trace?target=alone:80"), HasSubstr("it publishes no port"));
}

}  // namespace
}  // namespace swarmward::api
