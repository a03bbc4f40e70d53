#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "scheduler/dispatch/dispatcher.h"

namespace swarmward::app {

/// Hands what was dispatched to the runners, in order and a few tasks in each turn of the io loop:
/// one transaction may hold tens of thousands, and while the loop is with them it hears neither of
/// engines nor of clients. Io thread only.
class DispatchQueue {
 public:
  struct Entry {
    model::NodeId node;
    std::variant<scheduler::DispatchedTask, model::TaskId> task;  ///< Or the one that is gone.
  };
  using HandOver = std::function<void(Entry)>;

  /// `hand_over` may add and clear.
  DispatchQueue(boost::asio::any_io_executor executor, HandOver hand_over);

  /// Attachments are handed over before it returns: whoever runs a container waits for its place,
  /// and not for long. So are the first few of the others, unless some wait already.
  void add(std::vector<Entry> entries);
  void clear();

 private:
  struct State;
  static void hand_over_some(std::shared_ptr<State> const& state);
  std::shared_ptr<State> state_;
};

}  // namespace swarmward::app
