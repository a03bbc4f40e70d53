#pragma once

#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "model/common.h"

namespace swarmward::api {

/// On which node's engine an exec session was made: its id alone does not say so. Holds the
/// sessions used last; one that is forgotten is looked for on this host. Io thread only.
class ExecNodes {
 public:
  /// Far more than are open at once: a session that has ended need not be known any more.
  static constexpr std::size_t kKept = 10'000;

  explicit ExecNodes(std::size_t kept = kKept) : kept_(kept) {}

  void remember(std::string const& exec, model::NodeId const& node);
  /// Counts as a use.
  [[nodiscard]] std::optional<model::NodeId> find(std::string const& exec);

 private:
  struct Entry {
    std::string exec;
    model::NodeId node;
  };
  std::size_t kept_;
  std::list<Entry> entries_;  ///< The one used last comes first.
  std::unordered_map<std::string, std::list<Entry>::iterator> by_id_;
};

}  // namespace swarmward::api
