// The files of a TaskRunner's secrets and configs.
#include "backends/runner/file_keeper.h"
#include "backends/runner/task_runner.h"
#include "model/task_file.h"

namespace swarmward::backends {

bool TaskRunner::names_files() const {
  return task().spec->container && model::names_files(*task().spec->container);
}

bool TaskRunner::keeps_files() const {
  return has_files_ || (!is_terminal(status_.state) && names_files());
}

asio::awaitable<Result<std::vector<model::Mount>>> TaskRunner::lay_files() {
  if (!assignment_.files) {
    // No matter what the error is of: the assignment does not change any more.
    co_return invalid_argument(assignment_.files.error().message);
  }
  if (assignment_.files->empty() && names_files()) {
    co_return internal_error("its secrets and configs have not come");
  }
  if (assignment_.files->empty()) {
    files_laid_ = true;
    co_return std::vector<model::Mount>{};
  }
  has_files_ = true;  // Also if some of them cannot be laid down.
  auto files = *assignment_.files;
  auto mounts = co_await FileKeeper::lay(context_->files, id(), std::move(files));
  files_laid_ = mounts.has_value();
  co_return mounts;
}

/// What cannot be removed is not waited for: tidying comes back to it.
asio::awaitable<void> TaskRunner::drop_files() {
  has_files_ = false;
  files_laid_ = false;
  co_await FileKeeper::drop(context_->files, id());
}

}  // namespace swarmward::backends
