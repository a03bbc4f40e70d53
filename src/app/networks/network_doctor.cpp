#include "app/networks/network_doctor.h"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "scheduler/networks/network_plan.h"
#include "wire/network_plan.h"
#include "wire/network_report.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

/// A look takes a second or two; a name server that hangs, some more.
constexpr std::chrono::seconds kNodePatience{10};
/// After so long a plan that has just changed is carried out, if all is well.
constexpr std::chrono::milliseconds kSecondLook{500};

/// Why a node cannot be asked; empty: it can.
std::string obstacle_of(model::Node const& node) {
  switch (node.status.state) {
    case model::NodeState::Down:
      return "the node is down: swarmward on it has not been heard of";
    case model::NodeState::Disconnected:
      return "the node is disconnected: it has not been heard of lately";
    case model::NodeState::Ready:
    case model::NodeState::Unknown:
      break;
  }
  return {};
}

constexpr char const* kCureOfSilence =
    "see that the host runs, that swarmward runs on it (systemctl status swarmward), and that it "
    "reaches the manager's port for members (2377)";

bool has_findings(model::NetworkReport const& report) {
  return std::ranges::any_of(report.findings,
                             [](model::NetworkFinding const& finding) { return !finding.note; });
}

/// What the second look found and the first one too.
void keep_confirmed(model::NetworkReport const& first, model::NetworkReport& second) {
  std::erase_if(second.findings, [&](model::NetworkFinding const& finding) {
    return std::ranges::none_of(first.findings, [&](model::NetworkFinding const& before) {
      return before.kind == finding.kind && before.network == finding.network;
    });
  });
}

}  // namespace

/// Answers that come in while somebody waits for all of them.
struct NetworkDoctor::Gathered {
  explicit Gathered(asio::any_io_executor const& executor) : done(executor) {
    done.expires_at(asio::steady_timer::time_point::max());
  }
  asio::steady_timer done;
  std::vector<api::NodeNetworks> nodes;
  std::size_t missing = 0;
};

model::NetworkQuestion NetworkDoctor::question_for(model::NodeId const& node,
                                                   api::NetworkLook const& look) {
  model::NetworkQuestion question;
  auto plan = plans_.plan_of(node);
  plan.keys.clear();  // As nodes keep it; nobody needs them to compare.
  question.plan = wire::network_plan_text(plan);
  question.networks = look.networks;
  question.path_key = look.path_key;
  question.path_network = look.path_network;
  return question;
}

asio::awaitable<Result<model::NetworkReport>> NetworkDoctor::ask(model::NodeId node,
                                                                 model::NetworkQuestion question) {
  auto const cluster = store_.snapshot()->cluster;
  if (cluster && cluster->manager_node == node) {
    auto report = co_await inspector_.inspect(std::move(question));
    co_return report;
  }
  auto text = wire::network_question_text(question);
  auto const answer = co_await board_.ask(node, std::move(text), kNodePatience);
  if (!answer) {
    co_return answer.error();
  }
  co_return wire::network_report_from(*answer);
}

asio::awaitable<void> NetworkDoctor::look_at(NetworkDoctor* self,
                                             api::NetworkLook look,
                                             std::shared_ptr<Gathered> all,
                                             std::size_t place) {
  auto const node = all->nodes[place].node;
  auto question = self->question_for(node, look);
  auto plan = wire::network_plan_checksum(question.plan);
  auto report = co_await self->ask(node, std::move(question));
  if (report && has_findings(*report)) {
    asio::steady_timer pause(self->executor_, kSecondLook);
    co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    auto again = self->question_for(node, look);
    plan = wire::network_plan_checksum(again.plan);
    auto second = co_await self->ask(node, std::move(again));
    if (second) {
      keep_confirmed(*report, *second);
    }
    report = std::move(second);
  }
  auto& line = all->nodes[place];
  line.plan = std::move(plan);
  if (report) {
    line.report = std::move(*report);
  } else {
    line.problem = report.error().message;
    line.cure = kCureOfSilence;
  }
}

asio::awaitable<std::vector<api::NodeNetworks>> NetworkDoctor::look(api::NetworkLook look) {
  auto const snapshot = store_.snapshot();
  auto const all = std::make_shared<Gathered>(executor_);
  for (auto const& id : look.nodes) {
    auto const node = snapshot->find_node(id);
    if (!node) {
      continue;
    }
    auto& line = all->nodes.emplace_back();
    line.node = id;
    line.name = node->description.hostname;
    line.has_agent = scheduler::has_network_agent(*node);
    line.problem = line.has_agent ? obstacle_of(*node) : std::string();
    line.cure = line.problem.empty() ? "" : kCureOfSilence;
  }
  auto const finished = [all](std::exception_ptr const& bug) {
    if (bug) {
      std::rethrow_exception(bug);
    }
    if (--all->missing == 0) {
      all->done.cancel();
    }
  };
  for (std::size_t place = 0; place < all->nodes.size(); ++place) {
    if (all->nodes[place].has_agent && all->nodes[place].problem.empty()) {
      ++all->missing;
    }
  }
  for (std::size_t place = 0; place < all->nodes.size(); ++place) {
    if (all->nodes[place].has_agent && all->nodes[place].problem.empty()) {
      asio::co_spawn(executor_, look_at(this, look, all, place), finished);
    }
  }
  if (all->missing > 0) {
    co_await all->done.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  co_return std::move(all->nodes);
}

}  // namespace swarmward::app
