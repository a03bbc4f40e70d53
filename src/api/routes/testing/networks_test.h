#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "api/routes/testing/api_test.h"
#include "base/testing/fake_upstream.h"

namespace swarmward::api {

/// A manager whose engine answers what is passed on with "from the engine", and notes it. What the
/// engine knows itself stands in `control_.engine->documents`.
class NetworksTest : public ApiTest {
 protected:
  NetworksTest() {
    control_.own_upstream = std::make_shared<Upstream const>(Upstream{
        net::make_plain_dialer(*net::parse_engine_address(upstream_.address())), {{1, 41}, ""}});
    control_.engine->documents["/networks"] = "[]";
    make_swarm();
  }

  /// Its id. It has no addresses until allocate().
  std::string create_network(std::string const& name, std::string const& more = {}) {
    auto const response = request(
        "POST", "/networks/create", R"({"Name":")" + name + R"(","Driver":"overlay")" + more + "}");
    EXPECT_EQ(response.status, 201U) << response.body;
    return nlohmann::json::parse(response.body, nullptr, false).value("Id", "");
  }
  /// What the allocator does.
  void allocate(std::string const& id, std::uint32_t vni, std::string const& net) {
    change([&](state::Draft& draft) -> Result<void> {
      auto network = *draft.view().find_network(model::NetworkId(id));
      network.vni = vni;
      network.ipam = {{net + ".0/24", "", net + ".1", {}}};
      draft.put(std::move(network));
      return {};
    });
  }
  /// The engine has its part of the network.
  void put_on_engine(std::string const& name,
                     std::string const& id,
                     std::string const& containers = "{}") {
    control_.engine->documents["/networks/" + name] =
        R"({"Name":")" + name + R"(","Id":"feed","Driver":"ward-node","Labels":{"ward.node.id":")" +
        manager_.str() + R"("},"Options":{"ward.network":")" + id + R"("},"Containers":)" +
        containers + "}";
  }
  /// The engine has a network of its own.
  void put_local(std::string const& name, std::string const& id) {
    auto const text = R"({"Name":")" + name + R"(","Id":")" + id + R"(","Driver":"bridge"})";
    control_.engine->documents["/networks/" + name] = text;
    control_.engine->documents["/networks/" + id] = text;
  }
  std::vector<std::string> passed_on() {
    std::lock_guard const lock(mutex_);
    return passed_on_;
  }

  std::mutex mutex_;
  std::vector<std::string> passed_on_;
  std::map<std::string, std::string> answers_;  ///< To requests that hold this text.
  FakeUpstream upstream_{[this](FakeUpstream::Peer& peer) {
    auto request = peer.read_request();
    if (request.empty()) {
      return;
    }
    std::lock_guard const lock(mutex_);
    auto text = answer(418, R"({"message":"from the engine"})");
    for (auto const& [part, prepared] : answers_) {
      text = request.find(part) == std::string::npos ? text : prepared;
    }
    passed_on_.push_back(std::move(request));
    peer.write(text);
  }};
};

inline constexpr auto kFromEngine = "418 from the engine";

}  // namespace swarmward::api
