#include "wire/fields/normalise.h"

#include <array>

namespace swarmward::wire {

namespace {

constexpr std::array<std::string_view, 6> kPropagations{
    "rprivate", "private", "rshared", "shared", "rslave", "slave"};

std::optional<Error> credential_spec_error(model::CredentialSpec const& spec) {
  auto const both = [](std::string_view a, std::string_view b) {
    return invalid_argument("invalid CredentialSpec: cannot specify both \"" + std::string(a) +
                            "\" and \"" + std::string(b) + "\" credential specs");
  };
  if (!spec.config.empty() && !spec.file.empty()) {
    return both("config", "file");
  }
  if (!spec.config.empty() && !spec.registry.empty()) {
    return both("config", "registry");
  }
  if (!spec.file.empty() && !spec.registry.empty()) {
    return both("file", "registry");
  }
  if (spec.config.empty() && spec.file.empty() && spec.registry.empty()) {
    return invalid_argument(
        "invalid CredentialSpec: must either provide \"file\", \"registry\", or \"config\" for "
        "credential spec");
  }
  return std::nullopt;
}

/// A mode that is empty takes the default; one that is not known is an error.
void check_mode(Reader& reader,
                std::string_view what,
                std::string& mode,
                std::initializer_list<std::string_view> known) {
  if (mode.empty()) {
    mode = "default";
    return;
  }
  if (std::ranges::find(known, std::string_view(mode)) == known.end()) {
    reader.fail(invalid_argument("unknown " + std::string(what) + " mode: " + go_quote(mode)));
  }
}

}  // namespace

void normalise(Reader& reader, model::BindOptions& bind) {
  if (reader.stored() || bind.propagation.empty()) {
    return;
  }
  auto const word = to_lower(bind.propagation);
  if (std::ranges::find(kPropagations, word) == kPropagations.end()) {
    reader.fail(invalid_argument("invalid MountPropagation: " + go_quote(bind.propagation)));
    return;
  }
  bind.propagation = word;
}

void normalise(Reader& reader, model::Mount& mount) {
  if (reader.stored() || !mount.bind) {
    return;
  }
  if (*mount.bind == model::BindOptions{}) {
    mount.bind.reset();
  } else if (mount.bind->propagation.empty()) {
    mount.bind->propagation = "rprivate";
  }
}

void normalise(Reader& reader, model::Privileges& privileges) {
  if (reader.stored()) {
    return;
  }
  if (privileges.credential_spec) {
    if (auto error = credential_spec_error(*privileges.credential_spec)) {
      reader.fail(std::move(*error));
    }
  }
  if (privileges.seccomp) {
    check_mode(reader, "seccomp", privileges.seccomp->mode, {"default", "unconfined", "custom"});
  }
  if (privileges.apparmor_mode) {
    check_mode(reader, "AppArmor", *privileges.apparmor_mode, {"default", "disabled"});
  }
}

void normalise(Reader& reader, model::ConfigReference& reference) {
  if (reader.stored() || reference.file.has_value() != reference.runtime) {
    return;
  }
  reader.fail(invalid_argument(reference.runtime
                                   ? "invalid Config: cannot specify both File and Runtime"
                                   : "invalid Config: either File or Runtime should be set"));
}

void normalise(Reader& reader, model::ContainerSpec& container) {
  if (reader.stored()) {
    return;
  }
  auto const isolation = to_lower(container.isolation);
  container.isolation = isolation == "process" || isolation == "hyperv" ? isolation : "default";
}

void normalise(Reader& reader, model::ResourceRequirements& resources) {
  bool const limited = resources.limits && resources.limits->memory_bytes != 0;
  if (!reader.stored() && resources.swap_bytes.value_or(0) != 0 && !limited) {
    reader.fail(invalid_argument("memory swap provided, but no memory-limit was set"));
  }
}

void normalise(Reader& reader, model::RestartPolicy& policy) {
  if (!reader.stored()) {
    policy.max_attempts = policy.max_attempts.value_or(0);
  }
}

void normalise(Reader& reader, model::UpdateConfig& config) {
  if (!reader.stored() && config.monitor == Duration{}) {
    config.monitor.reset();
  }
}

}  // namespace swarmward::wire
