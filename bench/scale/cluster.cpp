#include "cluster.h"

#include <boost/asio/executor_work_guard.hpp>

#include "base/log.h"
#include "scheduler/loop/apply_plan.h"

namespace swarmward::bench {

namespace {

/// Takes every write at once.
class NoDisk final : public state::Persistence {
 public:
  Result<std::vector<state::Row>> load() override { return std::vector<state::Row>{}; }
  Result<void> write(std::vector<state::Row> const& /*rows*/) override { return {}; }
};

/// Rows without content: encoding is not what is measured here.
state::Codec no_codec() {
  state::Codec codec;
  codec.encode_cluster = [](auto const&) { return std::string(); };
  codec.encode_node = [](auto const&) { return std::string(); };
  codec.encode_service = [](auto const&) { return std::string(); };
  codec.encode_task = [](auto const&) { return std::string(); };
  return codec;
}

std::string container_of(model::TaskId const& id) {
  std::string text;
  for (std::size_t i = 0; i < 64; ++i) {
    text += "0123456789abcdef"[static_cast<unsigned char>(id.view()[i % kIdLength]) * (i + 3) % 16];
  }
  return text;
}

}  // namespace

Cluster::Cluster(Load const& load)
    : load_(load),
      store_(context_.get_executor(), std::make_unique<NoDisk>(), no_codec(), clock_),
      loop_(store_, clock_, random_),
      driver_(store_, loop_, clock_) {
  store_.watch([this](auto const& snapshot, state::Touched const& touched) {
    scheduler::dispatch(*snapshot, touched, *this);
  });
  static_cast<void>(store_.load());
  driver_.start();
}

void Cluster::task_changed(model::NodeId const& /*node*/, scheduler::DispatchedTask task) {
  ++dispatched_;
  if (task.task->desired_state == model::TaskState::Running) {
    to_run_.push_back(task.task->id);
  }
}

void Cluster::task_gone(model::NodeId const& /*node*/, model::TaskId const& /*task*/) {}

void Cluster::change(state::Change const& change) {
  static_cast<void>(store_.apply(change));
}

void Cluster::settle() {
  // Without it nothing would be waited for, and spinning would count as our work.
  auto const guard = boost::asio::make_work_guard(context_);
  while (loop_.has_work() || store_.backlog() > 0) {
    context_.restart();
    context_.run_one_for(std::chrono::milliseconds(1));
  }
}

void Cluster::add_nodes() {
  change([&](state::Draft& draft) -> Result<void> {
    for (unsigned i = 0; i < load_.nodes; ++i) {
      draft.put(make_node(i, random_));
    }
    return {};
  });
  settle();
}

void Cluster::add_services() {
  for (unsigned i = 0; i < load_.services; ++i) {
    auto const service = make_service(i, load_, random_);
    services_.push_back(service.id);
    change([&](state::Draft& draft) -> Result<void> {
      draft.put(service);
      return {};
    });
  }
  settle();
}

void Cluster::report(model::TaskId const& id, model::TaskState state) {
  model::TaskStatus status;
  status.timestamp = clock_.now();
  status.state = state;
  status.message = "started";
  status.container = model::ContainerStatus{container_of(id), 4711, 0};
  change([&](state::Draft& draft) -> Result<void> {
    scheduler::apply_status(draft, id, status);
    return {};
  });
}

void Cluster::run_all() {
  while (!to_run_.empty()) {
    for (auto const& id : std::exchange(to_run_, {})) {
      report(id, model::TaskState::Running);
      if (store_.backlog() > 100) {
        settle();  // Reports come a few at a time.
      }
    }
    settle();
  }
}

void Cluster::kill_one(unsigned number) {
  auto const& index = store_.head().tasks_by_service;
  auto const service = services_[number % services_.size()];
  for (auto it = index.lower_bound({service}); it != index.end(); ++it) {
    auto const& task = *it.value();
    if (task.service_id != service) {
      break;
    }
    if (task.status.state == model::TaskState::Running &&
        task.desired_state == model::TaskState::Running) {
      report(model::TaskId(task.id), model::TaskState::Failed);
      break;
    }
  }
  settle();
}

void Cluster::scale_one(unsigned number) {
  change([&](state::Draft& draft) -> Result<void> {
    auto service = *draft.view().find_service(services_[number % services_.size()]);
    auto spec = *service.spec;
    std::get<model::Replicated>(spec.mode).replicas += 1;
    service.spec = std::make_shared<model::ServiceSpec const>(std::move(spec));
    service.spec_version = service.meta.version;
    draft.put(std::move(service));
    return {};
  });
  settle();
}

void Cluster::idle(std::chrono::milliseconds time) {
  auto const guard = boost::asio::make_work_guard(context_);  // Or it returns when nothing waits.
  context_.restart();
  context_.run_for(time);
}

}  // namespace swarmward::bench
