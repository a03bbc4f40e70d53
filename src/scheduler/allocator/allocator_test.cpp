#include "scheduler/allocator/allocator.h"

#include "scheduler/testing/cluster_fixture.h"

namespace swarmward::scheduler {
namespace {

/// The allocator as the control loop runs it.
class AllocatorTest : public ClusterFixture {
 protected:
  AllocatorTest() { add_node("h1"); }

  static model::ServiceSpec publishing(std::string name, std::vector<model::PortConfig> ports) {
    auto made = spec(1);
    made.annotations.name = std::move(name);
    made.endpoint = model::EndpointSpec{model::EndpointMode::Vip, std::move(ports)};
    return made;
  }
  static model::PortConfig port(std::uint32_t target, std::uint32_t published = 0) {
    return {"", model::Protocol::Tcp, target, published, model::PublishMode::Ingress};
  }
  std::uint32_t published(model::ServiceId const& id, std::size_t index = 0) {
    return service(id)->endpoint.ports.at(index).published_port;
  }
};

TEST_F(AllocatorTest, ChoosesAPortAndKeepsTheSpec) {
  auto const id = create(publishing("a", {port(80)}));
  EXPECT_EQ(published(id), 30000U);
  EXPECT_EQ(service(id)->spec->endpoint->ports[0].published_port, 0U);
  EXPECT_EQ(service(id)->endpoint.spec, service(id)->spec->endpoint);
  EXPECT_TRUE(service(id)->endpoint.virtual_ips.empty());
  EXPECT_EQ(wanted(id)[0]->status.state, model::TaskState::Assigned);
}

TEST_F(AllocatorTest, AServiceWithoutPortsHasAnEmptyEndpoint) {
  auto const plain = create(publishing("plain", {}));
  EXPECT_EQ(service(plain)->endpoint, model::Endpoint{});
  auto published_once = publishing("gone", {port(80)});
  auto const id = create(published_once);
  update(id, [](model::ServiceSpec& spec) { spec.endpoint.reset(); });
  EXPECT_EQ(service(id)->endpoint, model::Endpoint{});
}

TEST_F(AllocatorTest, APredefinedNetworkIsListedWithoutAnAddress) {
  auto on_host = publishing("net", {});
  on_host.endpoint.reset();
  on_host.task.networks.push_back({"host", {}, {}});
  auto const id = create(on_host);
  EXPECT_EQ(service(id)->endpoint.virtual_ips, (std::vector{model::VirtualIp{"host", ""}}));
  EXPECT_FALSE(service(id)->endpoint.spec);
  on_host.annotations.name = "dns";
  on_host.endpoint = model::EndpointSpec{model::EndpointMode::Dnsrr, {}};
  EXPECT_EQ(service(create(on_host))->endpoint, model::Endpoint{});
}

TEST_F(AllocatorTest, UnrelatedUpdatesAndNewPortsRenumberNothing) {
  auto const id = create(publishing("a", {port(80)}));
  create(publishing("b", {port(80)}));
  update(id, [](model::ServiceSpec& spec) { spec.annotations.labels["a"] = "b"; });
  EXPECT_EQ(published(id), 30000U);
  update(id, [](model::ServiceSpec& spec) {
    spec.endpoint->ports.insert(spec.endpoint->ports.begin(), port(90));
  });
  EXPECT_EQ(published(id, 0), 30002U);
  EXPECT_EQ(published(id, 1), 30000U);
}

TEST_F(AllocatorTest, PassesOverPortsThatOthersName) {
  create(publishing("named", {port(80, 30000)}));
  auto host = publishing("host", {port(80, 30001)});
  host.endpoint->ports[0].publish_mode = model::PublishMode::Host;
  create(host);
  EXPECT_EQ(published(create(publishing("a", {port(80)}))), 30002U);
}

TEST_F(AllocatorTest, HeldTasksSayWhyAndGoOnOnceTheyCan) {
  auto const first = create(publishing("first", {port(80, 8080)}));
  auto const second = create(publishing("second", {port(80, 8080)}));
  ASSERT_EQ(wanted(second).size(), 1U);
  EXPECT_EQ(wanted(second)[0]->status.state, model::TaskState::New);
  EXPECT_EQ(wanted(second)[0]->status.message, "created");
  EXPECT_EQ(wanted(second)[0]->status.err, "published port 8080/tcp is in use by another service");
  EXPECT_TRUE(service(second)->endpoint.ports.empty());
  auto const held = wanted(second)[0]->id;
  remove(first);
  EXPECT_EQ(published(second), 8080U);
  ASSERT_EQ(wanted(second).size(), 1U);
  EXPECT_EQ(wanted(second)[0]->id, held);
  EXPECT_EQ(wanted(second)[0]->status.state, model::TaskState::Assigned);
  EXPECT_EQ(wanted(second)[0]->status.err, "");
}

TEST_F(AllocatorTest, HeldTasksGoOnWhenTheOtherServiceMovesAway) {
  auto const first = create(publishing("first", {port(80, 8080)}));
  auto const second = create(publishing("second", {port(80, 8080)}));
  update(first, [](model::ServiceSpec& spec) { spec.endpoint->ports[0].published_port = 8081; });
  EXPECT_EQ(published(first), 8081U);
  EXPECT_EQ(published(second), 8080U);
  EXPECT_EQ(wanted(second)[0]->status.state, model::TaskState::Assigned);
}

TEST_F(AllocatorTest, HeldTasksCanBeScaledAway) {
  create(publishing("first", {port(80, 8080)}));
  auto const second = create(publishing("second", {port(80, 8080)}));
  update(second, [](model::ServiceSpec& spec) { spec.mode = model::Replicated{0}; });
  EXPECT_TRUE(wanted(second).empty());
}

TEST_F(AllocatorTest, GivingUpThePortLetsNewTasksRun) {
  create(publishing("first", {port(80, 8080)}));
  auto const second = create(publishing("second", {port(80, 8080)}));
  update(second, [](model::ServiceSpec& spec) { spec.endpoint.reset(); });
  obey();
  ASSERT_EQ(wanted(second).size(), 1U);
  EXPECT_EQ(wanted(second)[0]->status.state, model::TaskState::Running);
}

}  // namespace
}  // namespace swarmward::scheduler
