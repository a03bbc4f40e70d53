#include "backends/runner/container_labels.h"

#include <algorithm>
#include <array>

#include "backends/runner/label_values.h"

namespace swarmward::backends {

namespace {

/// How one label is read. `read` returns what the value should have looked like, nothing if all is
/// well; `opens_host` tells whether the value needs the daemon's permission.
struct Entry {
  std::string_view name;
  std::optional<std::string_view> (*read)(std::string const& value, ContainerLabels& out);
  bool (*opens_host)(std::string const& value);
};

using Problem = std::optional<std::string_view>;

bool never(std::string const& /*value*/) {
  return false;
}
bool always(std::string const& /*value*/) {
  return true;
}
bool if_host(std::string const& value) {
  return value == "host";
}
bool if_true(std::string const& value) {
  return value == "true";
}

Problem read_pull(std::string const& value, ContainerLabels& out) {
  if (value == "always") {
    out.pull = PullPolicy::Always;
  } else if (value == "missing") {
    out.pull = PullPolicy::Missing;
  } else if (value == "never") {
    out.pull = PullPolicy::Never;
  } else {
    return "always, missing or never";
  }
  return {};
}

Problem read_pull_from(std::string const& value, ContainerLabels& out) {
  if (value != "nodes" && value != "registry") {
    return "nodes or registry";
  }
  out.pull_from_nodes = value == "nodes";
  return {};
}

Problem read_privileged(std::string const& value, ContainerLabels& out) {
  if (value != "true" && value != "false") {
    return "true or false";
  }
  out.privileged = value == "true";
  return {};
}

Problem read_devices(std::string const& value, ContainerLabels& out) {
  for (auto const& item : split_list(value)) {
    auto device = parse_device(item);
    if (!device) {
      return "devices like /dev/fuse or /dev/sda:/dev/xvda:rwm, with commas between them";
    }
    out.devices.push_back(std::move(*device));
  }
  return {};
}

Problem read_gpus(std::string const& value, ContainerLabels& out) {
  out.gpus = parse_gpus(value);
  return out.gpus ? Problem{} : "all, a number, or device=ID,ID";
}

Problem read_security(std::string const& value, ContainerLabels& out) {
  out.security_options = split_list(value);
  bool const sound = std::ranges::none_of(out.security_options,
                                          [](std::string const& option) { return option.empty(); });
  return sound ? Problem{} : "options like apparmor=unconfined, with commas between them";
}

template <std::string ContainerLabels::*kField>
Problem read_host(std::string const& value, ContainerLabels& out) {
  out.*kField = value;
  return value == "host" ? Problem{} : "host";
}

Problem read_ipc(std::string const& value, ContainerLabels& out) {
  out.ipc_mode = value;
  bool const known =
      value == "host" || value == "shareable" || value == "private" || value == "none";
  return known ? Problem{} : "host, shareable, private or none";
}

Problem read_cgroupns(std::string const& value, ContainerLabels& out) {
  out.cgroupns_mode = value;
  return value == "host" || value == "private" ? Problem{} : "host or private";
}

Problem read_cpuset(std::string const& value, ContainerLabels& out) {
  out.cpuset_cpus = value;
  return is_cpu_list(value) ? Problem{} : "CPU numbers like 0-3,5";
}

template <std::int64_t ContainerLabels::*kField>
Problem read_size(std::string const& value, ContainerLabels& out) {
  auto const bytes = parse_size(value);
  out.*kField = bytes.value_or(0);
  return bytes ? Problem{} : "a size like 64m or 1g";
}

constexpr std::array kEntries{
    Entry{"ward.pull", &read_pull, &never},
    Entry{"ward.pull.from", &read_pull_from, &never},
    Entry{"ward.privileged", &read_privileged, &if_true},
    Entry{"ward.devices", &read_devices, &always},
    Entry{"ward.gpus", &read_gpus, &never},
    Entry{"ward.security-opt", &read_security, &always},
    Entry{"ward.pid", &read_host<&ContainerLabels::pid_mode>, &always},
    Entry{"ward.ipc", &read_ipc, &if_host},
    Entry{"ward.userns", &read_host<&ContainerLabels::userns_mode>, &always},
    Entry{"ward.uts", &read_host<&ContainerLabels::uts_mode>, &always},
    Entry{"ward.cgroupns", &read_cgroupns, &if_host},
    Entry{"ward.cpuset-cpus", &read_cpuset, &never},
    Entry{"ward.shm-size", &read_size<&ContainerLabels::shm_bytes>, &never},
    Entry{
        "ward.memory-reservation", &read_size<&ContainerLabels::memory_reservation_bytes>, &never},
};

constexpr std::array<std::string_view, 8> kGuarded{"ward.privileged",
                                                   "ward.devices",
                                                   "ward.security-opt",
                                                   "ward.pid",
                                                   "ward.ipc",
                                                   "ward.userns",
                                                   "ward.uts",
                                                   "ward.cgroupns"};

std::string const* find_label(std::string_view name,
                              model::StringMap const& service,
                              model::StringMap const& container) {
  std::string const key(name);
  if (auto const found = service.find(key); found != service.end()) {
    return &found->second;
  }
  auto const found = container.find(key);
  return found == container.end() ? nullptr : &found->second;
}

}  // namespace

std::span<std::string_view const> guarded_labels() {
  return kGuarded;
}

Result<ContainerLabels> read_container_labels(model::StringMap const& service,
                                              model::StringMap const& container,
                                              LabelPolicy const& policy) {
  ContainerLabels out;
  for (auto const& entry : kEntries) {
    auto const* value = find_label(entry.name, service, container);
    if (value == nullptr) {
      continue;
    }
    auto const shown = "label " + std::string(entry.name) + "=" + *value;
    if (auto const wanted = entry.read(*value, out)) {
      return invalid_argument(shown + " cannot be used: the value must be " + std::string(*wanted));
    }
    if (entry.opens_host(*value) && !policy.allows(entry.name)) {
      return Error{ErrorCode::Forbidden,
                   shown +
                       " opens the host to the container and is not allowed here: remove it, "
                       "or start swarmward with --allow-label " +
                       std::string(entry.name)};
    }
  }
  return out;
}

}  // namespace swarmward::backends
