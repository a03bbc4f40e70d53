#include "backends/runner/container_config.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "backends/runner/image_reference.h"

namespace swarmward::backends {
namespace {

using ::testing::ElementsAre;

/// Compares with a golden file; UPDATE_GOLDEN=1 rewrites it.
void expect_golden(std::string const& name, std::string const& json_text) {
  auto const path = std::string(ROOM_DIR) + "/runner/testdata/" + name + ".json";
  auto const pretty = nlohmann::json::parse(json_text).dump(2) + "\n";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << pretty;
  }
  std::stringstream wanted;
  wanted << std::ifstream(path).rdbuf();
  EXPECT_EQ(pretty, wanted.str()) << path;
}

NodeIdentity node() {
  NodeIdentity identity;
  identity.id = model::NodeId("node1");
  identity.hostname = "host1";
  identity.platform = {"x86_64", "linux"};
  return identity;
}

model::Task task_of(model::TaskSpec spec, model::EndpointSpec endpoint = {}) {
  model::Task task;
  task.id = model::TaskId("task1");
  task.spec = std::make_shared<model::TaskSpec const>(std::move(spec));
  model::Annotations annotations;
  annotations.name = "web";
  task.service_annotations = std::make_shared<model::Annotations const>(annotations);
  task.endpoint = std::make_shared<model::EndpointSpec const>(std::move(endpoint));
  task.service_id = model::ServiceId("service1");
  task.node_id = model::NodeId("node1");
  return task;
}

/// What the engine is asked for, without labels that need permission.
std::string render(model::Task const& task, LabelPolicy const& policy = {}) {
  auto const prepared = prepare_container(task, node(), policy);
  return prepared ? render_container(task, *prepared, node()) : prepared.error().message;
}

nlohmann::json render_json(model::Task const& task, LabelPolicy const& policy = {}) {
  return nlohmann::json::parse(render(task, policy));
}

model::Mount mount_of(model::MountType type, std::string source, std::string target) {
  model::Mount mount;
  mount.type = type;
  mount.source = std::move(source);
  mount.target = std::move(target);
  return mount;
}

model::Privileges some_privileges() {
  model::Privileges privileges;
  privileges.selinux.emplace();
  privileges.selinux->level = "s0";
  privileges.seccomp = model::SeccompOptions{"custom", "{}"};
  privileges.apparmor_mode = "disabled";
  privileges.no_new_privileges = true;
  return privileges;
}

model::ContainerSpec full_container() {
  model::ContainerSpec spec;
  spec.image = "docker.io/library/nginx";
  spec.labels = {{"mine", "1"}, {kTaskIdLabel, "forged"}};
  spec.command = {"/bin/sh"};
  spec.args = {"-c", "true"};
  spec.hostname = "h";
  spec.env = {"A=1"};
  spec.dir = "/srv";
  spec.user = "1:1";
  spec.groups = {"staff"};
  spec.privileges = some_privileges();
  spec.init = true;
  spec.stop_signal = "SIGINT";
  spec.tty = spec.open_stdin = spec.read_only = true;
  spec.mounts = {mount_of(model::MountType::Bind, "/etc", "/a"),
                 mount_of(model::MountType::Volume, "data", "/b"),
                 mount_of(model::MountType::Tmpfs, "", "/c")};
  spec.mounts[0].read_only = true;
  spec.mounts[0].bind = model::BindOptions{"rslave", true};
  spec.mounts[1].volume.emplace();
  spec.mounts[1].volume->labels = {{"l", "v"}};
  spec.mounts[1].volume->driver = model::Driver{"local", {{"type", "nfs"}}};
  spec.mounts[2].tmpfs = model::TmpfsOptions{4096, 01777, {}};
  spec.healthcheck.emplace();
  spec.healthcheck->test = {"CMD", "true"};
  spec.healthcheck->interval = std::chrono::seconds(1);
  spec.healthcheck->retries = 2;
  spec.hosts = {"10.0.0.1 db alias", "broken"};
  spec.dns = model::DnsConfig{{"1.1.1.1"}, {"lan"}, {"ndots:1"}};
  spec.sysctls = {{"net.core.somaxconn", "1"}};
  spec.capability_add = {"CAP_NET_ADMIN"};
  spec.capability_drop = {"CAP_CHOWN"};
  spec.ulimits = {model::Ulimit{"nofile", 20, 10}};
  spec.oom_score_adj = 5;
  return spec;
}

TEST(RenderContainer, LeavesOutWhatTheSpecLeavesOut) {
  model::TaskSpec spec;
  spec.container.emplace();
  spec.container->image = "alpine";
  spec.networks.resize(1);
  spec.networks[0].target = "host";
  expect_golden("container_minimal", render(task_of(spec)));
}

TEST(RenderContainer, MapsEveryField) {
  model::TaskSpec spec;
  spec.container = full_container();
  spec.resources.emplace();
  spec.resources->limits = model::ResourceLimits{500, 1 << 24, 10};
  spec.resources->swap_bytes = 1 << 20;
  spec.resources->memory_swappiness = 7;
  spec.log_driver = model::Driver{"json-file", {{"max-size", "1m"}}};
  model::EndpointSpec endpoint;
  endpoint.ports.resize(3);
  endpoint.ports[0].target_port = 80;
  endpoint.ports[0].published_port = 8080;
  endpoint.ports[0].publish_mode = model::PublishMode::Host;
  endpoint.ports[1].target_port = 53;
  endpoint.ports[1].protocol = model::Protocol::Udp;
  endpoint.ports[1].publish_mode = model::PublishMode::Host;
  endpoint.ports[2].target_port = 443;  // Ingress: not the container's business.
  auto task = task_of(spec, endpoint);
  task.slot = 3;
  expect_golden("container_full", render(task));
  auto const volumes = render_volumes(*spec.container);
  ASSERT_EQ(volumes.size(), 1U);
  expect_golden("volume", volumes[0]);
}

TEST(RenderContainer, ExpandsPlaceholders) {
  model::TaskSpec spec;
  spec.container.emplace();
  spec.container->env = {"A={{.Node.Hostname}}/{{.Node.Platform.OS}}/{{.Task.Slot}}"};
  spec.container->hostname = "{{.Service.Name}}";
  spec.container->args = {"{{.Node.ID}}"};
  spec.container->mounts = {
      mount_of(model::MountType::Volume, "data-{{.Task.Slot}}", "/{{.Task.Name}}")};
  auto task = task_of(spec);
  task.slot = 2;
  auto const body = render_json(task);
  EXPECT_EQ(body["Env"], nlohmann::json({"A=host1/linux/2"}));
  EXPECT_EQ(body["Hostname"], "web");
  EXPECT_EQ(body["Cmd"], nlohmann::json({"{{.Node.ID}}"}));
  EXPECT_EQ(body["HostConfig"]["Mounts"][0]["Source"], "data-2");
  EXPECT_EQ(body["HostConfig"]["Mounts"][0]["Target"], "/web.2.task1");
}

TEST(RenderContainer, HandsOutGenericResources) {
  model::TaskSpec spec;
  spec.container.emplace();
  spec.container->env = {"A=1"};
  auto task = task_of(spec);
  task.generic_resources = {{"ssd", 2, ""}, {"gpu", 0, "GPU-a"}, {"gpu", 0, "GPU-b"}};
  EXPECT_EQ(render_json(task)["Env"],
            nlohmann::json({"A=1", "DOCKER_RESOURCE_GPU=GPU-a,GPU-b", "DOCKER_RESOURCE_SSD=2"}));
}

TEST(RenderContainer, LabelsAddWhatASpecCannotSay) {
  model::TaskSpec spec;
  spec.container.emplace();
  spec.container->privileges.emplace();
  spec.container->privileges->no_new_privileges = true;
  spec.container->labels = {{"ward.shm-size", "64m"}};
  auto task = task_of(spec);
  model::Annotations annotations;
  annotations.name = "web";
  annotations.labels = {{"ward.devices", "/dev/fuse:/dev/f:r"},
                        {"ward.gpus", "all"},
                        {"ward.pid", "host"},
                        {"ward.security-opt", "apparmor=unconfined"},
                        {"ward.privileged", "true"}};
  task.service_annotations = std::make_shared<model::Annotations const>(annotations);
  EXPECT_THAT(render(task), ::testing::HasSubstr("start swarmward with --allow-label"));
  auto const host = render_json(task, LabelPolicy{{"all"}})["HostConfig"];
  EXPECT_EQ(host["Privileged"], true);
  EXPECT_EQ(host["ShmSize"], 64 << 20);
  EXPECT_EQ(host["PidMode"], "host");
  EXPECT_EQ(host["SecurityOpt"], nlohmann::json({"no-new-privileges=true", "apparmor=unconfined"}));
  EXPECT_EQ(host["Devices"].dump(),
            R"([{"CgroupPermissions":"r","PathInContainer":"/dev/f","PathOnHost":"/dev/fuse"}])");
  EXPECT_EQ(host["DeviceRequests"].dump(),
            R"([{"Capabilities":[["gpu"]],"Count":-1,"Driver":""}])");
}

TEST(CheckMounts, SaysWhatNativeSays) {
  using model::MountType;
  auto const text = [](model::Mount const& mount) {
    model::ContainerSpec spec;
    spec.mounts = {mount};
    auto const checked = check_mounts(spec);
    return checked ? std::string() : checked.error().message;
  };
  EXPECT_EQ(text(mount_of(MountType::Bind, "/a", "b")),
            "invalid mount target, must be an absolute path: b");
  EXPECT_EQ(text(mount_of(MountType::Bind, "a", "/b")),
            "invalid bind mount source, must be an absolute path: a");
  EXPECT_EQ(text(mount_of(MountType::Volume, "/a", "/b")),
            "invalid volume mount source, must not be an absolute path: /a");
  EXPECT_EQ(text(mount_of(MountType::Tmpfs, "a", "/b")),
            "invalid tmpfs source, source must be empty");
  EXPECT_EQ(text(mount_of(MountType::Volume, "", "/b")), "");
}

TEST(FamiliarImage, IsWhatUsersWrite) {
  EXPECT_EQ(familiar_image("nginx"), "nginx:latest");
  EXPECT_EQ(familiar_image("docker.io/library/nginx:1"), "nginx:1");
  EXPECT_EQ(familiar_image("docker.io/me/app"), "me/app:latest");
  EXPECT_EQ(familiar_image("localhost:5000/app"), "localhost:5000/app:latest");
  EXPECT_EQ(familiar_image("nginx:1@sha256:ab"), "nginx:1@sha256:ab");
}

}  // namespace
}  // namespace swarmward::backends
