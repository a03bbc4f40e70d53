#include "api/events/changes.h"

#include <algorithm>

#include "wire/codec/words.h"

namespace swarmward::api {

namespace {

using model::Network;
using model::Node;
using model::Service;
using model::StringMap;
using model::Task;

void add_change(StringMap& attributes,
                std::string const& what,
                std::string before,
                std::string after) {
  if (before != after) {
    attributes[what + ".old"] = std::move(before);
    attributes[what + ".new"] = std::move(after);
  }
}

template <class E>
std::string word(E value) {
  return std::string(wire::word_of(value));
}

std::string bool_word(bool value) {
  return value ? "true" : "false";
}

std::string reachability(model::ManagerStatus const& status) {
  return status.reachable ? "reachable" : "unreachable";
}

std::string name_of(Service const& service) {
  return service.name();
}
std::string name_of(Network const& network) {
  return network.name();
}
std::string name_of(model::Secret const& secret) {
  return secret.name();
}
std::string name_of(model::Config const& config) {
  return config.name();
}
std::string name_of(Node const& node) {
  auto const& name = node.spec.annotations.name;
  return name.empty() ? node.description.hostname : name;
}
std::string name_of(Task const& task) {
  return model::full_name(task);
}

void add_always(StringMap& /*attributes*/, Service const& /*service*/) {}
void add_always(StringMap& /*attributes*/, Network const& /*network*/) {}
void add_always(StringMap& /*attributes*/, model::Secret const& /*secret*/) {}
void add_always(StringMap& /*attributes*/, model::Config const& /*config*/) {}
void add_always(StringMap& /*attributes*/, Node const& /*node*/) {}
void add_always(StringMap& attributes, Task const& task) {
  attributes["service"] = task.service_id.str();
  attributes["state"] = word(task.status.state);
  attributes["desiredstate"] = word(task.desired_state);
  if (!task.node_id.empty()) {
    attributes["node"] = task.node_id.str();
  }
  if (task.slot != 0) {
    attributes["slot"] = std::to_string(task.slot);
  }
}

void add_update_state(StringMap& attributes, Service const& before, Service const& after) {
  if (!after.update_status) {
    return;
  }
  auto const state = word(after.update_status->state);
  if (!before.update_status) {
    attributes["updatestate.new"] = state;
    return;
  }
  add_change(attributes, "updatestate", word(before.update_status->state), state);
}

void add_changes(StringMap& attributes, Service const& before, Service const& after) {
  auto const& old_container = before.spec->task.container;
  auto const& new_container = after.spec->task.container;
  if (old_container && new_container) {
    add_change(attributes, "image", old_container->image, new_container->image);
  }
  auto const* old_mode = std::get_if<model::Replicated>(&before.spec->mode);
  auto const* new_mode = std::get_if<model::Replicated>(&after.spec->mode);
  if (old_mode != nullptr && new_mode != nullptr) {
    add_change(attributes,
               "replicas",
               std::to_string(old_mode->replicas),
               std::to_string(new_mode->replicas));
  }
  add_update_state(attributes, before, after);
}

void add_changes(StringMap& /*attributes*/, Network const& /*before*/, Network const& /*after*/) {}
void add_changes(StringMap& /*attributes*/,
                 model::Secret const& /*before*/,
                 model::Secret const& /*after*/) {}
void add_changes(StringMap& /*attributes*/,
                 model::Config const& /*before*/,
                 model::Config const& /*after*/) {}

void add_changes(StringMap& attributes, Node const& before, Node const& after) {
  add_change(
      attributes, "availability", word(before.spec.availability), word(after.spec.availability));
  add_change(attributes, "role", word(before.role), word(after.role));
  add_change(attributes, "state", word(before.status.state), word(after.status.state));
  if (before.manager && after.manager) {
    add_change(
        attributes, "leader", bool_word(before.manager->leader), bool_word(after.manager->leader));
    add_change(
        attributes, "reachability", reachability(*before.manager), reachability(*after.manager));
  }
}

void add_changes(StringMap& attributes, Task const& before, Task const& after) {
  add_change(attributes, "state", word(before.status.state), word(after.status.state));
  add_change(attributes, "desiredstate", word(before.desired_state), word(after.desired_state));
}

template <class T>
SwarmEvent event_of(std::string_view type, state::Touch<T> const& touch, Time now) {
  SwarmEvent event;
  event.type = type;
  T const& object = touch.after ? *touch.after : *touch.before;
  event.id = object.id.str();
  event.attributes["name"] = name_of(object);
  add_always(event.attributes, object);
  if (!touch.after) {
    event.action = "remove";
    event.time = now;
  } else if (!touch.before) {
    event.action = "create";
    event.time = object.meta.created_at;
  } else {
    event.action = "update";
    event.time = object.meta.updated_at;
    add_changes(event.attributes, *touch.before, *touch.after);
  }
  return event;
}

template <class T>
void add_events(std::vector<SwarmEvent>& events,
                std::string_view type,
                std::vector<state::Touch<T>> const& touches,
                Time now) {
  for (auto const& touch : touches) {
    if (touch.before || touch.after) {
      events.push_back(event_of(type, touch, now));
    }
  }
}

bool leaves_swarm(state::Touched const& touched) {
  return std::ranges::any_of(touched.clusters, [](auto const& touch) { return !touch.after; });
}

}  // namespace

std::vector<SwarmEvent> events_of(state::Touched const& touched, Time now) {
  std::vector<SwarmEvent> events;
  if (!leaves_swarm(touched)) {
    add_events(events, "node", touched.nodes, now);
    add_events(events, "network", touched.networks, now);
    add_events(events, "secret", touched.secrets, now);
    add_events(events, "config", touched.configs, now);
    add_events(events, "service", touched.services, now);
  }
  return events;
}

std::vector<SwarmEvent> task_events_of(state::Touched const& touched, Time now) {
  std::vector<SwarmEvent> events;
  if (!leaves_swarm(touched)) {
    add_events(events, "task", touched.tasks, now);
  }
  return events;
}

}  // namespace swarmward::api
