#include <algorithm>
#include <map>

#include "wire/validate/rules.h"

namespace swarmward::wire {

namespace {

/// A reference to a secret or config; the rules are the same, only the word differs.
struct Reference {
  std::string_view kind;
  std::string const& id;
  std::string const& name;
  std::optional<model::FileTarget> const& file;
  bool runtime = false;
};

/// Names of the secrets or configs seen so far, by the file they claim.
using Targets = std::map<std::string, std::string, std::less<>>;

Result<void> validate_reference(Reference const& reference, Targets& targets) {
  std::string const kind(reference.kind);
  if (reference.id.empty() || reference.name.empty()) {
    return rule_broken("malformed " + kind + " reference");
  }
  if (reference.runtime) {
    return {};
  }
  if (!reference.file) {
    return rule_broken("malformed " + kind + " reference, no target provided");
  }
  if (reference.file->name.empty()) {
    return rule_broken("malformed file " + kind + " reference, invalid target file name provided");
  }
  auto const [earlier, fresh] = targets.emplace(reference.file->name, reference.name);
  if (!fresh) {
    return rule_broken(kind + " references '" + earlier->second + "' and '" + reference.name +
                       "' have a conflicting target: '" + earlier->first + "'");
  }
  return {};
}

Result<void> validate_credential_config(model::ContainerSpec const& container) {
  if (!container.privileges || !container.privileges->credential_spec) {
    return {};
  }
  auto const& wanted = container.privileges->credential_spec->config;
  bool const found = std::ranges::any_of(container.configs, [&](auto const& reference) {
    return reference.runtime && reference.config_id == wanted;
  });
  if (wanted.empty() || found) {
    return {};
  }
  return rule_broken("CredentialSpec references config '" + wanted +
                     "', but that config isn't in config references with RuntimeTarget");
}

}  // namespace

Result<void> validate_references(model::ContainerSpec const& container) {
  Targets secrets;
  for (auto const& secret : container.secrets) {
    Reference const reference{"secret", secret.secret_id, secret.secret_name, secret.file};
    if (auto checked = validate_reference(reference, secrets); !checked) {
      return checked;
    }
  }
  Targets configs;
  for (auto const& config : container.configs) {
    Reference const reference{
        "config", config.config_id, config.config_name, config.file, config.runtime};
    if (auto checked = validate_reference(reference, configs); !checked) {
      return checked;
    }
  }
  return validate_credential_config(container);
}

}  // namespace swarmward::wire
