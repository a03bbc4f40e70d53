#pragma once

#include <map>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "state/state_store.h"

namespace swarmward::app {

namespace asio = boost::asio;

/// Carries what task runners observe into the state. While one write is on its way, later reports
/// gather for the next; what the disk refuses is tried again. Io thread only.
class StatusReporter {
 public:
  StatusReporter(asio::any_io_executor executor, state::StateStore& store);
  ~StatusReporter();

  void report(model::TaskId const& task, model::TaskStatus status);
  void stop();

 private:
  struct Shared;
  static asio::awaitable<void> flush(std::shared_ptr<Shared> shared);
  std::shared_ptr<Shared> shared_;
};

}  // namespace swarmward::app
