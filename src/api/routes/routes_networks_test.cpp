#include "api/routes/testing/networks_test.h"

namespace swarmward::api {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string const kInvalid = "400 rpc error: code = InvalidArgument desc = ";

std::string body(std::string const& name, std::string const& more) {
  return R"({"Name":")" + name + R"(")" + more + "}";
}

TEST_F(NetworksTest, ANewOneIsThere) {
  auto const id = create_network("back", R"(,"Labels":{"a":"b"},"Attachable":true)");
  EXPECT_EQ(id.size(), kIdLength);
  EXPECT_EQ(get("/networks/back")["Driver"], "");  // No addresses yet.
  allocate(id, 4097, "10.0.1");
  auto const shown = get("/networks/" + id);
  EXPECT_EQ(shown["Name"], "back");
  EXPECT_EQ(shown["Driver"], "overlay");
  EXPECT_EQ(shown["Scope"], "swarm");
  EXPECT_EQ(shown["Attachable"], true);
  EXPECT_EQ(shown["Containers"], nullptr);
  EXPECT_EQ(shown["IPAM"]["Config"][0]["Subnet"], "10.0.1.0/24");
  EXPECT_FALSE(shown.contains("Peers"));
  for (auto const& target :
       std::vector<std::string>{id.substr(0, 8), "back?scope=swarm", id + "?scope=swarm"}) {
    EXPECT_EQ(get("/networks/" + target)["Id"], id) << target;
  }
  for (auto const* target : {"back?scope=local", "back?scope=zz", "bac?scope=swarm"}) {
    EXPECT_THAT(outcome("GET", std::string("/networks/") + target), StartsWith("404 network bac"));
  }
  EXPECT_EQ(outcome("GET", "/networks/back?verbose=zz"),
            "400 invalid value for verbose: zz: strconv.ParseBool: parsing \"zz\": invalid syntax");
  EXPECT_THAT(passed_on(), SizeIs(0));
}

TEST_F(NetworksTest, AnEncryptedOneShowsItsOptionAndNothingOfKeys) {
  auto const id = create_network("back", R"(,"Options":{"encrypted":""})");
  allocate(id, 4097, "10.0.1");
  auto const shown = get("/networks/" + id);
  EXPECT_EQ(shown["Options"],
            nlohmann::json(
                {{"com.docker.network.driver.overlay.vxlanid_list", "4097"}, {"encrypted", ""}}));
}

TEST_F(NetworksTest, NamesAreTakenOnce) {
  create_network("back");
  put_local("own", std::string(64, 'a'));
  auto const made = [this](std::string const& text) {
    return outcome("POST", "/networks/create", text);
  };
  auto const overlay = R"(,"Driver":"overlay")";
  EXPECT_EQ(made(body("back", overlay)), "409 network with name back already exists");
  EXPECT_EQ(made(body("back", R"(,"Driver":"bridge")")),
            "409 network with name back already exists");
  EXPECT_EQ(made(body("own", overlay)), "409 network with name own already exists");
  EXPECT_EQ(made(body("bridge", overlay)), "409 network with name bridge already exists");
  EXPECT_EQ(made(body("BACK", overlay)),
            "500 rpc error: code = Unknown desc = name conflicts with an existing object");
  EXPECT_EQ(made(body("none", overlay)),
            "403 operation is not permitted on predefined none network ");
  EXPECT_EQ(made(body("", overlay)), "400 invalid name: name is empty");
  EXPECT_EQ(made(body("a.b", overlay)), kInvalid + "name must be valid as a DNS name component");
}

TEST_F(NetworksTest, WhatCannotBeOfTheSwarm) {
  auto const made = [this](std::string const& more) {
    return outcome("POST", "/networks/create", body("x", more));
  };
  EXPECT_EQ(made(R"(,"Scope":"swarm")"),
            kInvalid + "driver name: if driver is specified name is required");
  EXPECT_EQ(made(R"(,"Scope":"swarm","Driver":"zz")"), "404 plugin \"zz\" not found");
  EXPECT_EQ(made(R"(,"Scope":"swarm","Driver":"null")"),
            kInvalid + "error during lookup of plugin null");
  EXPECT_EQ(made(R"(,"Scope":"local","Driver":"overlay")"),
            "403 cannot downgrade network scope for overlay networks");
  EXPECT_EQ(made(R"(,"Driver":"overlay","ConfigFrom":{"Network":"base"})"),
            "400 a network of the driver overlay is the same on all nodes: it cannot take its "
            "configuration from another network");
  EXPECT_EQ(made(R"(,"Driver":"overlay","IPAM":{"Config":[{"Subnet":"10.0.0.1/24"}]})"),
            "400 invalid network config:\ninvalid subnet 10.0.0.1/24: it should be 10.0.0.0/24");
  EXPECT_EQ(made(R"(,"Driver":"overlay","Ingress":true,"Attachable":true)"),
            kInvalid + "ingress network cannot be attachable");
  EXPECT_EQ(outcome("POST",
                    "/networks/create",
                    body("x", R"(,"Driver":"overlay","EnableIPv4":false)"),
                    {1, 48}),
            "400 IPv4 cannot be disabled in a Swarm scoped network");
  EXPECT_THAT(store_->snapshot()->networks.size(), 0);
}

TEST_F(NetworksTest, ThereIsOneIngressNetwork) {
  auto const id = create_network("ingress", R"(,"Ingress":true)");
  EXPECT_EQ(
      outcome("POST", "/networks/create", body("second", R"(,"Driver":"overlay","Ingress":true)")),
      "409 rpc error: code = AlreadyExists desc = ingress network (" + id + ") is already present");
}

TEST_F(NetworksTest, TheEnginesOwnAreTheEngines) {
  put_local("own", std::string(64, 'a'));
  EXPECT_EQ(outcome("GET", "/networks/own?verbose=true"), kFromEngine);
  EXPECT_EQ(outcome("DELETE", "/networks/own"), kFromEngine);
  EXPECT_EQ(outcome("GET", "/networks/gone"), kFromEngine);
  EXPECT_EQ(outcome("POST", "/networks/create", body("mine", R"(,"Driver":"bridge")")),
            kFromEngine);
  EXPECT_EQ(outcome("POST", "/networks/create", body("base", R"(,"ConfigOnly":true)")),
            kFromEngine);
  auto const asked = passed_on();
  ASSERT_THAT(asked, SizeIs(5));
  EXPECT_THAT(asked[0], StartsWith("GET /v1.41/networks/own?verbose=true HTTP/1.1"));
  EXPECT_THAT(asked[1], StartsWith("DELETE /v1.41/networks/own HTTP/1.1"));
  EXPECT_THAT(asked[3], HasSubstr(R"("CheckDuplicate":true)"));
  EXPECT_EQ(outcome("GET", "/networks/own?scope=swarm"), "404 network own not found");
}

TEST_F(NetworksTest, TheEnginesPartIsShownAsTheSwarms) {
  auto const id = create_network("back");
  allocate(id, 4097, "10.0.1");
  create(spec("web"));
  auto const task = add_task("web", manager_, 1);
  change([&](state::Draft& draft) -> Result<void> {
    auto changed = *draft.view().find_task(task);
    changed.networks = {{model::NetworkId(id), "10.0.1.5/24"}};
    draft.put(std::move(changed));
    auto node = *draft.view().find_node(manager_);
    node.status.addr = "10.9.9.1";
    node.attachments = {{model::NetworkId(id), "10.0.1.4/24"}};
    draft.put(std::move(node));
    return {};
  });
  auto const held = store_->snapshot()->find_task(task)->status.container->container_id.str();
  put_on_engine("back", id, R"({")" + held + R"(":{"Name":"web.1","IPv4Address":""}})");
  auto const shown = get("/networks/back");
  EXPECT_EQ(shown["Id"], id);
  EXPECT_EQ(shown["Driver"], "overlay");
  EXPECT_EQ(shown["Containers"][held]["IPv4Address"], "10.0.1.5/24");
  EXPECT_EQ(shown["Containers"]["lb-back"]["IPv4Address"], "10.0.1.4/24");
  EXPECT_EQ(shown["Peers"][0]["IP"], "10.9.9.1");
  control_.engine->documents["/networks/feed"] = control_.engine->documents["/networks/back"];
  EXPECT_EQ(get("/networks/feed")["Id"], id);
}

TEST_F(NetworksTest, VerboseTellsTheServicesOfAllNodes) {
  auto const id = create_network("back");
  auto const other = add_node("host2", model::NodeRole::Worker);
  create(R"({"Name":"web","TaskTemplate":{"ContainerSpec":{"Image":"bb"},
      "Networks":[{"Target":"back"}]}})");
  create(spec("elsewhere"));
  auto const task = add_task("web", other, 1);
  change([&](state::Draft& draft) -> Result<void> {
    auto changed = *draft.view().find_task(task);
    changed.networks = {{model::NetworkId(id), "10.0.1.5/24"}};
    draft.put(std::move(changed));
    auto service = *draft.view().find_service(changed.service_id);
    service.endpoint.virtual_ips = {{id, "10.0.1.2/24"}};
    draft.put(std::move(service));
    return {};
  });
  auto const services = get("/networks/back?verbose=true")["Services"];
  ASSERT_EQ(services.size(), 1U);
  EXPECT_EQ(services["web"]["VIP"], "10.0.1.2");
  EXPECT_EQ(services["web"]["Tasks"][0]["EndpointIP"], "10.0.1.5");
  EXPECT_THAT(services["web"]["Tasks"][0]["Name"].get<std::string>(), StartsWith("web.1."));
  EXPECT_FALSE(get("/networks/back").contains("Services"));
}

