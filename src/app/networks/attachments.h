#pragma once

#include <map>

#include <boost/asio/steady_timer.hpp>

#include "api/attach_control.h"
#include "base/id.h"
#include "model/attachment.h"
#include "state/state_store.h"

namespace swarmward::app {

/// The manager's share in attaching containers that are no tasks: writes what is wanted, waits
/// until the allocator and the node's runner have done theirs, and notes what runners see. Io
/// thread only, but for published().
class Attachments {
 public:
  Attachments(boost::asio::any_io_executor executor, state::StateStore& store, RandomBytes random);

  /// From the store's strand: a publication that touched this.
  void published(state::Touched const& touched);

  /// For a container on that node. Errors: as api::AttachControl.
  boost::asio::awaitable<Result<api::AttachControl::Places>> attach(
      model::NodeId node, std::vector<api::AttachWish> wishes);
  /// Those of other nodes are passed over.
  boost::asio::awaitable<Result<void>> detach(model::NodeId node,
                                              std::vector<std::string> attachments);
  /// What a node's engine shows of its attachments.
  void seen(std::vector<model::SeenAttachment> const& seen);

 private:
  using Tasks = std::vector<model::Task>;

  [[nodiscard]] Result<Tasks> wanted(model::NodeId const& node,
                                     std::vector<api::AttachWish> const& wishes) const;
  boost::asio::awaitable<Result<void>> wait_for(Tasks tasks);
  boost::asio::awaitable<Result<void>> erase(std::vector<model::TaskId> ids);
  [[nodiscard]] Result<api::AttachControl::Places> places(Tasks const& tasks) const;
  boost::asio::awaitable<void> write_seen();

  boost::asio::any_io_executor executor_;
  state::StateStore& store_;
  RandomBytes random_;
  boost::asio::steady_timer changed_;  ///< Never expires by itself: cancelled to wake who waits.
  std::map<model::TaskId, model::SeenAttachment> unwritten_;
  bool writing_ = false;
};

}  // namespace swarmward::app
