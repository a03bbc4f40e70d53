#include "wire/testing/samples.h"

#include "wire/service.h"
#include "wire/testing/golden.h"

namespace swarmward::wire::testing {

namespace {

using std::chrono::seconds;

Time at(int second) {
  return Time(seconds(1'795'225'755 + second) + Duration(271'563'000));
}

model::EndpointSpec full_endpoint() {
  return {model::EndpointMode::Dnsrr,
          {{"web", model::Protocol::Udp, 80, 8080, model::PublishMode::Host}}};
}

}  // namespace

model::ServiceSpec full_spec() {
  return *service_spec_from_json(load_json("full_spec.json"));
}

model::Service full_service() {
  model::Service service;
  service.id = model::ServiceId("serviceserviceserviceserv");
  service.meta = {42, at(1), at(2)};
  service.spec = std::make_shared<model::ServiceSpec const>(full_spec());
  auto previous = full_spec();
  previous.annotations.labels["only"] = "before";
  service.previous_spec = std::make_shared<model::ServiceSpec const>(previous);
  service.spec_version = 40;
  service.previous_spec_version = 30;
  service.endpoint = {full_endpoint(), full_endpoint().ports, {{"net1", "10.0.1.2/24"}}};
  service.update_status =
      model::UpdateStatus{model::UpdateState::RollbackPaused, at(3), at(4), "rollback paused"};
  service.job_status = model::JobStatus{3, at(5)};
  service.registry_auth = "c2VjcmV0";
  service.previous_registry_auth = "b2xk";
  return service;
}

model::Task full_task() {
  model::Task task;
  task.id = model::TaskId("tasktasktasktasktasktaskt");
  task.meta = {43, at(1), at(2)};
  task.spec = std::make_shared<model::TaskSpec const>(full_spec().task);
  task.spec_version = 41;
  task.service_annotations =
      std::make_shared<model::Annotations const>(model::Annotations{"web", {{"a", "b"}}});
  task.endpoint = std::make_shared<model::EndpointSpec const>(full_endpoint());
  task.service_id = model::ServiceId("serviceserviceserviceserv");
  task.slot = 7;
  task.node_id = model::NodeId("nodenodenodenodenodenoden");
  task.status = {at(3),
                 model::TaskState::Failed,
                 "started",
                 "task: non-zero exit (3)",
                 model::ContainerStatus{"abc", 17, -1},
                 full_endpoint().ports};
  task.desired_state = model::TaskState::Shutdown;
  task.job_iteration = 2;
  task.replaces = model::TaskId("othertaskothertaskotherta");
  task.start_not_before = at(4);
  task.running_since = at(5);
  task.origin = model::TaskOrigin::Update;
  task.restarts = {at(6), at(7)};
  return task;
}

model::Node full_node() {
  model::Node node;
  node.id = model::NodeId("nodenodenodenodenodenoden");
  node.meta = {44, at(1), at(2)};
  node.spec = {{"first", {{"zone", "east"}}}, model::NodeRole::Manager, model::Availability::Drain};
  node.role = model::NodeRole::Manager;
  node.description = {"host-1",
                      {"x86_64", "linux"},
                      {4'000'000'000, 8'000'000'000, {{"gpu", 0, "UUID1"}, {"ssd", 3, ""}}},
                      "28.5.2",
                      {{"disk", "ssd"}},
                      {{"Network", "overlay"}, {"Volume", "local"}},
                      {"PEM", std::string("\x30\x00\xff", 3), "\x31\x32"}};
  node.status = {model::NodeState::Ready, "heartbeat failure", "10.1.2.3"};
  node.manager = model::ManagerStatus{true, true, "10.1.2.3:2377"};
  node.engine_name = "local";
  node.access.agent_port = 7946;
  node.access.fingerprint = "00ff";
  return node;
}

model::Network full_network() {
  model::Network network;
  network.id = model::NetworkId("networknetworknetworknetw");
  network.meta = {46, at(1), at(2)};
  network.spec.annotations = {"back", {{"a", "b"}}};
  network.spec.driver = {"overlay", {{"com.docker.network.driver.mtu", "1400"}}};
  network.spec.ipv6 = true;
  network.spec.internal = true;
  network.spec.attachable = true;
  network.spec.ingress = true;
  network.spec.ipam_driver = model::Driver{"default", {{"foo", "bar"}}};
  network.spec.ipam = {{"10.8.0.0/24", "10.8.0.128/25", "", {{"printer", "10.8.0.5"}}}};
  network.vni = 4100;
  network.ipam = {{"10.8.0.0/24", "10.8.0.128/25", "10.8.0.1", {{"printer", "10.8.0.5"}}}};
  network.err = "none";
  return network;
}

model::Cluster full_cluster() {
  model::Cluster cluster;
  cluster.id = model::ClusterId("clusterclusterclusterclus");
  cluster.meta = {45, at(1), at(2)};
  cluster.spec.annotations.labels = {{"a", "b"}};
  cluster.spec.task_history_limit = -1;
  cluster.spec.raft = {1, 2, 3, 4, 5};
  cluster.spec.heartbeat_period = seconds(7);
  cluster.spec.ca = {std::chrono::hours(2), {{"cfssl", "https://ca", {{"k", "v"}}, "PEM"}}, 9};
  cluster.spec.autolock = true;
  cluster.tls = {"ROOT", "\x01", "\x02"};
  cluster.ca_key = "KEY";
  cluster.root_rotation = model::RootRotation{"NEXT", "NEXTKEY", "CROSS"};
  cluster.worker_token = "SWMTKN-1-w";
  cluster.manager_token = "SWMTKN-1-m";
  cluster.default_addr_pool = std::vector<std::string>{"10.0.0.0/8"};
  cluster.subnet_size = 25;
  cluster.data_path_port = 4790;
  cluster.advertise_addr = "10.1.2.3";
  cluster.advertise_addr_own = true;
  cluster.listen_addr = "0.0.0.0:2377";
  cluster.unlock_key = "SWMKEY-1-x";
  cluster.manager_node = model::NodeId("nodenodenodenodenodenoden");
  return cluster;
}

}  // namespace swarmward::wire::testing
