#include "wire/validate/payload_spec.h"

#include <algorithm>
#include <string>

#include "wire/validate/rules.h"

namespace swarmward::wire {

namespace {

/// Source of the limits and of the rule for names: swarm mode.
constexpr std::size_t kSecretLimit = 512'000;
constexpr std::size_t kConfigLimit = 1'024'000;
constexpr std::size_t kLongestName = 64;

bool is_payload_name(std::string_view name) {
  auto const allowed = [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; };
  return name.size() <= kLongestName && is_alnum(name.front()) && is_alnum(name.back()) &&
         std::ranges::all_of(name, allowed);
}

Result<void> validate_payload_name(std::string_view name) {
  if (name.empty()) {
    return rule_broken("name must be provided");
  }
  if (!is_payload_name(name)) {
    return rule_broken(
        "invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character "
        "must be [a-zA-Z0-9]");
  }
  return {};
}

Result<void> validate_size(std::string_view kind, std::string_view data, std::size_t limit) {
  if (!data.empty() && data.size() < limit) {
    return {};
  }
  return rule_broken(std::string(kind) + " data must be larger than 0 and less than " +
                     std::to_string(limit) + " bytes");
}

}  // namespace

Result<void> validate_secret_spec(model::SecretSpec const& spec) {
  if (auto valid = validate_payload_name(spec.annotations.name); !valid) {
    return valid;
  }
  if (!spec.driver) {
    return validate_size("secret", spec.data, kSecretLimit);
  }
  if (spec.driver->name.empty()) {
    return rule_broken("secret driver must have a name");
  }
  return {};
}

Result<void> validate_config_spec(model::ConfigSpec const& spec) {
  if (auto valid = validate_payload_name(spec.annotations.name); !valid) {
    return valid;
  }
  return validate_size("config", spec.data, kConfigLimit);
}

}  // namespace swarmward::wire
