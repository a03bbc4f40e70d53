#pragma once

#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "mesh/apply/balancing_parts.h"
#include "mesh/device_name.h"
#include "mesh/dns/dns_parts.h"
#include "mesh/host_networks.h"
#include "mesh/inspect/inspect.h"
#include "mesh/testing/asker.h"
#include "mesh/testing/scratch_net.h"
#include "wire/network_plan.h"

namespace swarmward::mesh {

inline model::NetworkPlan plan_of_host() {
  model::PlannedNetwork back;
  back.id = "n1";
  back.name = "back";
  back.vni = 4097;
  back.subnet = "10.0.1.0/24";
  back.node_address = "10.0.1.2";
  back.local = {"10.0.1.11"};
  back.peers = {{"10.0.1.12", "192.0.2.2"}};
  back.vips = {{"10.0.1.5", {"10.0.1.11", "10.0.1.12"}}};
  back.names = {{"web", {"10.0.1.5"}}, {"tasks.web", {"10.0.1.11", "10.0.1.12"}}};
  back.reverse = {{"web.1.x", {"10.0.1.11"}}};
  model::PlannedNetwork ingress;
  ingress.id = "ing";
  ingress.name = "ingress";
  ingress.vni = 4096;
  ingress.subnet = "10.0.0.0/24";
  ingress.node_address = "10.0.0.2";
  ingress.peers = {{"10.0.0.3", "192.0.2.2"}, {"10.0.0.12", "192.0.2.2"}};
  return {.networks = {ingress, back},
          .ingress = "ing",
          .ports = {{8080, 80, model::Protocol::Tcp, {"10.0.0.12"}}}};
}

/// A host with all that the agent makes for one plan, and an engine that fits.
class InspectTest : public ScratchNetTest {
 protected:
  explicit InspectTest(ChosenBackend backend = {}) : backend_(std::move(backend)) {}

  void SetUp() override {
    ScratchNetTest::SetUp();
    if (IsSkipped()) {
      return;
    }
    host_.emplace(NetNamespace::current().value());
    std::ofstream(folder() / "resolv.conf") << "nameserver 127.0.0.1\n";
    DnsOptions options;
    options.resolv_conf = folder() / "resolv.conf";
    dns_.emplace(io_, options);
    names_ = std::thread([this] { io_.run(); });
    balancing_.emplace(BalancingParts::make(*host_, Ingress::kDefaultLink, backend_).value());
    places_ = {.namespaces = folder() / "netns",
               .state = folder() / "state.json",
               .plan = folder() / "plan.json",
               .underlay = {},
               .backend = backend_};
    networks_.emplace(NetworkPaths{places_.namespaces, places_.state, places_.plan},
                      Underlay{},
                      std::vector<NetworkParts*>{&*balancing_, &*dns_});
    make_member();
    ASSERT_TRUE(networks_->follow(plan_)) << networks_->follow(plan_).error().message;
  }

  void TearDown() override {
    networks_.reset();
    balancing_.reset();
    dns_.reset();
    guard_.reset();
    if (names_.joinable()) {
      names_.join();
    }
  }

  /// As the engine asks when a container starts.
  void make_member() {
    NetworkOptions const options{.network = "n1",
                                 .vni = 4097,
                                 .subnet = *parse_subnet("10.0.1.0/24"),
                                 .node = *parse_address("10.0.1.2")};
    ASSERT_TRUE(networks_->create_network({.network = "engine-1", .options = options}));
    CreateEndpointRequest request;
    request.network = "engine-1";
    request.endpoint = "e1";
    request.address = *parse_address("10.0.1.11");
    ASSERT_TRUE(networks_->create_endpoint(request));
    ASSERT_TRUE(networks_->join({.network = "engine-1", .endpoint = "e1"}));
  }

  model::NetworkReport look(std::string const& key = {}, std::string const& network = {}) {
    model::NetworkQuestion question;
    question.plan = wire::network_plan_text(plan_);
    question.path_key = key;
    question.path_network = network;
    auto report = inspect_networks(places_, {}, engine_, question);
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : model::NetworkReport();
  }

  std::vector<std::string> kinds() {
    std::vector<std::string> all;
    for (auto const& finding : look().findings) {
      if (!finding.note) {
        all.push_back(finding.kind + ":" + finding.network);
      }
    }
    return all;
  }

  std::string in(char const* network, std::string const& command) {
    auto const home = NetNamespace::open(places_.namespaces / device_name("ov-", network)).value();
    return shell(home, command);
  }

  ChosenBackend backend_;
  boost::asio::io_context io_{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> guard_{
      io_.get_executor()};
  std::thread names_;
  std::optional<NetNamespace> host_;
  std::optional<DnsParts> dns_;
  std::optional<BalancingParts> balancing_;
  std::optional<HostNetworks> networks_;
  InspectedPlaces places_;
  model::NetworkPlan plan_ = plan_of_host();
  ObservedEngine engine_{
      .failure = {},
      .containers = {
          {.name = "web.1.x", .running = true, .addresses = {{"engine-1", "10.0.1.11"}}}}};
};

}  // namespace swarmward::mesh
