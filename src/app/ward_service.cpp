#include "app/ward_service.h"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "api/manager_check.h"
#include "app/ward_moves.h"
#include "cluster/founding.h"
#include "scheduler/placement/placement_view.h"
#include "scheduler/placement/reason_text.h"

namespace swarmward::app {

namespace {

namespace asio = boost::asio;

constexpr char const* kThisHost = "this host";

/// An engine that has not answered by then counts as one that does not.
constexpr std::chrono::seconds kPatience{15};

/// Answers that come in while somebody waits for all of them.
struct Gathering {
  Gathering(asio::any_io_executor const& executor, std::vector<EngineAnswers> expected)
      : timer(executor, kPatience), answers(std::move(expected)), missing(answers.size()) {}
  asio::steady_timer timer;
  std::vector<EngineAnswers> answers;
  std::size_t missing;
};

asio::awaitable<void> ask_engine(std::shared_ptr<backends::Engine> engine,
                                 Clock const* clock,
                                 std::shared_ptr<Gathering> all,
                                 std::size_t at) {
  auto& answers = all->answers[at];
  auto const known = co_await engine->info();
  answers.asked = clock->now();
  auto info = co_await engine->get_document("/info");
  answers.answered = clock->now();
  answers.api_version = known ? known->api_version : std::string{};
  answers.info = std::move(info);
}

asio::awaitable<std::vector<api::Check>> look_at_host(std::vector<Listener> listeners,
                                                      std::string data_root) {
  auto checks = listener_checks(listeners);
  for (auto const& found : {port_checks(""), kernel_checks("")}) {
    checks.insert(checks.end(), found.begin(), found.end());
  }
  checks.push_back(disk_check("state of swarmward", data_root));
  co_return checks;
}

api::Check membership_check(api::WorkerView const* worker) {
  using Status = api::Check::Status;
  if (worker == nullptr) {
    return {"swarm",
            kThisHost,
            Status::Warn,
            "there is none",
            "docker swarm init, or docker swarm join"};
  }
  if (worker->locked) {
    return {"swarm", kThisHost, Status::Fail, "its state is locked", "docker swarm unlock"};
  }
  if (!worker->error.empty()) {
    return {"swarm",
            kThisHost,
            Status::Warn,
            worker->error,
            "docker info shows the managers; is one reached?"};
  }
  return {"swarm", kThisHost, Status::Ok, "a worker"};
}

void add_swarm(state::Snapshot const& snapshot, Time now, std::vector<api::Check>& checks) {
  checks.push_back({"swarm",
                    kThisHost,
                    api::Check::Status::Ok,
                    "a manager, " + std::to_string(snapshot.nodes.size()) + " nodes"});
  checks.push_back(certificate_check("root CA", snapshot.cluster->tls.trust_root, now));
}

}  // namespace

WardSources ward_sources(Options const& options) {
  WardSources sources;
  sources.addresses.emplace(cluster::kLocalEngine, options.local_engine);
  for (auto const& listed : options.engines) {
    sources.addresses.emplace(listed.name, listed.address);
  }
  for (auto const* hosts : {&options.hosts, &options.cluster_hosts}) {
    for (auto const& host : *hosts) {
      sources.listeners.push_back({host, options.tls_verify});
    }
  }
  sources.data_root = options.data_root;
  return sources;
}

WardService::WardService(asio::any_io_executor executor,
                         state::StateStore& store,
                         Clock const& clock,
                         RandomBytes random,
                         WardSources sources)
    : executor_(std::move(executor)),
      store_(store),
      clock_(clock),
      random_(std::move(random)),
      sources_(std::move(sources)) {}

std::vector<std::vector<api::NodeReason>> WardService::judge(
    state::Snapshot const& snapshot, std::vector<model::Task> const& tasks) {
  std::vector<std::vector<api::NodeReason>> all;
  if (tasks.empty()) {
    return all;
  }
  scheduler::PlacementView const view(snapshot, clock_.now());
  for (auto const& task : tasks) {
    auto& reasons = all.emplace_back();
    for (auto const& verdict : view.judge(task)) {
      reasons.push_back({verdict.node->id.str(),
                         verdict.node->description.hostname,
                         verdict.filter ? scheduler::filter_word(*verdict.filter) : std::string{},
                         verdict.reason});
    }
  }
  return all;
}

api::NodePlace WardService::place_of(model::Node const& node) {
  auto const found = sources_.addresses.find(node.engine_name);
  if (node.access.agent_port != 0) {
    return {"joined", node.status.addr + ":" + std::to_string(node.access.agent_port)};
  }
  if (!node.access.url.empty()) {
    return {"adopted", node.access.url};
  }
  return {node.engine_name == cluster::kLocalEngine ? "local" : "listed",
          found == sources_.addresses.end() ? std::string{} : found->second};
}

asio::awaitable<Result<api::RebalanceReport>> WardService::rebalance(model::ServiceId service,
                                                                     api::DryRun dry_run) {
  if (dry_run == api::DryRun::Yes) {
    co_return list_moves(*store_.snapshot(), service, clock_.now());
  }
  auto const report = std::make_shared<api::RebalanceReport>();
  state::Change change = [this, report, service](state::Draft& draft) -> Result<void> {
    *report = make_moves(draft, service, random_);
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  co_return std::move(*report);
}

asio::awaitable<std::vector<EngineAnswers>> WardService::ask_engines() {
  std::vector<EngineAnswers> expected;
  std::vector<std::shared_ptr<backends::Engine>> engines;
  auto const add = [&](model::Node const& node) {
    expected.push_back({node.description.hostname,
                        place_of(node).address,
                        unavailable("it took longer than 15 s")});
    engines.push_back(sources_.engine(node));
  };
  auto const snapshot = store_.snapshot();
  std::map<std::string, state::NodePtr> by_name;
  for (auto const& [id, node] : snapshot->nodes) {
    by_name[node->description.hostname + " " + id.str()] = node;
  }
  for (auto const& [name, node] : by_name) {
    add(*node);
  }
  if (expected.empty()) {
    model::Node here;
    here.description.hostname = kThisHost;
    here.engine_name = cluster::kLocalEngine;
    add(here);
  }
  auto const all = std::make_shared<Gathering>(executor_, std::move(expected));
  for (std::size_t at = 0; at < engines.size(); ++at) {
    auto const done = [all](std::exception_ptr const& bug) {
      if (bug) {
        std::rethrow_exception(bug);
      }
      if (--all->missing == 0) {
        all->timer.cancel();
      }
    };
    if (engines[at] == nullptr) {
      all->answers[at].info = unavailable("it is not on the list of engines");
      done(nullptr);
    } else {
      asio::co_spawn(executor_, ask_engine(engines[at], &clock_, all, at), done);
    }
  }
  if (all->missing > 0) {
    co_await all->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  co_return all->answers;  // A copy: who is late still writes.
}

asio::awaitable<std::vector<api::Check>> WardService::examine_host() {
  auto looking = look_at_host(sources_.listeners, sources_.data_root);
  auto checks =
      co_await asio::co_spawn(files_.get_executor(), std::move(looking), asio::use_awaitable);
  co_return checks;
}

asio::awaitable<std::vector<api::Check>> WardService::examine() {
  std::vector<api::Check> checks;
  if (auto const snapshot = store_.snapshot(); snapshot->cluster) {
    add_swarm(*snapshot, clock_.now(), checks);
  } else {
    checks.push_back(membership_check(sources_.worker().get()));
  }
  auto const of_host = co_await examine_host();
  checks.insert(checks.end(), of_host.begin(), of_host.end());
  auto const engines = co_await ask_engines();
  auto const local = sources_.addresses.find(std::string(cluster::kLocalEngine));
  for (auto const& answers : engines) {
    auto const found = engine_checks(answers);
    checks.insert(checks.end(), found.begin(), found.end());
    auto const root = data_root_of(answers);
    bool const here = local != sources_.addresses.end() && answers.address == local->second;
    if (here && !root.empty()) {
      checks.push_back(disk_check("dockerd of " + answers.node, root));
    }
  }
  co_return checks;
}

}  // namespace swarmward::app
