#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "mesh/apply/ingress.h"
#include "mesh/apply/sandbox_routes.h"
#include "mesh/testing/backends.h"
#include "mesh/testing/mini_overlay.h"

namespace swarmward::mesh {

inline constexpr std::uint16_t kPort = 8080;
inline Target const kFirstHost{"192.0.2.1", kPort};
inline Target const kSecondHost{"192.0.2.2", kPort};

/// Two hosts with a task each, and a client outside; every host answers on port 8080.
class IngressTest : public MiniOverlayTest, public ::testing::WithParamInterface<ChosenBackend> {
 protected:
  void SetUp() override {
    MiniOverlayTest::SetUp();
    if (IsSkipped()) {
      return;
    }
    if (auto const reason = why_not(GetParam()); !reason.empty()) {
      GTEST_SKIP() << reason;
    }
    first_ = &add_host("10.0.0.2");
    second_ = &add_host("10.0.0.3");
    outside_ = &add_outsider();
    near_ = &add_task(*first_, "10.0.0.11");
    far_ = &add_task(*second_, "10.0.0.12");
    connect();
    for (auto const* task : {near_, far_}) {
      SandboxRoute const route{.sandbox = folder() / ("task-" + task->address),
                               .address = parse_address(task->address).value(),
                               .subnet = parse_subnet("10.0.0.0/24").value(),
                               .node = parse_address(task->host->node).value()};
      set_sandbox_route(route).value();
    }
    ingress_ = make_ingress(first_->net);
    other_ = make_ingress(second_->net);
  }

  static std::unique_ptr<Ingress> make_ingress(NetNamespace const& host,
                                               Subnet link = Ingress::kDefaultLink) {
    return std::make_unique<Ingress>(Ingress::make(host, link, GetParam()).value());
  }

  static std::vector<model::PlannedPort> serving(std::vector<std::string> const& backends) {
    return {{kPort, 80, model::Protocol::Tcp, backends},
            {kPort, 80, model::Protocol::Udp, backends}};
  }

  /// The clients' addresses shall be kept.
  void publish_kept() {
    auto ports = serving({"10.0.0.11", "10.0.0.12"});
    for (auto& port : ports) {
      port.mode = model::IngressMode::Preserve;
    }
    publish(ports);
  }

  /// On both hosts.
  void publish(std::vector<model::PlannedPort> const& ports) {
    for (auto const& [ingress, host] :
         {std::pair{ingress_.get(), first_}, {other_.get(), second_}}) {
      ingress->ensure(*host->overlay, plan(*host)).value();
      ingress->apply(ports).value();
    }
  }

  void serve(std::vector<std::string> const& backends) { publish(serving(backends)); }

  void publish() { serve({"10.0.0.11", "10.0.0.12"}); }

  Host* first_ = nullptr;
  Host* second_ = nullptr;
  Task* near_ = nullptr;
  Task* far_ = nullptr;
  NetNamespace* outside_ = nullptr;
  std::unique_ptr<Ingress> ingress_;
  std::unique_ptr<Ingress> other_;
};

}  // namespace swarmward::mesh
