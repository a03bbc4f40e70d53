#include "wire/stored/stored.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wire/stored/task_encoder.h"
#include "wire/testing/golden.h"
#include "wire/testing/samples.h"

namespace swarmward::wire {
namespace {

TEST(Stored, ServiceComesBackWhole) {
  auto const service = testing::full_service();
  auto const back = service_from_stored(stored(service));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->id, service.id);
  EXPECT_EQ(back->meta, service.meta);
  EXPECT_EQ(*back->spec, *service.spec);
  EXPECT_EQ(*back->previous_spec, *service.previous_spec);
  EXPECT_EQ(back->spec_version, service.spec_version);
  EXPECT_EQ(back->previous_spec_version, service.previous_spec_version);
  EXPECT_EQ(back->endpoint, service.endpoint);
  EXPECT_EQ(back->update_status, service.update_status);
  EXPECT_EQ(back->job_status, service.job_status);
  EXPECT_EQ(back->registry_auth, service.registry_auth);
  EXPECT_EQ(back->previous_registry_auth, service.previous_registry_auth);
  EXPECT_EQ(stored(*back), stored(service));
}

TEST(Stored, TaskComesBackWhole) {
  auto const task = testing::full_task();
  auto const back = task_from_stored(stored(task));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->id, task.id);
  EXPECT_EQ(back->meta, task.meta);
  EXPECT_EQ(*back->spec, *task.spec);
  EXPECT_EQ(back->spec_version, task.spec_version);
  EXPECT_EQ(*back->service_annotations, *task.service_annotations);
  EXPECT_EQ(*back->endpoint, *task.endpoint);
  EXPECT_EQ(back->service_id, task.service_id);
  EXPECT_EQ(back->slot, task.slot);
  EXPECT_EQ(back->node_id, task.node_id);
  EXPECT_EQ(back->status, task.status);
  EXPECT_EQ(back->desired_state, task.desired_state);
  EXPECT_EQ(back->job_iteration, task.job_iteration);
  EXPECT_EQ(back->replaces, task.replaces);
  EXPECT_EQ(back->start_not_before, task.start_not_before);
  EXPECT_EQ(back->running_since, task.running_since);
  EXPECT_EQ(back->origin, task.origin);
  EXPECT_EQ(back->restarts, task.restarts);
}

TEST(Stored, NodeComesBackWhole) {
  auto const node = testing::full_node();
  auto const back = node_from_stored(stored(node));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->id, node.id);
  EXPECT_EQ(back->meta, node.meta);
  EXPECT_EQ(back->spec, node.spec);
  EXPECT_EQ(back->role, node.role);
  EXPECT_EQ(back->description, node.description);
  EXPECT_EQ(back->status, node.status);
  EXPECT_EQ(back->manager, node.manager);
  EXPECT_EQ(back->engine_name, node.engine_name);
  EXPECT_EQ(back->access, node.access);
}

TEST(Stored, ClusterComesBackWhole) {
  auto cluster = testing::full_cluster();
  cluster.network_keys = {{4, "00ff"}, {5, "ff00"}};
  cluster.network_keys_changed = Time(std::chrono::hours(24 * 365 * 50));
  auto const back = cluster_from_stored(stored(cluster));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->id, cluster.id);
  EXPECT_EQ(back->meta, cluster.meta);
  EXPECT_EQ(back->spec, cluster.spec);
  EXPECT_EQ(back->tls, cluster.tls);
  EXPECT_EQ(back->ca_key, cluster.ca_key);
  EXPECT_EQ(back->root_rotation, cluster.root_rotation);
  EXPECT_EQ(back->worker_token, cluster.worker_token);
  EXPECT_EQ(back->manager_token, cluster.manager_token);
  EXPECT_EQ(back->default_addr_pool, cluster.default_addr_pool);
  EXPECT_EQ(back->subnet_size, cluster.subnet_size);
  EXPECT_EQ(back->data_path_port, cluster.data_path_port);
  EXPECT_EQ(back->advertise_addr, cluster.advertise_addr);
  EXPECT_EQ(back->advertise_addr_own, cluster.advertise_addr_own);
  EXPECT_EQ(back->listen_addr, cluster.listen_addr);
  EXPECT_EQ(back->unlock_key, cluster.unlock_key);
  EXPECT_EQ(back->manager_node, cluster.manager_node);
  EXPECT_EQ(back->network_keys, cluster.network_keys);
  EXPECT_EQ(back->network_keys_changed, cluster.network_keys_changed);
}

/// What clients never see is kept: values that the API drops, fills in or hides.
TEST(Stored, NothingIsNormalised) {
  auto service = testing::full_service();
  auto spec = *service.spec;
  auto& container = *spec.task.container;
  container.isolation.clear();
  container.mounts.at(0).bind = model::BindOptions{};
  container.mounts.at(1).bind = model::BindOptions{"", true};
  container.secrets = {{std::nullopt, "id", "name"}};
  container.privileges->apparmor_mode = "";
  container.privileges->seccomp->mode = "";
  container.dns = model::DnsConfig{};
  spec.task.runtime = "attachment";
  spec.task.restart->max_attempts.reset();
  spec.task.placement->spread_preferences = {"", "a"};
  spec.update->monitor = Duration{};
  spec.mode = model::ReplicatedJob{0, 0};
  service.spec = std::make_shared<model::ServiceSpec const>(spec);
  EXPECT_EQ(*service_from_stored(stored(service))->spec, spec);
}

