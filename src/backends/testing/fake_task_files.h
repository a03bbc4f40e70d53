#pragma once

#include <map>
#include <optional>

#include "backends/task_files.h"

namespace swarmward::backends::testing {

/// A host's files in memory. Fails as long as `error` is set.
class FakeTaskFiles final : public TaskFiles {
 public:
  boost::asio::awaitable<Result<std::vector<std::string>>> put(
      model::TaskId task, std::vector<model::TaskFile> files) override {
    ++puts;
    if (error) {
      co_return *error;
    }
    std::vector<std::string> paths;
    for (auto const& file : files) {
      static_cast<void>(file);
      paths.push_back("/files/" + task.str() + "/" + std::to_string(paths.size()));
    }
    lying[task] = std::move(files);
    co_return paths;
  }
  boost::asio::awaitable<Result<void>> remove(model::TaskId task) override {
    ++removals;
    if (error) {
      co_return *error;
    }
    lying.erase(task);
    co_return Result<void>{};
  }
  boost::asio::awaitable<Result<void>> keep_only(std::set<model::TaskId> tasks) override {
    ++tidyings;
    if (error) {
      co_return *error;
    }
    std::erase_if(lying, [&](auto const& each) { return !tasks.contains(each.first); });
    co_return Result<void>{};
  }

  std::map<model::TaskId, std::vector<model::TaskFile>> lying;
  std::optional<Error> error;
  int puts = 0;
  int removals = 0;
  int tidyings = 0;
};

}  // namespace swarmward::backends::testing
