#include "state/group_writer.h"

#include <utility>

namespace swarmward::state {

void GroupWriter::start(Persistence& persistence, MakeRows make_rows, Written written) {
  run_later_ = persistence.run_later();
  if (run_later_) {
    write_later_ =
        [this, &persistence, make_rows = std::move(make_rows), written = std::move(written)] {
          run_is_due_ = false;
          if (!failed_ && !queue_.empty()) {  // Or next_batch() would wait for ever.
            write(persistence, make_rows, written, next_batch());
            wake();
          }
        };
    return;
  }
  thread_ = std::thread(
      [this, &persistence, make_rows = std::move(make_rows), written = std::move(written)] {
        run(persistence, make_rows, written);
      });
}

void GroupWriter::wake() {
  if (!run_later_) {
    wake_.notify_one();
  } else if (!run_is_due_ && !failed_ && !queue_.empty()) {
    run_is_due_ = true;
    run_later_(write_later_);
  }
}

void GroupWriter::enqueue(Commit commit) {
  std::lock_guard const lock(mutex_);
  queue_.push_back(std::move(commit));
}

void GroupWriter::discard_queued() {
  {
    std::lock_guard const lock(mutex_);
    queue_.clear();
    failed_ = false;
  }
  wake();
}

void GroupWriter::stop() {
  if (!thread_.joinable()) {
    return;
  }
  {
    std::lock_guard const lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

bool GroupWriter::has_news() const {
  return stopping_ || (!failed_ && !queue_.empty());
}

/// Waits for work. Empty: the end.
std::vector<GroupWriter::Commit> GroupWriter::next_batch() {
  std::vector<Commit> batch;
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return has_news(); });
  std::size_t objects = 0;
  while (!failed_ && !queue_.empty() && objects < kMostObjects) {
    objects += queue_.front().touched->count();
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

void GroupWriter::run(Persistence& persistence, MakeRows const& make_rows, Written const& written) {
  for (auto batch = next_batch(); !batch.empty(); batch = next_batch()) {
    write(persistence, make_rows, written, std::move(batch));
  }
}

void GroupWriter::write(Persistence& persistence,
                        MakeRows const& make_rows,
                        Written const& written,
                        std::vector<Commit> batch) {
  auto const commits = batch.size();
  auto const rows = make_rows(batch);
  batch.clear();
  auto result = persistence.write(rows);
  if (!result) {
    std::lock_guard const lock(mutex_);
    failed_ = true;
  }
  written(commits, std::move(result));
}

}  // namespace swarmward::state
