#pragma once

#include "api/attach_control.h"
#include "app/member/worker/worker.h"
#include "app/networks/attachments.h"

namespace swarmward::app {

/// Attaches containers: as the manager by itself, on every node; as a worker through a manager, on
/// this host. Io thread only.
class AttachFront final : public api::AttachControl {
 public:
  AttachFront(state::StateStore& store, Attachments& attachments, Worker& worker)
      : store_(store), attachments_(attachments), worker_(worker) {}

  boost::asio::awaitable<Result<Places>> attach(model::NodeId node,
                                                std::vector<api::AttachWish> wishes) override;
  boost::asio::awaitable<Result<void>> detach(model::NodeId node,
                                              std::vector<std::string> attachments) override;

 private:
  state::StateStore& store_;
  Attachments& attachments_;
  Worker& worker_;
};

}  // namespace swarmward::app
