#include "api/routes/payload_ops.h"

#include <string>
#include <vector>

#include "api/routes/payload_rotation.h"
#include "api/routes/swarm_ops.h"

namespace swarmward::api {

namespace {

template <class T>
std::string word() {
  return std::string(PayloadKind<T>::kWord);
}

template <class T>
Error no_payload(typename PayloadKind<T>::Id const& id) {
  return rpc_error("NotFound", word<T>() + " " + id.str() + " not found");
}

/// The names of the services that refer to it, by their ids.
template <class T>
std::vector<std::string> users_of(state::Snapshot const& snapshot, T const& payload) {
  std::vector<std::string> names;
  for (auto const [id, service] : snapshot.services) {
    if (refers<T>(service->spec->task, payload.id)) {
      names.push_back(service->name());
    }
  }
  return names;
}

std::string listed(std::vector<std::string> const& names) {
  std::string text;
  for (auto const& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

}  // namespace

template <class T>
Result<void> create_payload(state::Draft& draft, T const& payload) {
  if (!draft.view().cluster) {
    return unavailable("This node is not part of a swarm");
  }
  if (find_payload_named<T>(draft.view(), payload.name())) {
    return rpc_error("AlreadyExists", word<T>() + " " + payload.name() + " already exists");
  }
  draft.put(payload);
  return {};
}

template <class T>
Result<void> update_payload(state::Draft& draft, PayloadUpdate<T> const& update) {
  auto const present = find_payload<T>(draft.view(), update.id);
  if (!present) {
    return no_payload<T>(update.id);
  }
  auto const& wanted = update.spec;
  bool const other_data = !wanted.data.empty() && wanted.data != present->spec.data;
  bool const rotates = other_data && (allows_rotation(wanted.annotations.labels) ||
                                      allows_rotation(present->spec.annotations.labels));
  if (wanted.annotations.name != present->name() || (other_data && !rotates)) {
    return rpc_error("InvalidArgument", "only updates to Labels are allowed");
  }
  if (present->meta.version != update.version) {
    return out_of_sequence();
  }
  if (rotates) {
    return rotate_payload(draft, *present, wanted, update.fresh);
  }
  auto payload = *present;
  payload.spec.annotations.labels = wanted.annotations.labels;
  draft.put(std::move(payload));
  return {};
}

template <class T>
Result<void> remove_payload(state::Draft& draft, typename PayloadKind<T>::Id const& id) {
  auto const present = find_payload<T>(draft.view(), id);
  if (!present) {
    return no_payload<T>(id);
  }
  if (auto const users = users_of(draft.view(), *present); !users.empty()) {
    auto const services = users.size() == 1 ? "service: " : "services: ";
    return rpc_error("InvalidArgument",
                     word<T>() + " '" + present->name() + "' is in use by the following " +
                         services + listed(users));
  }
  draft.erase(id);
  return {};
}

template Result<void> create_payload(state::Draft&, model::Secret const&);
template Result<void> create_payload(state::Draft&, model::Config const&);
template Result<void> update_payload(state::Draft&, PayloadUpdate<model::Secret> const&);
template Result<void> update_payload(state::Draft&, PayloadUpdate<model::Config> const&);
template Result<void> remove_payload<model::Secret>(state::Draft&, model::SecretId const&);
template Result<void> remove_payload<model::Config>(state::Draft&, model::ConfigId const&);

}  // namespace swarmward::api
