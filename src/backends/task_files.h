#pragma once

#include <set>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "model/ids.h"
#include "model/task_file.h"

namespace swarmward::backends {

/// The files of one node's tasks, as they lie on its host for the engine to mount. Never on a disk.
/// Every call may be repeated: each leaves what it says, whatever was there. Callers order them,
/// for two at once may pass each other. Io thread only. No error's text holds a file's content.
class TaskFiles {
 public:
  virtual ~TaskFiles() = default;

  /// Lays them down, with their owners and modes. Returns the absolute path of each on the host, in
  /// their order; the same task has the same paths each time. Errors: Unavailable (host not
  /// reached), NotImplemented (this node can never have files), Internal.
  virtual boost::asio::awaitable<Result<std::vector<std::string>>> put(
      model::TaskId task, std::vector<model::TaskFile> files) = 0;
  /// None of them is success.
  virtual boost::asio::awaitable<Result<void>> remove(model::TaskId task) = 0;
  /// Removes those of all other tasks. With none nothing at all is left on the host.
  virtual boost::asio::awaitable<Result<void>> keep_only(std::set<model::TaskId> tasks) = 0;
};

}  // namespace swarmward::backends
