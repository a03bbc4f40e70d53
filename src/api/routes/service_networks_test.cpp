#include "api/routes/testing/networks_test.h"

namespace swarmward::api {
namespace {

class ServiceNetworksTest : public NetworksTest {
 protected:
  std::string with_network(std::string const& target) {
    return R"({"Name":"web","TaskTemplate":{"ContainerSpec":{"Image":"bb"},"Networks":[{"Target":")" +
           target + R"(","Aliases":["al"]}]}})";
  }
  std::string try_create(std::string const& target) {
    return outcome("POST", "/services/create", with_network(target));
  }
};

constexpr auto kPublished = R"("EndpointSpec":{"Ports":[{"TargetPort":80}]})";
constexpr auto kNoIngress =
    "400 rpc error: code = FailedPrecondition desc = service needs ingress network, but no ingress "
    "network is present";

TEST_F(ServiceNetworksTest, TargetsAreStoredAsWholeIds) {
  auto const id = create_network("back");
  for (auto const& target : {std::string("back"), id, id.substr(0, 9)}) {
    create(with_network(target));
    auto const network = get("/services/web")["Spec"]["TaskTemplate"]["Networks"][0];
    EXPECT_EQ(network["Target"], id) << target;
    EXPECT_EQ(network["Aliases"][0], "al");
    EXPECT_EQ(outcome("DELETE", "/services/web"), "200");
  }
}

TEST_F(ServiceNetworksTest, UpdatesResolveThemToo) {
  create(spec("web"));
  auto const id = create_network("back");
  EXPECT_EQ(outcome("POST",
                    "/services/web/update?version=" + version_of("/services/web"),
                    with_network("back")),
            "200");
  EXPECT_EQ(get("/services/web")["Spec"]["TaskTemplate"]["Networks"][0]["Target"], id);
}

TEST_F(ServiceNetworksTest, Refusals) {
  create_network("mesh", R"(,"Ingress":true)");
  put_local("own", std::string(64, 'a'));
  put_on_engine("left", "removedremovedremovedremo");
  EXPECT_EQ(try_create("mesh"),
            "400 rpc error: code = InvalidArgument desc = Service cannot be explicitly attached to "
            "the ingress network \"mesh\"");
  EXPECT_EQ(try_create("nope"), "500 network nope not found");
  EXPECT_EQ(try_create("left"), "500 network left not found");
  EXPECT_EQ(try_create("own"),
            "403 The network own cannot be used with services. Only networks scoped to the swarm "
            "can be used, such as those created with the overlay driver.");
  EXPECT_EQ(try_create("host"), "201");
}

/// Clients that ask the engine first name its own networks by their ids.
TEST_F(ServiceNetworksTest, TheEnginesOwnNetworksStandForThoseOfTheSwarm) {
  for (std::string const name : {"host", "bridge"}) {
    auto const id = std::string(63, 'a') + name.front();
    put_local(name, id);
    create(with_network(id));
    EXPECT_EQ(get("/services/web")["Spec"]["TaskTemplate"]["Networks"][0]["Target"], name);
    EXPECT_EQ(outcome("DELETE", "/services/web"), "200");
  }
  put_local("none", std::string(64, 'b'));
  EXPECT_EQ(try_create(std::string(64, 'b')),
            "404 could not find the corresponding predefined swarm network: network none not "
            "found");
}

TEST_F(ServiceNetworksTest, PortsOnAllNodesNeedTheIngressNetwork) {
  // A swarm without any network was founded before there were some.
  create(spec("old", kPublished));
  create_network("back");
  EXPECT_EQ(outcome("POST", "/services/create", spec("web", kPublished)), kNoIngress);
  create(spec("web"));
  auto const update = "/services/web/update?version=" + version_of("/services/web");
  EXPECT_EQ(outcome("POST", update, spec("web", kPublished)), kNoIngress);
  create(spec("direct", R"("EndpointSpec":{"Ports":[{"TargetPort":80,"PublishMode":"host"}]})"));
  create_network("ingress", R"(,"Ingress":true)");
  EXPECT_EQ(outcome("POST", update, spec("web", kPublished)), "200");
}

TEST_F(ServiceNetworksTest, TasksShowTheirNetworks) {
  auto const id = create_network("back");
  create(with_network("back"));
  auto const task = add_task("web", manager_, 1);
  EXPECT_FALSE(get("/tasks")[0].contains("NetworksAttachments"));
  change([&](state::Draft& draft) -> Result<void> {
    auto changed = *draft.view().find_task(task);
    changed.networks = {{model::NetworkId(id), "10.0.1.5/24"}};
    draft.put(std::move(changed));
    return {};
  });
  auto const shown = get("/tasks/" + task.str())["NetworksAttachments"];
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(shown[0]["Network"]["ID"], id);
  EXPECT_EQ(shown[0]["Network"]["Spec"]["Name"], "back");
  EXPECT_EQ(shown[0]["Addresses"][0], "10.0.1.5/24");
  EXPECT_EQ(get("/tasks")[0]["NetworksAttachments"], shown);
}

}  // namespace
}  // namespace swarmward::api
