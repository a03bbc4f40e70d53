#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "api/events/swarm_event.h"
#include "state/snapshot.h"

namespace swarmward::api {

/// The last events of the swarm, and those who listen to the next ones. published() is called on
/// the state's strand, everything else on the io thread.
class EventLog {
 public:
  /// So many events can be read again. Source: dockerd's buffer.
  static constexpr std::size_t kKept = 256;

  using Listener = std::function<void(EventPtr const&)>;
  enum class Tasks { No, Yes };

  EventLog(boost::asio::any_io_executor io, Clock const& clock);

  /// To be wired to StateStore::watch().
  void published(state::Touched const& touched);

  /// Until the handle goes, which must happen on the io thread; it may outlive the log. Events of
  /// tasks are made only while somebody asks for them; they are not kept.
  [[nodiscard]] std::shared_ptr<void> listen(Listener listener, Tasks tasks);

  /// What is kept of the time from `since` to `until`, both included, oldest first.
  [[nodiscard]] std::vector<EventPtr> kept(Time since, std::optional<Time> until) const;

 private:
  struct State;

  boost::asio::any_io_executor io_;
  Clock const& clock_;
  std::shared_ptr<State> state_;  ///< Shared with the handles.
};

}  // namespace swarmward::api
