#include "scheduler/allocator/allocator.h"

#include <algorithm>

#include "base/log.h"

namespace swarmward::scheduler {

namespace {

bool is_fresh(state::TaskPtr const& task) {
  return task && task->status.state == model::TaskState::New &&
         task->desired_state < model::TaskState::Shutdown;
}

}  // namespace

void Allocator::note_fresh(state::TaskPtr const& before, state::TaskPtr const& after) {
  if (is_fresh(after)) {
    fresh_[after->service_id].insert(after->id);
  } else if (is_fresh(before)) {
    auto const service = fresh_.find(before->service_id);
    if (service != fresh_.end() && service->second.erase(before->id) > 0 &&
        service->second.empty()) {
      fresh_.erase(service);
    }
  }
}

/// Of those that are told nothing new, none.
std::vector<state::TaskPtr> Allocator::to_settle(model::ServiceId const& service,
                                                 std::string const& err) const {
  std::vector<state::TaskPtr> tasks;
  auto const fresh = fresh_.find(service);
  if (fresh == fresh_.end()) {
    return tasks;
  }
  for (auto const& id : fresh->second) {
    auto task = store_.head().find_task(id);
    if (is_fresh(task) && (err.empty() || task->status.err != err)) {
      tasks.push_back(std::move(task));
    }
  }
  return tasks;
}

Result<std::vector<model::NetworkAddress>> Allocator::addresses_for(state::Snapshot const& snapshot,
                                                                    model::Service const& service,
                                                                    model::Task const& task) {
  std::vector<model::NetworkAddress> addresses;
  for (auto const& network : networks_of_tasks(service, task)) {
    if (is_without_addresses(snapshot, network.view())) {
      addresses.push_back({network, ""});
      continue;
    }
    auto address = book_.take(network);
    if (!address) {
      for (auto const& [taken_in, taken] : addresses) {
        book_.give_back(taken_in, taken);
      }
      auto const known = snapshot.find_network(network);
      return unavailable("no address is left in network " +
                         (known ? known->name() : network.str()));
    }
    addresses.push_back({network, std::move(*address)});
  }
  return addresses;
}

/// Tells a task that is held why, or lets it go on.
void Allocator::settle(state::Draft& draft,
                       model::Service const& service,
                       model::Task task,
                       std::string const& err) {
  auto reason = err;
  if (err.empty() && task.networks.empty()) {
    auto addresses = addresses_for(draft.view(), service, task);
    if (addresses) {
      task.networks = std::move(*addresses);
    } else {
      reason = addresses.error().message;
      starved_.insert(service.id);
    }
  }
  if (reason.empty()) {
    task.status.state = model::TaskState::Pending;
    task.status.message = "pending task scheduling";
    task.status.err.clear();
  } else if (task.status.err == reason) {
    return;
  } else {
    task.status.err = reason;
  }
  task.status.timestamp = draft.now();
  draft.put(std::move(task));
}

void Allocator::allocate(model::ServiceId const& id) {
  auto const service = store_.head().find_service(id);
  if (!service) {
    starved_.erase(id);
    return;
  }
  bool const done = is_allocated(store_.head(), *service);
  if (done && !starved_.contains(id) && !fresh_.contains(id)) {
    return;
  }
  write(*service,
        done ? EndpointPlan{service->endpoint, {}}
             : plan_endpoint(store_.head(), *service, cursor_, book_));
}

void Allocator::write(model::Service const& service, EndpointPlan const& plan) {
  if (plan.err.empty()) {
    starved_.erase(service.id);
  } else if (starved_.insert(service.id).second) {
    room_log("scheduler")
        ->warn("service.not_allocated service={} reason=\"{}\"", service.id.view(), plan.err);
  }
  auto const tasks = to_settle(service.id, plan.err);
  bool const changed = plan.err.empty() && plan.endpoint != service.endpoint;
  if (tasks.empty() && !changed) {
    return;
  }
  auto allocated = service;
  if (changed) {
    allocated.endpoint = plan.endpoint;
  }
  auto const change = [&](state::Draft& draft) -> Result<void> {
    if (changed) {
      draft.put(allocated);
    }
    for (auto const& task : tasks) {
      settle(draft, allocated, *task, plan.err);
    }
    return {};
  };
  static_cast<void>(store_.apply(change));
}

}  // namespace swarmward::scheduler
