#include "api/cluster/cluster_hosts.h"

#include <optional>
#include <utility>

#include "api/passthrough/gather.h"
#include "base/percent_encode.h"

namespace swarmward::api {

namespace {

/// More are not kept; those that are forgotten are asked for again.
constexpr std::size_t kMostKnown = 10'000;
constexpr std::size_t kWholeId = 64;

/// How well what an engine shows fits the word.
enum class Fit { None, Beginning, Whole };

Fit fit_of(OrderedJson const& container, std::string const& word) {
  auto const id = text_of_part(container, "Id");
  auto const plain = word.starts_with('/') ? word : "/" + word;
  if (id.empty()) {
    return Fit::None;
  }
  return id == word || text_of_part(container, "Name") == plain ? Fit::Whole : Fit::Beginning;
}

struct Owner {
  model::NodeId node;
  std::string id;  ///< The container's whole one.
};

Error not_here(std::string const& container, std::vector<NodeAnswer> const& answers) {
  std::string silent;
  for (auto const& answer : answers) {
    if (is_silent(answer)) {
      silent += (silent.empty() ? "" : ", ") + answer.node->description.hostname;
    }
  }
  return not_found("No such container: " + container +
                   (silent.empty() ? "" : " (nothing is known of " + silent + ")"));
}

/// Source of the text about several: dockerd.
Result<Owner> find_owner(state::Snapshot const* snapshot,
                         std::vector<NodeAnswer> const& answers,
                         std::string const& container) {
  auto const several = internal_error("multiple IDs found with provided prefix: " + container);
  std::optional<Owner> best;
  std::pair<Fit, bool> rating{Fit::None, false};
  int beginnings = 0;
  for (auto const& answer : answers) {
    if (!answer.document) {
      // The engine's own verdict about several of its containers.
      beginnings += answer.document.error().message.find(" IDs found with provided prefix") !=
                            std::string::npos
                        ? 2
                        : 0;
      continue;
    }
    auto const shown = OrderedJson::parse(*answer.document, nullptr, false);
    bool const here = snapshot->cluster && snapshot->cluster->manager_node == answer.node->id;
    std::pair<Fit, bool> const rated{fit_of(shown, container), here};
    beginnings += rated.first == Fit::Beginning ? 1 : 0;
    if (rated.first != Fit::None && (!best || rated > rating)) {
      rating = rated;
      best = Owner{answer.node->id, text_of_part(shown, "Id")};
    }
  }
  if (rating.first != Fit::Whole && beginnings > 1) {
    return several;
  }
  return best ? Result<Owner>(*best) : not_here(container, answers);
}

}  // namespace

bool is_silent(NodeAnswer const& answer) {
  return !answer.document && answer.document.error().code == ErrorCode::Unavailable;
}

asio::awaitable<std::vector<NodeAnswer>> ClusterHosts::ask_all(std::string path,
                                                               Enough enough) const {
  std::vector<NodeAnswer> answers;
  std::vector<std::shared_ptr<backends::Engine>> engines;
  auto const snapshot = context_.store.snapshot();
  for (auto const& [id, node] : snapshot->nodes) {
    bool const ready = node->status.state == model::NodeState::Ready;
    answers.push_back({node, std::string()});
    engines.push_back(ready ? context_.control.engine_of(id) : nullptr);
  }
  auto documents =
      co_await gather_documents(std::move(engines), std::move(path), kPatience, std::move(enough));
  for (std::size_t at = 0; at < answers.size(); ++at) {
    answers[at].document = std::move(documents[at]);
  }
  co_return answers;
}

model::NodeId ClusterHosts::known_node(std::string const& container) const {
  auto const known = known_.find(container);
  if (known == known_.end()) {
    return {};
  }
  auto const node = context_.store.snapshot()->find_node(known->second);
  if (!node || node->status.state != model::NodeState::Ready) {
    known_.erase(known);
    return {};
  }
  return known->second;
}

asio::awaitable<Result<model::NodeId>> ClusterHosts::node_with(std::string container) const {
  if (auto known = known_node(container); !known.empty()) {
    co_return known;
  }
  auto path = "/containers/" + percent_encode(container) + "/json";
  // A copy: who answers late still asks it.
  Enough const is_it = [container](std::string const& shown) {
    return fit_of(OrderedJson::parse(shown, nullptr, false), container) == Fit::Whole;
  };
  auto const answers = co_await ask_all(std::move(path), is_it);
  auto const found = find_owner(context_.store.snapshot().get(), answers, container);
  if (!found) {
    co_return found.error();
  }
  remember(found->id, found->node);
  co_return found->node;
}

void ClusterHosts::remember(std::string const& container, model::NodeId const& node) const {
  if (container.size() != kWholeId) {
    return;
  }
  if (known_.size() >= kMostKnown) {
    known_.clear();
  }
  known_[container] = node;
}

Result<ContainerHost> ClusterHosts::host(model::NodeId const& node) const {
  ContainerHost host{node, context_.control.engine_of(node), context_.control.upstream_of(node)};
  if (!host.engine || !host.upstream) {
    return unavailable("no way to the engine of node " + node.str() + " is known");
  }
  return host;
}

asio::awaitable<Result<ContainerHost>> ClusterHosts::host_with(std::string container) const {
  auto const node = co_await node_with(std::move(container));
  if (!node) {
    co_return node.error();
  }
  co_return host(*node);
}

}  // namespace swarmward::api
