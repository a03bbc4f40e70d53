#include "api/routes/testing/api_test.h"

namespace swarmward::api {
namespace {

/// Which published ports of two services get along.
class ServicePortsTest : public ApiTest {
 protected:
  ServicePortsTest() { make_swarm(); }

  static std::string published(std::string const& name, std::string const& ports) {
    return spec(name, R"("EndpointSpec":{"Ports":[)" + ports + "]}");
  }
  std::string in_use(std::string const& by, std::string const& how) {
    return "400 rpc error: code = InvalidArgument desc = port '8085' is already in use by service "
           "'" +
           by + "' (" + service(by).id.str() + ") " + how;
  }
  std::string try_create(std::string const& port) {
    return outcome("POST", "/services/create", published("", port));
  }
  /// What the allocator would write.
  void allocate(std::string const& name, std::uint32_t port) {
    change([&](state::Draft& draft) -> Result<void> {
      auto allocated = service(name);
      allocated.endpoint.spec = allocated.spec->endpoint;
      allocated.endpoint.ports = allocated.spec->endpoint->ports;
      allocated.endpoint.ports[0].published_port = port;
      draft.put(std::move(allocated));
      return {};
    });
  }
};

constexpr auto kIngress = R"({"TargetPort":80,"PublishedPort":8085})";
constexpr auto kHost = R"({"TargetPort":80,"PublishedPort":8085,"PublishMode":"host"})";
constexpr auto kIngressUdp = R"({"TargetPort":80,"PublishedPort":8085,"Protocol":"udp"})";
constexpr auto kOther = R"({"TargetPort":80,"PublishedPort":8086})";
constexpr auto kOpen = R"({"TargetPort":80})";

TEST_F(ServicePortsTest, ThoseOfTheSwarmItselfAreNotHandedOver) {
  auto const refusal = [](std::string const& port) {
    return "400 rpc error: code = InvalidArgument desc = port '" + port +
           "' is already in use by the swarm itself, between its hosts";
  };
  change([](state::Draft& draft) -> Result<void> {
    auto cluster = *draft.view().cluster;
    cluster.listen_addr = "0.0.0.0:2378";
    cluster.data_path_port = 4790;
    draft.put(std::move(cluster));
    model::Node member;
    member.id = model::NodeId("memberofthatswarm00000000");
    member.access.agent_port = 7947;
    draft.put(std::move(member));
    return {};
  });
  EXPECT_EQ(try_create(R"({"TargetPort":80,"PublishedPort":2378})"), refusal("2378"));
  EXPECT_EQ(try_create(R"({"TargetPort":80,"PublishedPort":7947})"), refusal("7947"));
  EXPECT_EQ(try_create(R"({"TargetPort":80,"PublishedPort":4790,"Protocol":"udp"})"),
            refusal("4790"));
  EXPECT_EQ(try_create(R"({"TargetPort":80,"PublishedPort":4790})"), "201");
  EXPECT_EQ(try_create(R"({"TargetPort":80,"PublishedPort":2378,"Protocol":"udp"})"), "201");
}

TEST_F(ServicePortsTest, OfAnIngressPortThereIsOne) {
  create(published("web", kIngress));
  auto const taken = in_use("web", "as an ingress port");
  EXPECT_EQ(try_create(kIngress), taken);
  EXPECT_EQ(try_create(kHost), taken);
  EXPECT_EQ(try_create(std::string(kOther) + "," + kIngress), taken);
  EXPECT_EQ(try_create(kIngressUdp), "201");
  EXPECT_EQ(try_create(kOther), "201");
  EXPECT_EQ(try_create(kOpen), "201");
}

TEST_F(ServicePortsTest, HostPortsOnlyKeepOutIngressPorts) {
  create(published("web", kHost));
  EXPECT_EQ(try_create(kIngress), in_use("web", "as a host-published port"));
  EXPECT_EQ(try_create(kHost), "201");
  EXPECT_EQ(try_create(kIngressUdp), "201");
}

TEST_F(ServicePortsTest, ChosenPortsCountToo) {
  create(published("web", kOpen));
  allocate("web", 8085);
  EXPECT_EQ(try_create(kIngress), in_use("web", "as an ingress port"));
}

TEST_F(ServicePortsTest, AnUpdateIsOnlyCheckedIfItChangesTheEndpoint) {
  create(published("web", kIngress));
  create(published("late", kOther));
  auto const update = [this](std::string const& name, std::string const& body) {
    auto const version = std::to_string(service(name).meta.version);
    return outcome("POST", "/services/" + name + "/update?version=" + version, body);
  };
  EXPECT_EQ(update("late", published("late", kIngress)), in_use("web", "as an ingress port"));
  EXPECT_EQ(update("late", published("late", kOther)), "200");
  // A conflict that is there already does not stand in the way of other changes.
  allocate("late", 8085);
  EXPECT_EQ(update("web",
                   spec("web",
                        R"("Labels":{"a":"b"},"EndpointSpec":{"Ports":[)" + std::string(kIngress) +
                            "]}")),
            "200");
  EXPECT_EQ(update("web", published("web", R"({"TargetPort":81,"PublishedPort":8085})")),
            in_use("late", "as an ingress port"));
}

TEST_F(ServicePortsTest, TheSpecItselfMustBeSound) {
  std::string const wrong = "400 rpc error: code = InvalidArgument desc = EndpointSpec: ";
  EXPECT_EQ(try_create(std::string(kIngress) + "," + kHost),
            wrong + "duplicate published ports provided");
  EXPECT_EQ(try_create(R"({"TargetPort":80,"PublishedPort":70000})"),
            wrong +
                "published port 70000 is out of range: use a port from 1 to 65535, or leave it "
                "out to have one chosen");
  EXPECT_EQ(try_create(R"({"TargetPort":70000})"),
            wrong + "target port 70000 is out of range: use a port from 1 to 65535");
  EXPECT_EQ(outcome("POST",
                    "/services/create",
                    spec("x", R"("EndpointSpec":{"Mode":"dnsrr","Ports":[{"TargetPort":80}]})")),
            wrong + "port published with ingress mode can't be used with dnsrr mode");
  EXPECT_EQ(
      outcome("POST",
              "/services/create",
              spec("x", R"("EndpointSpec":{"Mode":"dnsrr","Ports":[)" + std::string(kHost) + "]}")),
      "201");
}

}  // namespace
}  // namespace swarmward::api
