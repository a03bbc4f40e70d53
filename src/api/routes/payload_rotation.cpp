#include "api/routes/payload_rotation.h"

#include <memory>
#include <string>
#include <vector>

#include "model/service_changes.h"

namespace swarmward::api {

namespace {

/// Room for a number behind the longest name.
constexpr std::size_t kLongestStem = 58;

/// "key.1", or the first number that is free.
template <class T>
std::string free_name(state::Snapshot const& snapshot, std::string const& name) {
  for (unsigned number = 1;; ++number) {
    auto candidate = name.substr(0, kLongestStem) + "." + std::to_string(number);
    if (!find_payload_named<T>(snapshot, candidate)) {
      return candidate;
    }
  }
}

template <class T>
std::shared_ptr<model::ServiceSpec const> with_fresh(model::ServiceSpec spec,
                                                     typename PayloadKind<T>::Id const& old,
                                                     typename PayloadKind<T>::Id const& fresh) {
  for (auto& reference : PayloadKind<T>::references(*spec.task.container)) {
    if (PayloadKind<T>::id_of(reference) == old.view()) {
      PayloadKind<T>::id_of(reference) = fresh.str();
    }
  }
  return std::make_shared<model::ServiceSpec const>(std::move(spec));
}

/// Several values that change one after the other, as a stack's deployment sends them, are one
/// step: a rollback goes back to all the old ones.
bool continues_rotation(model::Service const& service) {
  auto const& status = service.update_status;
  bool const under_way = !status || status->state == model::UpdateState::Updating ||
                         status->state == model::UpdateState::Paused;
  return under_way && service.previous_spec && is_rotation(*service.previous_spec, *service.spec);
}

template <class T>
void update_users(state::Draft& draft,
                  typename PayloadKind<T>::Id const& old,
                  typename PayloadKind<T>::Id const& fresh) {
  auto const services = draft.view().services;  // The table changes meanwhile.
  for (auto const& [id, known] : services) {
    if (!refers<T>(known->spec->task, old)) {
      continue;
    }
    auto service = *known;
    auto spec = with_fresh<T>(*service.spec, old, fresh);
    if (service.job_status) {
      service.spec = std::move(spec);  // Not run because of it.
    } else {
      if (!continues_rotation(service)) {
        model::remember_spec(service);
      }
      model::take_on(service, std::move(spec), draft.now());
    }
    draft.put(std::move(service));
  }
}

template <class T>
bool is_needed(state::Snapshot const& snapshot, typename PayloadKind<T>::Id const& id) {
  for (auto const& [service_id, service] : snapshot.services) {
    if (refers<T>(service->spec->task, id) ||
        (service->previous_spec && refers<T>(service->previous_spec->task, id))) {
      return true;
    }
  }
  for (auto const& [task_id, task] : snapshot.tasks) {
    if (!model::is_terminal(task->status.state) && refers<T>(*task->spec, id)) {
      return true;
    }
  }
  return false;
}

template <class T>
void sweep(state::Draft& draft, std::string const& name) {
  std::vector<typename PayloadKind<T>::Id> useless;
  for (auto const& [id, payload] : PayloadKind<T>::table(draft.view())) {
    auto const& labels = payload->spec.annotations.labels;
    auto const label = labels.find(kRotatedLabel);
    if (label != labels.end() && label->second == name && !is_needed<T>(draft.view(), id)) {
      useless.push_back(id);
    }
  }
  for (auto const& id : useless) {
    draft.erase(id);
  }
}

}  // namespace

bool allows_rotation(model::StringMap const& labels) {
  auto const label = labels.find(kRotateLabel);
  return label != labels.end() && label->second == "services";
}

template <class T>
Result<void> rotate_payload(state::Draft& draft,
                            T const& present,
                            typename PayloadKind<T>::Spec const& wanted,
                            typename PayloadKind<T>::Id const& fresh) {
  auto const name = present.name();
  auto old = present;
  old.spec.annotations.name = free_name<T>(draft.view(), name);
  old.spec.annotations.labels[kRotatedLabel] = name;
  old.spec.annotations.labels.erase(kRotateLabel);
  draft.put(std::move(old));
  T made;
  made.id = fresh;
  made.spec = wanted;
  made.spec.annotations.labels.erase(kRotatedLabel);
  draft.put(std::move(made));
  update_users<T>(draft, present.id, fresh);
  sweep<T>(draft, name);
  return {};
}

bool is_rotation(model::ServiceSpec const& before, model::ServiceSpec const& after) {
  if (!before.task.container || !after.task.container || before == after) {
    return false;
  }
  auto renewed = before;
  renewed.task.container->secrets = after.task.container->secrets;
  renewed.task.container->configs = after.task.container->configs;
  return renewed == after;
}

template Result<void> rotate_payload(state::Draft&,
                                     model::Secret const&,
                                     model::SecretSpec const&,
                                     model::SecretId const&);
template Result<void> rotate_payload(state::Draft&,
                                     model::Config const&,
                                     model::ConfigSpec const&,
                                     model::ConfigId const&);

}  // namespace swarmward::api
