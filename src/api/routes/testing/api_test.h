#pragma once

#include <memory>
#include <string>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/events/event_log.h"
#include "api/passthrough/container_index.h"
#include "api/router.h"
#include "api/routes/testing/fake_attach_control.h"
#include "api/routes/testing/fake_responder.h"
#include "api/routes/testing/fake_swarm_control.h"
#include "api/routes/testing/fake_ward_control.h"
#include "state/testing/memory_persistence.h"

namespace swarmward::api {

class StandingClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return time; }
  Time time{std::chrono::seconds(1'700'000'000)};
};

/// The routes over a real store in memory, without sockets.
class ApiTest : public testing::Test {
 protected:
  ApiTest();

  /// `target` may carry a query, not encoded.
  Response request(std::string const& method,
                   std::string const& target,
                   std::string const& body = {},
                   ApiVersion version = {1, 44},
                   std::vector<std::pair<std::string, std::string>> headers = {});
  /// The answer as "404 message", or "200" where there is no message.
  std::string outcome(std::string const& method,
                      std::string const& target,
                      std::string const& body = {},
                      ApiVersion version = {1, 44});
  nlohmann::json get(std::string const& target, ApiVersion version = {1, 44});

  /// From now on with containers of that scope; at first they are the host's.
  void serve(Scope scope);
  void change(state::Change wanted);
  /// A swarm with the manager "host1".
  void make_swarm();
  model::NodeId add_node(std::string const& hostname, model::NodeRole role);
  /// Returns the id of a service made through the API.
  std::string create(std::string const& body);
  model::TaskId add_task(std::string const& service, model::NodeId const& node, model::Slot slot);
  model::Service service(std::string const& name);
  std::string version_of(std::string const& target);
  /// Runs until nothing is left to do at once.
  void settle();

  boost::asio::io_context context_;
  /// Without it a context that has run out of work stays stopped.
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
      context_.get_executor()};
  StandingClock clock_;
  FakeSwarmControl control_;
  FakeWardControl ward_;
  FakeAttachControl attach_;
  EventLog events_{context_.get_executor(), clock_};
  ContainerIndex containers_{context_.get_executor()};
  std::unique_ptr<state::StateStore> store_;
  std::unique_ptr<SwarmApi> api_;
  model::NodeId manager_;
};

/// A minimal spec: `{"Name":…,"TaskTemplate":{"ContainerSpec":{"Image":"bb"}}}` plus `more` keys.
[[nodiscard]] std::string spec(std::string const& name, std::string const& more = {});

}  // namespace swarmward::api
