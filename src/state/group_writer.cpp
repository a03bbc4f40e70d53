#include "state/group_writer.h"

#include <iterator>
#include <utility>

namespace swarmward::state {

void GroupWriter::start(Persistence& persistence, Written written) {
  thread_ = std::thread(
      [this, &persistence, written = std::move(written)] { run(persistence, written); });
}

void GroupWriter::enqueue(MakeRows rows) {
  std::lock_guard const lock(mutex_);
  queue_.push_back(std::move(rows));
}

void GroupWriter::discard_queued() {
  {
    std::lock_guard const lock(mutex_);
    queue_.clear();
    failed_ = false;
  }
  wake_.notify_one();
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

void GroupWriter::run(Persistence& persistence, Written const& written) {
  for (;;) {
    std::vector<MakeRows> batch;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || (!failed_ && !queue_.empty()); });
      if (queue_.empty() || failed_) {
        return;
      }
      batch = std::exchange(queue_, {});
    }
    std::vector<Row> rows;
    for (auto const& make : batch) {
      auto made = make();
      rows.insert(
          rows.end(), std::make_move_iterator(made.begin()), std::make_move_iterator(made.end()));
    }
    auto result = persistence.write(rows);
    if (!result) {
      std::lock_guard const lock(mutex_);
      failed_ = true;
    }
    written(batch.size(), std::move(result));
  }
}

}  // namespace swarmward::state
