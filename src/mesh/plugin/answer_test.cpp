#include "mesh/plugin/answer.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace swarmward::mesh {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;

constexpr char const* kIds = R"({"NetworkID":"n","EndpointID":"e","SandboxKey":"/x"})";

class FakeDriver final : public NetworkDriver {
 public:
  Result<void> create_network(CreateNetworkRequest const& request) override {
    return noted("create_network " + request.network);
  }
  Result<void> delete_network(std::string const& network) override {
    return noted("delete_network " + network);
  }
  Result<EndpointAnswer> create_endpoint(CreateEndpointRequest const& request) override {
    calls.push_back("create_endpoint " + request.endpoint);
    return EndpointAnswer{.address = "10.0.1.5/24", .mac = "02:42:0a:00:01:05"};
  }
  Result<void> delete_endpoint(EndpointRequest const& request) override {
    return noted("delete_endpoint " + request.endpoint);
  }
  Result<JoinAnswer> join(EndpointRequest const& request) override {
    calls.push_back("join " + request.endpoint);
    return JoinAnswer{.device = "mc1", .internal = internal, .on_wire = on_wire};
  }
  Result<void> leave(EndpointRequest const& request) override {
    return noted("leave " + request.endpoint);
  }

  std::vector<std::string> calls;
  Result<void> outcome;
  bool internal = false;
  std::vector<Subnet> on_wire;

 private:
  Result<void> noted(std::string call) {
    calls.push_back(std::move(call));
    return outcome;
  }
};

class AnswerEngine : public ::testing::Test {
 protected:
  json body(char const* path, char const* request) {
    auto const reply = answer_engine(path, request, driver_);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json::parse(reply.body);
  }
  FakeDriver driver_;
};

TEST_F(AnswerEngine, SaysWhatItIs) {
  EXPECT_EQ(body("/Plugin.Activate", ""), json::parse(R"({"Implements":["NetworkDriver"]})"));
  EXPECT_EQ(body("/NetworkDriver.GetCapabilities", ""),
            json::parse(R"({"Scope":"local","ConnectivityScope":"global"})"));
  EXPECT_EQ(body("/NetworkDriver.EndpointOperInfo", kIds), json::parse(R"({"Value":{}})"));
}

TEST_F(AnswerEngine, TellsAddressAndDevice) {
  auto const made = body("/NetworkDriver.CreateEndpoint",
                         R"({"NetworkID":"n","EndpointID":"e","Options":{"ward.ip":"10.0.1.5"}})");
  EXPECT_EQ(made["Interface"]["Address"], "10.0.1.5/24");
  EXPECT_EQ(made["Interface"]["MacAddress"], "02:42:0a:00:01:05");
  auto const joined = body("/NetworkDriver.Join", kIds);
  EXPECT_EQ(joined["InterfaceName"], json::parse(R"({"SrcName":"mc1","DstPrefix":"eth"})"));
  EXPECT_EQ(joined["DisableGatewayService"], false);
  EXPECT_FALSE(joined.contains("Gateway"));
  EXPECT_FALSE(joined.contains("StaticRoutes"));
}

TEST_F(AnswerEngine, TellsWhichOtherSubnetsAreOnTheWire) {
  driver_.on_wire = {*parse_subnet("10.0.2.0/29")};
  EXPECT_EQ(body("/NetworkDriver.Join", kIds)["StaticRoutes"],
            json::parse(R"([{"Destination":"10.0.2.0/29","RouteType":1,"NextHop":""}])"));
}

TEST_F(AnswerEngine, AnInternalNetworkHasNoWayOut) {
  driver_.internal = true;
  EXPECT_EQ(body("/NetworkDriver.Join", kIds)["DisableGatewayService"], true);
}

TEST_F(AnswerEngine, HandsOnWhatGoes) {
  EXPECT_EQ(body("/NetworkDriver.Leave", kIds), json::object());
  EXPECT_EQ(body("/NetworkDriver.DeleteEndpoint", kIds), json::object());
  EXPECT_EQ(body("/NetworkDriver.DeleteNetwork", kIds), json::object());
  EXPECT_THAT(driver_.calls, ElementsAre("leave e", "delete_endpoint e", "delete_network n"));
}

TEST_F(AnswerEngine, AnUnknownCallIsNotFound) {
  EXPECT_EQ(answer_engine("/NetworkDriver.GwAllocCheck", "{}", driver_).status, 404);
  EXPECT_EQ(answer_engine("/", "{}", driver_).status, 404);
}

TEST_F(AnswerEngine, ErrorsAreToldInTheEnginesForm) {
  driver_.outcome = conflict("the address is in use");
  auto const failed = answer_engine("/NetworkDriver.Leave", kIds, driver_);
  EXPECT_EQ(failed.status, 500);
  EXPECT_EQ(json::parse(failed.body)["Err"], "the address is in use");
  EXPECT_EQ(answer_engine("/NetworkDriver.Leave", "{}", driver_).status, 400);
}

}  // namespace
}  // namespace swarmward::mesh