TEST(Stored, AbsentAndEmptyStayDistinct) {
  model::Service service;
  model::ServiceSpec spec;
  spec.task.runtime.clear();
  service.spec = std::make_shared<model::ServiceSpec const>(spec);
  auto const back = service_from_stored(stored(service));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back->spec, spec);
  EXPECT_FALSE(back->previous_spec);
  EXPECT_FALSE(back->endpoint.spec);
  EXPECT_FALSE(back->job_status);

  model::Cluster cluster;
  cluster.subnet_size = 0;
  cluster.spec.task_history_limit.reset();
  cluster.spec.raft.snapshot_interval = 0;
  cluster.spec.raft.keep_old_snapshots.reset();
  cluster.spec.heartbeat_period = {};
  EXPECT_EQ(cluster_from_stored(stored(cluster))->spec, cluster.spec);
  EXPECT_EQ(cluster_from_stored(stored(cluster))->subnet_size, 0U);
  EXPECT_FALSE(cluster_from_stored(stored(cluster))->root_rotation);
  EXPECT_FALSE(cluster_from_stored(stored(cluster))->default_addr_pool);
  cluster.default_addr_pool.emplace();
  EXPECT_TRUE(cluster_from_stored(stored(cluster))->default_addr_pool);
}

TEST(Stored, NetworksComeBackAsTheyWere) {
  model::Network network;
  network.id = model::NetworkId("net1");
  network.meta.version = 7;
  network.spec.annotations = {"back", {{"a", "b"}}};
  network.spec.driver = {"overlay", {{"encrypted", ""}}};
  network.spec.ipv6 = network.spec.internal = network.spec.attachable = network.spec.ingress = true;
  network.spec.ipam_driver = model::Driver{"default", {{"x", "y"}}};
  network.spec.ipam = {{"10.1.0.0/16", "10.1.1.0/24", "10.1.0.1", {{"router", "10.1.0.9"}}}};
  network.spec.config_from = "base";
  network.vni = 4097;
  network.ipam = network.spec.ipam;
  network.err = "no subnet is left";
  auto const back = network_from_stored(stored(network));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->id, network.id);
  EXPECT_EQ(back->meta, network.meta);
  EXPECT_EQ(back->spec, network.spec);
  EXPECT_EQ(back->vni, network.vni);
  EXPECT_EQ(back->ipam, network.ipam);
  EXPECT_EQ(back->err, network.err);
}

TEST(Stored, AddressesOfTasksAndNodesAreKept) {
  auto task = testing::full_task();
  task.networks = {{model::NetworkId("net1"), "10.0.1.5/24"}};
  EXPECT_EQ(task_from_stored(stored(task))->networks, task.networks);
  auto node = testing::full_node();
  node.attachments = {{model::NetworkId("net1"), "10.0.1.2/24"}};
  node.can_encrypt = true;
  node.data_path_addr = "10.9.9.9";
  node.engine_id = "A:B h2";
  EXPECT_EQ(node_from_stored(stored(node))->attachments, node.attachments);
  EXPECT_TRUE(node_from_stored(stored(node))->can_encrypt);
  EXPECT_EQ(node_from_stored(stored(node))->data_path_addr, "10.9.9.9");
  EXPECT_EQ(node_from_stored(stored(node))->engine_id, "A:B h2");
}

TEST(Stored, FormIsStable) {
  testing::expect_golden("stored_task.json", nlohmann::json::parse(stored(testing::full_task())));
}

TEST(Stored, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(task_from_stored("zz").error().message, "stored task: not a JSON object");
  EXPECT_EQ(node_from_stored("{}").error().message, "stored node: no version");
  EXPECT_EQ(node_from_stored(R"({"v":2})").error().message,
            "stored node: written by a newer release (version 2); install that release or restore "
            "a backup");
  EXPECT_EQ(service_from_stored(R"({"v":1})").error().message, "stored service: no spec");
  EXPECT_FALSE(task_from_stored(R"({"v":1,"Spec":{}})"));
}

TEST(TaskEncoder, GivesTheStoredForm) {
  TaskEncoder encoder;
  auto task = testing::full_task();
  auto const same = [&] {
    return nlohmann::json::parse(encoder.encode(task)) == nlohmann::json::parse(stored(task));
  };
  EXPECT_TRUE(same());
  task.status.err = "another";
  EXPECT_TRUE(same());
  auto spec = *task.spec;
  spec.force_update = 7;
  task.spec = std::make_shared<model::TaskSpec const>(spec);
  EXPECT_TRUE(same());
}

}  // namespace
}  // namespace swarmward::wire
