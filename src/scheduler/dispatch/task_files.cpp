#include "scheduler/dispatch/task_files.h"

#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>

#include "model/template/payload_templates.h"
#include "model/template/run/format.h"

namespace swarmward::scheduler {

namespace {

/// Go's bits for modes that go beyond permissions.
constexpr std::uint32_t kGoSetuid = 1U << 23U;
constexpr std::uint32_t kGoSetgid = 1U << 22U;
constexpr std::uint32_t kGoSticky = 1U << 20U;

std::uint32_t permission_bits(std::uint32_t go_mode) {
  constexpr std::uint32_t kPermissions = 0777;
  auto bits = go_mode & kPermissions;
  bits |= (go_mode & kGoSetuid) != 0 ? 04000U : 0U;
  bits |= (go_mode & kGoSetgid) != 0 ? 02000U : 0U;
  bits |= (go_mode & kGoSticky) != 0 ? 01000U : 0U;
  return bits;
}

/// A user or group as chown() takes it from Go: -1 leaves the owner, who is root. Errors: those of
/// strconv.Atoi.
Result<std::uint32_t> owner_id(std::string const& text) {
  bool const plus = text.starts_with('+') && !text.starts_with("+-");
  auto const* begin = text.data() + (plus ? 1 : 0);
  auto const* end = text.data() + text.size();
  std::int64_t id = 0;
  auto const [stop, error] = std::from_chars(begin, end, id);
  bool const too_big = error == std::errc::result_out_of_range && stop == end;
  if (error != std::errc() || stop != end) {
    return invalid_argument("strconv.Atoi: parsing " + model::templates::quote(text) +
                            (too_big ? ": value out of range" : ": invalid syntax"));
  }
  auto const low = static_cast<std::uint32_t>(id);
  return low == ~0U ? 0U : low;
}

/// Where a file of that name lies, seen from the folder that relative names are in.
std::string target_path(std::string const& folder, std::string const& name) {
  if (name.starts_with('/')) {
    return name;
  }
  return (std::filesystem::path(folder) / name).lexically_normal().string();
}

constexpr std::string_view kind_of(model::SecretReference const& /*reference*/) {
  return "secret";
}
constexpr std::string_view kind_of(model::ConfigReference const& /*reference*/) {
  return "config";
}
std::string const& id_of(model::SecretReference const& reference) {
  return reference.secret_id;
}
std::string const& id_of(model::ConfigReference const& reference) {
  return reference.config_id;
}

template <class Reference>
std::string title_of(Reference const& reference) {
  return std::string(kind_of(reference)) + " " + id_of(reference);
}

class FileResolver {
 public:
  FileResolver(state::Snapshot const& snapshot, model::Task const& task)
      : snapshot_(snapshot), task_(task), container_(*task.spec->container) {}

  Result<std::vector<model::TaskFile>> all() {
    if (auto added = add_all(container_.secrets, "/run/secrets"); !added) {
      return added.error();
    }
    if (auto added = add_all(container_.configs, "/"); !added) {
      return added.error();
    }
    return std::move(files_);
  }

 private:
  template <class Reference>
  Result<void> add_all(std::vector<Reference> const& references, std::string const& folder) {
    for (auto const& reference : references) {
      if (!reference.file) {
        continue;  // For the runtime, not for the container.
      }
      auto content = value_of(reference);
      if (!content) {
        auto const kind = std::string(kind_of(reference));
        return in_context("unable to get " + kind + " from " + kind + " store", content.error());
      }
      auto const uid = owner_id(reference.file->uid);
      if (!uid) {
        return uid.error();
      }
      auto const gid = owner_id(reference.file->gid);
      if (!gid) {
        return gid.error();
      }
      files_.push_back({id_of(reference),
                        target_path(folder, reference.file->name),
                        *uid,
                        *gid,
                        permission_bits(reference.file->mode),
                        std::move(*content)});
    }
    return {};
  }

  /// As the task shall see it.
  template <class Reference>
  Result<std::string> value_of(Reference const& reference) {
    auto const object = find(reference);
    if (!object) {
      return not_found(title_of(reference) + " not found");
    }
    auto const& spec = object->spec;
    if (!spec.templating) {
      return spec.data;
    }
    auto const context = "failed to expand templated " + title_of(reference);
    if (spec.templating->name != "golang") {
      return in_context(context, invalid_argument("unrecognized template type"));
    }
    model::PayloadLookup const lookup{
        [this](std::string const& target) { return raw(container_.secrets, "secret", target); },
        [this](std::string const& target) { return raw(container_.configs, "config", target); },
        container_.env};
    auto value = model::expand_payload(spec.data, placeholders(), lookup);
    if (!value) {
      return in_context(context, value.error());
    }
    return value;
  }

  /// The data of that file as it was given.
  template <class Reference>
  Result<std::string> raw(std::vector<Reference> const& references,
                          std::string const& kind,
                          std::string const& target) const {
    for (auto const& reference : references) {
      if (reference.file && reference.file->name == target) {
        auto const object = find(reference);
        return object ? Result<std::string>(object->spec.data)
                      : not_found(title_of(reference) + " not found");
      }
    }
    return not_found(kind + " target " + target + " not found");
  }

  [[nodiscard]] state::SecretPtr find(model::SecretReference const& reference) const {
    return snapshot_.find_secret(model::SecretId(reference.secret_id));
  }
  [[nodiscard]] state::ConfigPtr find(model::ConfigReference const& reference) const {
    return snapshot_.find_config(model::ConfigId(reference.config_id));
  }

  /// Made for the first template: most payloads are none.
  model::TemplateContext const& placeholders() {
    if (!placeholders_) {
      auto const node = snapshot_.find_node(task_.node_id);
      auto const description = node ? node->description : model::NodeDescription();
      placeholders_ =
          model::template_context(task_, task_.node_id, description.hostname, description.platform);
    }
    return *placeholders_;
  }

  state::Snapshot const& snapshot_;
  model::Task const& task_;
  model::ContainerSpec const& container_;
  std::optional<model::TemplateContext> placeholders_;
  std::vector<model::TaskFile> files_;
};

}  // namespace

Result<std::vector<model::TaskFile>> files_for(state::Snapshot const& snapshot,
                                               model::Task const& task) {
  auto const& container = task.spec->container;
  bool const names_some = container && !(container->secrets.empty() && container->configs.empty());
  bool const will_start = task.desired_state <= model::TaskState::Complete &&
                          task.status.state < model::TaskState::Running;
  if (!names_some || !will_start) {
    return std::vector<model::TaskFile>{};
  }
  return FileResolver(snapshot, task).all();
}

}  // namespace swarmward::scheduler
