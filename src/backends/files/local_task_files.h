#pragma once

#include <string>

#include "backends/files/host_folder.h"
#include "backends/task_files.h"

namespace swarmward::backends {

/// TaskFiles on this process's own host: `folder`/TASK/N, in memory. Paths are made of the task's
/// id and the file's number alone. Writing to memory is fast enough for the io thread.
class LocalTaskFiles final : public TaskFiles {
 public:
  /// `folder`: an absolute path, one for each node; made when the first file comes.
  LocalTaskFiles(std::string folder, Mounting mounting)
      : folder_(std::move(folder)), mounting_(mounting) {}

  boost::asio::awaitable<Result<std::vector<std::string>>> put(
      model::TaskId task, std::vector<model::TaskFile> files) override;
  boost::asio::awaitable<Result<void>> remove(model::TaskId task) override;
  boost::asio::awaitable<Result<void>> keep_only(std::set<model::TaskId> tasks) override;

  // The same without waiting.
  /// One file, as the `number`th of its task; its path.
  Result<std::string> put_one(model::TaskId const& task,
                              std::size_t number,
                              model::TaskFile const& file);
  Result<void> remove_now(model::TaskId const& task);
  Result<void> keep_only_now(std::set<model::TaskId> const& tasks);

 private:
  std::string folder_;
  Mounting mounting_;
};

}  // namespace swarmward::backends
