#include "backends/runner/host_config.h"

#include <algorithm>
#include <iterator>
#include <sstream>

#include <nlohmann/json.hpp>

#include "backends/runner/mounts.h"

namespace swarmward::backends {

using nlohmann::json;

namespace {

template <class Collection>
void put_if_any(json& out, char const* key, Collection const& values) {
  if (!values.empty()) {
    out[key] = values;
  }
}

/// "IP name [alias…]" becomes "name:IP"; further names are dropped, as native does.
std::vector<std::string> extra_hosts(std::vector<std::string> const& hosts) {
  std::vector<std::string> out;
  for (auto const& line : hosts) {
    std::istringstream words(line);
    std::string ip;
    std::string name;
    if (words >> ip >> name) {
      out.push_back(name + ":" + ip);
    }
  }
  return out;
}

void add_credential_spec(std::vector<std::string>& out, model::CredentialSpec const& spec) {
  if (!spec.config.empty()) {
    out.push_back("credentialspec=config://" + spec.config);
  } else if (!spec.file.empty()) {
    out.push_back("credentialspec=file://" + spec.file);
  } else if (!spec.registry.empty()) {
    out.push_back("credentialspec=registry://" + spec.registry);
  }
}

void add_selinux(std::vector<std::string>& out, model::SelinuxContext const& context) {
  if (context.disable) {
    out.emplace_back("label=disable");
  }
  auto const add = [&out](char const* key, std::string const& value) {
    if (!value.empty()) {
      out.push_back("label=" + std::string(key) + ":" + value);
    }
  };
  add("user", context.user);
  add("role", context.role);
  add("type", context.type);
  add("level", context.level);
}

std::vector<std::string> security_options(model::Privileges const& privileges) {
  std::vector<std::string> out;
  if (privileges.credential_spec) {
    add_credential_spec(out, *privileges.credential_spec);
  }
  if (privileges.selinux) {
    add_selinux(out, *privileges.selinux);
  }
  if (privileges.seccomp && privileges.seccomp->mode == "unconfined") {
    out.emplace_back("seccomp=unconfined");
  } else if (privileges.seccomp && privileges.seccomp->mode == "custom") {
    out.push_back("seccomp=" + privileges.seccomp->profile);
  }
  if (privileges.apparmor_mode == "disabled") {
    out.emplace_back("apparmor=unconfined");
  }
  if (privileges.no_new_privileges) {
    out.emplace_back("no-new-privileges=true");
  }
  return out;
}

void add_resources(json& out, model::ResourceRequirements const& resources) {
  auto const memory = resources.limits ? resources.limits->memory_bytes : 0;
  if (memory != 0) {
    out["Memory"] = memory;
  }
  if (resources.limits && resources.limits->nano_cpus != 0) {
    out["NanoCpus"] = resources.limits->nano_cpus;
  }
  if (resources.limits && resources.limits->pids != 0) {
    out["PidsLimit"] = resources.limits->pids;
  }
  if (resources.swap_bytes) {
    // A service counts swap alone; the engine counts it together with memory, -1 is no limit.
    out["MemorySwap"] = *resources.swap_bytes == -1 ? -1 : memory + *resources.swap_bytes;
  }
  if (resources.memory_swappiness) {
    out["MemorySwappiness"] = *resources.memory_swappiness;
  }
}

void add_dns(json& out, model::DnsConfig const& dns) {
  put_if_any(out, "Dns", dns.nameservers);
  put_if_any(out, "DnsSearch", dns.search);
  put_if_any(out, "DnsOptions", dns.options);
}

void add_ulimits(json& out, std::vector<model::Ulimit> const& ulimits) {
  for (auto const& limit : ulimits) {
    out["Ulimits"].push_back({{"Name", limit.name}, {"Hard", limit.hard}, {"Soft", limit.soft}});
  }
}

void add_port_bindings(json& out, model::EndpointSpec const& endpoint) {
  for (auto const& port : endpoint.ports) {
    if (port.publish_mode != model::PublishMode::Host) {
      continue;
    }
    auto const published = port.published_port == 0 ? "" : std::to_string(port.published_port);
    out["PortBindings"][port_key(port)].push_back({{"HostIp", ""}, {"HostPort", published}});
  }
}

/// What a service's spec cannot say.
void add_labels(json& out, ContainerLabels const& labels) {
  auto const put_text = [&out](char const* key, std::string const& text) {
    if (!text.empty()) {
      out[key] = text;
    }
  };
  auto const put_number = [&out](char const* key, std::int64_t number) {
    if (number != 0) {
      out[key] = number;
    }
  };
  if (labels.privileged) {
    out["Privileged"] = true;
  }
  for (auto const& device : labels.devices) {
    out["Devices"].push_back({{"PathOnHost", device.host_path},
                              {"PathInContainer", device.container_path},
                              {"CgroupPermissions", device.permissions}});
  }
  if (labels.gpus) {
    json request = {{"Driver", ""}, {"Capabilities", json::array({json::array({"gpu"})})}};
    if (labels.gpus->ids.empty()) {
      request["Count"] = labels.gpus->count;
    } else {
      request["DeviceIDs"] = labels.gpus->ids;
    }
    out["DeviceRequests"] = json::array({std::move(request)});
  }
  put_text("PidMode", labels.pid_mode);
  put_text("IpcMode", labels.ipc_mode);
  put_text("UsernsMode", labels.userns_mode);
  put_text("UTSMode", labels.uts_mode);
  put_text("CgroupnsMode", labels.cgroupns_mode);
  put_text("CpusetCpus", labels.cpuset_cpus);
  put_number("ShmSize", labels.shm_bytes);
  put_number("MemoryReservation", labels.memory_reservation_bytes);
}

}  // namespace

std::string network_mode(model::TaskSpec const& spec) {
  for (auto const& network : spec.networks) {
    if (network.target == "host" || network.target == "bridge") {
      return network.target;
    }
  }
  return "default";
}

std::string port_key(model::PortConfig const& port) {
  switch (port.protocol) {
    case model::Protocol::Udp:
      return std::to_string(port.target_port) + "/udp";
    case model::Protocol::Sctp:
      return std::to_string(port.target_port) + "/sctp";
    case model::Protocol::Tcp:
      break;
  }
  return std::to_string(port.target_port) + "/tcp";
}

json render_host_config(model::Task const& task, PreparedContainer const& container) {
  auto const& spec = container.spec;
  json out = {{"NetworkMode", network_mode(*task.spec)}};
  if (!spec.mounts.empty()) {
    out["Mounts"] = render_mounts(spec.mounts);
  }
  if (task.spec->resources) {
    add_resources(out, *task.spec->resources);
  }
  if (task.spec->log_driver) {
    out["LogConfig"] = {{"Type", task.spec->log_driver->name},
                        {"Config", task.spec->log_driver->options}};
  }
  if (spec.init) {
    out["Init"] = *spec.init;
  }
  if (spec.read_only) {
    out["ReadonlyRootfs"] = true;
  }
  if (!spec.isolation.empty()) {
    out["Isolation"] = spec.isolation;
  }
  if (spec.oom_score_adj != 0) {
    out["OomScoreAdj"] = spec.oom_score_adj;
  }
  put_if_any(out, "CapAdd", spec.capability_add);
  put_if_any(out, "CapDrop", spec.capability_drop);
  put_if_any(out, "Sysctls", spec.sysctls);
  put_if_any(out, "GroupAdd", spec.groups);
  put_if_any(out, "ExtraHosts", extra_hosts(spec.hosts));
  add_ulimits(out, spec.ulimits);
  if (spec.dns) {
    add_dns(out, *spec.dns);
  }
  auto security = spec.privileges ? security_options(*spec.privileges) : std::vector<std::string>{};
  std::ranges::copy(container.labels.security_options, std::back_inserter(security));
  put_if_any(out, "SecurityOpt", security);
  add_labels(out, container.labels);
  if (task.endpoint) {
    add_port_bindings(out, *task.endpoint);
  }
  return out;
}

}  // namespace swarmward::backends
