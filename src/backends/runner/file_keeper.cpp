#include "backends/runner/file_keeper.h"

#include <utility>

#include "base/log.h"

namespace swarmward::backends {

namespace {

std::vector<model::Mount> mounts_of(std::vector<std::string> const& targets,
                                    std::vector<std::string> const& paths) {
  std::vector<model::Mount> mounts;
  for (std::size_t n = 0; n < targets.size(); ++n) {
    model::Mount mount;
    mount.type = model::MountType::Bind;
    mount.source = paths[n];
    mount.target = targets[n];
    mount.read_only = true;
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

}  // namespace

boost::asio::awaitable<Result<std::vector<model::Mount>>> FileKeeper::lay(
    std::shared_ptr<FileKeeper> self, model::TaskId task, std::vector<model::TaskFile> files) {
  if (!self->files_) {
    co_return Error{ErrorCode::NotImplemented,
                    "this node cannot be given secrets and configs: it has no agent"};
  }
  std::vector<std::string> targets;
  for (auto& file : files) {
    targets.push_back(file.target);
    file.uid += self->root_.uid;
    file.gid += self->root_.gid;
  }
  auto const turn = co_await self->turn_.enter();
  auto const paths = co_await self->files_->put(std::move(task), std::move(files));
  if (!paths) {
    co_return in_context("laying down secrets and configs", paths.error());
  }
  if (paths->size() != targets.size()) {
    co_return internal_error("laying down secrets and configs: not all are there");
  }
  co_return mounts_of(targets, *paths);
}

boost::asio::awaitable<void> FileKeeper::drop(std::shared_ptr<FileKeeper> self,
                                              model::TaskId task) {
  if (!self->files_) {
    co_return;
  }
  auto const turn = co_await self->turn_.enter();
  auto const removed = co_await self->files_->remove(task);
  if (!removed) {
    self->untidy_ = true;
    room_log("backends")
        ->warn("task.files_left task={} error=\"{}\"", task.view(), removed.error().message);
  }
}

boost::asio::awaitable<void> FileKeeper::tidy(std::shared_ptr<FileKeeper> self,
                                              std::function<std::set<model::TaskId>()> wanted) {
  if (!self->files_) {
    co_return;
  }
  auto const turn = co_await self->turn_.enter();
  auto tasks = wanted();
  auto const kept = co_await self->files_->keep_only(std::move(tasks));
  // Where none can ever be, none is left.
  self->untidy_ = !kept && kept.error().code != ErrorCode::NotImplemented;
  if (self->untidy_) {
    room_log("backends")->warn("node.files_left error=\"{}\"", kept.error().message);
  }
}

}  // namespace swarmward::backends