TEST_F(NetworksTest, PredefinedOnesAreHidden) {
  EXPECT_EQ(get("/networks/host?scope=swarm")["Driver"], "host");
  EXPECT_EQ(outcome("GET", "/networks/none?scope=swarm"), "404 network none not found");
  EXPECT_EQ(outcome("GET", "/networks/host"), kFromEngine);
}

TEST_F(NetworksTest, EqualNamesAreAmbiguous) {
  auto const id = create_network("back");
  put_local("back", std::string(64, 'a'));
  EXPECT_EQ(outcome("GET", "/networks/back"),
            "400 2 matches found based on name: network back is ambiguous");
  EXPECT_EQ(outcome("DELETE", "/networks/back"),
            "400 network back is ambiguous (2 matches found based on name)");
  EXPECT_EQ(get("/networks/back?scope=swarm")["Id"], id);
  EXPECT_EQ(get("/networks/" + id)["Id"], id);
}

TEST_F(NetworksTest, APartThatIsLeftOverIsNoNetwork) {
  put_on_engine("back", "removedremovedremovedremo");
  EXPECT_EQ(outcome("GET", "/networks/back"), "404 network back not found");
  EXPECT_EQ(outcome("DELETE", "/networks/back"), "404 network back not found");
  create_network("back");  // The name is free.
}

