#include "backends/runner/mounts.h"

#include <array>

#include <nlohmann/json.hpp>

namespace swarmward::backends {

using nlohmann::json;

namespace {

constexpr auto kReplaceBadUtf8 = json::error_handler_t::replace;

bool is_absolute(std::string const& path) {
  return path.starts_with('/');
}

Result<void> check_source(model::Mount const& mount) {
  switch (mount.type) {
    case model::MountType::Bind:
      if (!is_absolute(mount.source)) {
        return invalid_argument("invalid bind mount source, must be an absolute path: " +
                                mount.source);
      }
      break;
    case model::MountType::Volume:
      if (is_absolute(mount.source)) {
        return invalid_argument("invalid volume mount source, must not be an absolute path: " +
                                mount.source);
      }
      break;
    case model::MountType::Tmpfs:
      if (!mount.source.empty()) {
        return invalid_argument("invalid tmpfs source, source must be empty");
      }
      break;
    case model::MountType::Npipe:
    case model::MountType::Cluster:
      break;
  }
  return {};
}

char const* type_word(model::MountType type) {
  constexpr std::array kWords{"bind", "volume", "tmpfs", "npipe", "cluster"};
  return kWords.at(static_cast<std::size_t>(type));
}

json render_driver(model::Driver const& driver) {
  json out = {{"Name", driver.name}};
  if (!driver.options.empty()) {
    out["Options"] = driver.options;
  }
  return out;
}

json render_volume_options(model::VolumeOptions const& options) {
  json out = json::object();
  if (options.no_copy) {
    out["NoCopy"] = true;
  }
  if (!options.labels.empty()) {
    out["Labels"] = options.labels;
  }
  if (!options.subpath.empty()) {
    out["Subpath"] = options.subpath;
  }
  if (options.driver) {
    out["DriverConfig"] = render_driver(*options.driver);
  }
  return out;
}

json render_mount(model::Mount const& mount) {
  json out = {{"Type", type_word(mount.type)}, {"Target", mount.target}};
  if (!mount.source.empty()) {
    out["Source"] = mount.source;
  }
  if (mount.read_only) {
    out["ReadOnly"] = true;
  }
  if (mount.bind) {
    json options = json::object();
    if (!mount.bind->propagation.empty()) {
      options["Propagation"] = mount.bind->propagation;
    }
    if (mount.bind->non_recursive) {
      options["NonRecursive"] = true;
    }
    out["BindOptions"] = std::move(options);
  }
  if (mount.volume) {
    out["VolumeOptions"] = render_volume_options(*mount.volume);
  }
  if (mount.tmpfs) {
    json options = {{"SizeBytes", mount.tmpfs->size_bytes}, {"Mode", mount.tmpfs->mode}};
    if (!mount.tmpfs->options.empty()) {
      options["Options"] = mount.tmpfs->options;
    }
    out["TmpfsOptions"] = std::move(options);
  }
  return out;
}

}  // namespace

Result<void> check_mounts(model::ContainerSpec const& spec) {
  for (auto const& mount : spec.mounts) {
    if (!is_absolute(mount.target)) {
      return invalid_argument("invalid mount target, must be an absolute path: " + mount.target);
    }
    auto checked = check_source(mount);
    if (!checked) {
      return checked;
    }
  }
  return {};
}

json render_mounts(std::vector<model::Mount> const& mounts) {
  json out = json::array();
  for (auto const& mount : mounts) {
    out.push_back(render_mount(mount));
  }
  return out;
}

std::vector<std::string> render_volumes(model::ContainerSpec const& spec) {
  std::vector<std::string> bodies;
  for (auto const& mount : spec.mounts) {
    bool const has_driver = mount.volume && mount.volume->driver;
    if (mount.type != model::MountType::Volume || mount.source.empty() || !has_driver) {
      continue;
    }
    json body = {{"Name", mount.source}, {"Labels", mount.volume->labels}};
    if (!mount.volume->driver->name.empty()) {
      body["Driver"] = mount.volume->driver->name;
    }
    if (!mount.volume->driver->options.empty()) {
      body["DriverOpts"] = mount.volume->driver->options;
    }
    bodies.push_back(body.dump(-1, ' ', false, kReplaceBadUtf8));
  }
  return bodies;
}

}  // namespace swarmward::backends
