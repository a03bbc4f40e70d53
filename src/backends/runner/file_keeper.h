#pragma once

#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "backends/engine.h"
#include "backends/runner/gate.h"
#include "backends/task_files.h"
#include "model/container_spec.h"

namespace swarmward::backends {

/// The files of a node's tasks, one call after another: what tidies must not meet what has just
/// been laid down. Io thread only.
class FileKeeper {
 public:
  /// `files`: null for a node that can have none.
  explicit FileKeeper(std::shared_ptr<TaskFiles> files) : files_(std::move(files)), turn_(1) {}

  /// Whom files belong to that are root's in a container, from the next lay() on.
  void set_root(ContainerRoot root) { root_ = root; }
  /// Lays a task's files down; the mounts that show them in its container. Errors: as
  /// TaskFiles::put().
  static boost::asio::awaitable<Result<std::vector<model::Mount>>> lay(
      std::shared_ptr<FileKeeper> self, model::TaskId task, std::vector<model::TaskFile> files);
  /// What cannot be removed now is at the next tidying.
  static boost::asio::awaitable<void> drop(std::shared_ptr<FileKeeper> self, model::TaskId task);
  /// Removes the files of all tasks but those that `wanted` names when its turn comes.
  static boost::asio::awaitable<void> tidy(std::shared_ptr<FileKeeper> self,
                                           std::function<std::set<model::TaskId>()> wanted);
  /// Something may be left that should not be.
  [[nodiscard]] bool untidy() const { return untidy_; }

 private:
  std::shared_ptr<TaskFiles> files_;
  Gate turn_;
  ContainerRoot root_;
  bool untidy_ = false;
};

}  // namespace swarmward::backends