TEST_F(NetworksTest, OneInUseStays) {
  auto const id = create_network("back");
  auto const in_use =
      "400 rpc error: code = FailedPrecondition desc = network " + id + " is in use ";
  auto const service = create(R"({"Name":"web","TaskTemplate":{"ContainerSpec":{"Image":"bb"},
      "Networks":[{"Target":"back"}]}})");
  EXPECT_EQ(outcome("DELETE", "/networks/back"), in_use + "by service " + service);
  create(spec("left"));
  auto const task = add_task("left", manager_, 1);
  change([&](state::Draft& draft) -> Result<void> {
    auto changed = *draft.view().find_task(task);
    changed.networks = {{model::NetworkId(id), "10.0.1.5/24"}};
    draft.put(std::move(changed));
    return {};
  });
  EXPECT_EQ(outcome("DELETE", "/services/web"), "200");
  EXPECT_EQ(outcome("DELETE", "/networks/back"), in_use + "by task " + task.str());
  EXPECT_EQ(outcome("DELETE", "/services/left"), "200");  // Its task is still there.
  auto const removed = request("DELETE", "/networks/back");
  EXPECT_EQ(removed.status, 204U);
  EXPECT_EQ(removed.body, "");
  EXPECT_EQ(outcome("DELETE", "/networks/" + id), kFromEngine);
}

TEST_F(NetworksTest, IngressStaysWhileAServicePublishes) {
  create_network("ingress", R"(,"Ingress":true)");
  auto const id = create(spec("web", R"("EndpointSpec":{"Ports":[{"TargetPort":80}]})"));
  EXPECT_EQ(outcome("DELETE", "/networks/ingress"),
            "400 rpc error: code = FailedPrecondition desc = ingress network cannot be removed "
            "because service " +
                id + " depends on it");
}

TEST_F(NetworksTest, ContainersStayOutOfNetworksThatRefuseThem) {
  create_network("back");
  control_.engine->documents["/containers/c/json"] = R"({"Id":"c"})";
  attach_.refusal = internal_error("Could not attach to network back: no");
  auto const container = R"({"Container":"c"})";
  EXPECT_EQ(outcome("POST", "/networks/back/connect", container),
            "500 Could not attach to network back: no");
  EXPECT_EQ(outcome("POST", "/networks/back/connect", "{}"),
            "400 invalid name or ID supplied: \"\"");
  EXPECT_THAT(outcome("POST", "/networks/back/connect", R"({"Container":"gone"})"),
              StartsWith("503"));  // What the engine says of it.
  EXPECT_EQ(outcome("POST", "/networks/back/disconnect", container), kFromEngine);
  EXPECT_FALSE(api_->owns("POST", "/networks/own/connect", {1, 44}, ""));
}

TEST_F(NetworksTest, WorkersAreSentToAManager) {
  change([](state::Draft& draft) -> Result<void> {
    draft.erase_cluster();
    return {};
  });
  EXPECT_FALSE(api_->owns("POST", "/networks/create", {1, 44}, ""));
  EXPECT_FALSE(api_->owns("GET", "/networks", {1, 44}, ""));
  control_.worker_view = std::make_shared<WorkerView const>();
  EXPECT_TRUE(api_->owns("GET", "/networks", {1, 44}, "")) << "the swarm's own are shown as such";
  EXPECT_TRUE(api_->owns("POST", "/networks/create", {1, 44}, ""));
  EXPECT_EQ(outcome("POST", "/networks/create", body("x", R"(,"Driver":"overlay")")),
            "403 Cannot create a multi-host network from a worker node. Please create the network "
            "from a manager node.");
  EXPECT_EQ(outcome("POST", "/networks/create", body("host", R"(,"Driver":"bridge")")),
            kFromEngine);
  EXPECT_EQ(outcome("POST", "/networks/create", body("ingress", R"(,"Driver":"bridge")")),
            "409 network with name ingress already exists");
}

}  // namespace
}  // namespace swarmward::api
