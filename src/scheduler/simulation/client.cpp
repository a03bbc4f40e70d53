#include "scheduler/simulation/client.h"

#include <utility>

#include "scheduler/simulation/operations.h"

namespace swarmward::scheduler::simulation {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Kind = Ledger::Kind;

Client::Client(
    Stage& stage, Random random, Ledger& ledger, std::function<Manager*()> manager, Habits habits)
    : stage_(stage),
      random_(random),
      ledger_(ledger),
      manager_(std::move(manager)),
      habits_(habits),
      maker_(random_.fork(), habits.jobs) {}

void Client::begin() {
  // Bursts, then silence.
  auto const pause = random_.chance(0.3) ? random_.between(milliseconds(10), seconds(3))
                                         : random_.about(habits_.pause);
  stage_.queue.after(pause, [this] {
    if (!stage_.calm()) {
      act();
      begin();
    }
  });
}

void Client::act() {
  auto* manager = manager_();
  if (manager == nullptr) {
    return;
  }
  auto const seen = manager->snapshot();
  auto const what = random_.share();
  if (seen->services.size() < 2 || (what < 0.12 && seen->services.size() < habits_.most_services)) {
    create(*seen);
  } else if (what < 0.75) {
    act_on_service(*seen);
  } else if (what < 0.96) {
    act_on_node(*seen);
  } else {
    auto const limit = random_.pick<std::int64_t>({-1, 0, 1, 2, 5, 10});
    send(Kind::Other, {}, nullptr, fmt::format("history limit {}", limit), [limit](auto& draft) {
      return set_history_limit(draft, limit);
    });
  }
}

void Client::send(Kind kind,
                  model::ServiceId const& service,
                  std::shared_ptr<model::ServiceSpec const> spec,
                  std::string const& what,
                  Change change) {
  auto const thinks = random_.chance(0.2) ? random_.about(seconds(2)) : milliseconds(1);
  stage_.queue.after(thinks, [this, kind, service, spec = std::move(spec), what, change] {
    auto* manager = manager_();
    if (manager == nullptr) {
      return;
    }
    stage_.trace.add("client: {}", what);
    auto const number = ledger_.begin(kind, service, spec);
    manager->update(change, [this, number, what](Result<std::uint64_t> const& result) {
      if (!result) {
        stage_.trace.add("client: {}: {}", what, result.error().message);
      }
      ledger_.end(number, result);
    });
  });
}

void Client::create(state::Snapshot const& seen) {
  auto const id = new_id<model::ServiceTag>(random_.bytes());
  auto name = "s" + std::to_string(++names_) + "-" + brief(id);
  if (!seen.services.empty() && random_.chance(0.05)) {
    name = (*seen.services.begin()).second->name();  // Taken.
  }
  auto fresh = maker_.fresh(std::move(name));
  for (auto const [other_id, other] : seen.services) {
    if (is_job_spec(*other->spec) && !is_job_spec(fresh) && random_.chance(0.4)) {
      fresh.annotations.labels["ward.pre-deploy"] = other->name();
    }
  }
  auto const spec = std::make_shared<model::ServiceSpec const>(std::move(fresh));
  send(Kind::Spec, id, spec, "create " + brief(id), [id, spec](auto& draft) {
    return create_service(draft, id, spec);
  });
}

void Client::act_on_service(state::Snapshot const& seen) {
  std::vector<state::ServicePtr> all;
  for (auto const [id, service] : seen.services) {
    all.push_back(service);
  }
  auto const& service = random_.pick(all);
  auto const id = service->id;
  auto const version = service->meta.version;
  auto const what = random_.share();
  if (what < 0.08) {
    return send(Kind::Remove, id, nullptr, "remove " + brief(id), [id](auto& draft) {
      return remove_service(draft, id);
    });
  }
  if (what < 0.2 && service->previous_spec) {
    return send(Kind::RollBack, id, nullptr, "roll back " + brief(id), [id, version](auto& draft) {
      return roll_back_service(draft, id, version);
    });
  }
  auto spec = *service->spec;
  auto name = "update ";
  if (what < 0.45) {
    maker_.scale(spec);
    name = "scale ";
  } else {
    maker_.edit(spec);
  }
  auto const shared = std::make_shared<model::ServiceSpec const>(std::move(spec));
  send(Kind::Spec, id, shared, name + brief(id), [id, version, shared](auto& draft) {
    return update_service(draft, id, version, shared);
  });
}

void Client::act_on_node(state::Snapshot const& seen) {
  std::vector<state::NodePtr> all;
  for (auto const [id, node] : seen.nodes) {
    all.push_back(node);
  }
  if (all.empty()) {
    return;
  }
  auto const& node = random_.pick(all);
  // The first host is a manager: it cannot be removed.
  bool const down = node->status.state == model::NodeState::Down;
  if (node->role == model::NodeRole::Worker && random_.chance(down ? 0.3 : 0.03)) {
    return send(
        Kind::Other, {}, nullptr, "remove node " + brief(node->id), [id = node->id](auto& draft) {
          return remove_node(draft, id);
        });
  }
  edit_node(*node);
}

void Client::edit_node(model::Node const& node) {
  auto spec = node.spec;
  auto const what = random_.share();
  if (what < 0.35) {
    spec.availability = model::Availability::Active;
  } else if (what < 0.5) {
    spec.availability = model::Availability::Drain;
  } else if (what < 0.6) {
    spec.availability = model::Availability::Pause;
  } else if (what < 0.85) {
    spec.annotations.labels["zone"] = random_.pick(zones());
  } else {
    spec.annotations.labels["disk"] = random_.pick(disks());
  }
  auto const text = fmt::format("node {} availability {} zone {} disk {}",
                                brief(node.id),
                                static_cast<int>(spec.availability),
                                spec.annotations.labels["zone"],
                                spec.annotations.labels["disk"]);
  send(Kind::Other,
       {},
       nullptr,
       text,
       [id = node.id, version = node.meta.version, spec](auto& draft) {
         return update_node(draft, id, version, spec);
       });
}

}  // namespace swarmward::scheduler::simulation
