#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "state/snapshot.h"

namespace swarmward::api {

/// What differs between secrets and configs, which are the same otherwise.
template <class T>
struct PayloadKind;

template <>
struct PayloadKind<model::Secret> {
  using Id = model::SecretId;
  using Tag = model::SecretTag;
  using Spec = model::SecretSpec;
  static constexpr std::string_view kWord = "secret";

  static auto const& table(state::Snapshot const& snapshot) { return snapshot.secrets; }
  static auto const& names(state::Snapshot const& snapshot) { return snapshot.secret_names; }
  static auto const& references(model::ContainerSpec const& container) { return container.secrets; }
  static auto& references(model::ContainerSpec& container) { return container.secrets; }
  static std::string const& id_of(model::SecretReference const& from) { return from.secret_id; }
  static std::string& id_of(model::SecretReference& from) { return from.secret_id; }
  static std::string const& name_of(model::SecretReference const& from) { return from.secret_name; }
};

template <>
struct PayloadKind<model::Config> {
  using Id = model::ConfigId;
  using Tag = model::ConfigTag;
  using Spec = model::ConfigSpec;
  static constexpr std::string_view kWord = "config";

  static auto const& table(state::Snapshot const& snapshot) { return snapshot.configs; }
  static auto const& names(state::Snapshot const& snapshot) { return snapshot.config_names; }
  static auto const& references(model::ContainerSpec const& container) { return container.configs; }
  static auto& references(model::ContainerSpec& container) { return container.configs; }
  static std::string const& id_of(model::ConfigReference const& from) { return from.config_id; }
  static std::string& id_of(model::ConfigReference& from) { return from.config_id; }
  static std::string const& name_of(model::ConfigReference const& from) { return from.config_name; }
};

/// The container of such a task has it as a file.
template <class T>
[[nodiscard]] bool refers(model::TaskSpec const& spec, typename PayloadKind<T>::Id const& id) {
  auto const& container = spec.container;
  return container &&
         std::ranges::any_of(PayloadKind<T>::references(*container), [&](auto const& reference) {
           return PayloadKind<T>::id_of(reference) == id.view();
         });
}

/// The secret or config with this id, or null.
template <class T>
[[nodiscard]] std::shared_ptr<T const> find_payload(state::Snapshot const& snapshot,
                                                    typename PayloadKind<T>::Id const& id) {
  auto const* found = PayloadKind<T>::table(snapshot).find(id);
  return found == nullptr ? nullptr : *found;
}

/// The one that has this name in any letter case, or null.
template <class T>
[[nodiscard]] std::shared_ptr<T const> find_payload_named(state::Snapshot const& snapshot,
                                                          std::string_view name) {
  auto const* id = PayloadKind<T>::names(snapshot).find(state::lower_case(name));
  return id == nullptr ? nullptr : find_payload<T>(snapshot, *id);
}

}  // namespace swarmward::api
