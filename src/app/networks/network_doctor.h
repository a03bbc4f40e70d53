#pragma once

#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "api/ward_control.h"
#include "app/member/door/question_board.h"
#include "app/networks/network_inspector.h"
#include "app/networks/plan_keeper.h"
#include "state/state_store.h"

namespace swarmward::app {

/// Has nodes look at their networks, and gathers what they find. Io thread only.
class NetworkDoctor {
 public:
  /// All outlive the doctor.
  NetworkDoctor(boost::asio::any_io_executor executor,
                state::StateStore& store,
                PlanKeeper& plans,
                QuestionBoard& board,
                NetworkInspector& inspector)
      : executor_(std::move(executor)),
        store_(store),
        plans_(plans),
        board_(board),
        inspector_(inspector) {}

  /// All nodes at once, in the order of the look. What is found is looked at once more a moment
  /// later, and only told if it is still there: plans change all the time.
  boost::asio::awaitable<std::vector<api::NodeNetworks>> look(api::NetworkLook look);

 private:
  struct Gathered;

  static boost::asio::awaitable<void> look_at(NetworkDoctor* self,
                                              api::NetworkLook look,
                                              std::shared_ptr<Gathered> all,
                                              std::size_t place);
  boost::asio::awaitable<Result<model::NetworkReport>> ask(model::NodeId node,
                                                           model::NetworkQuestion question);
  [[nodiscard]] model::NetworkQuestion question_for(model::NodeId const& node,
                                                    api::NetworkLook const& look);

  boost::asio::any_io_executor executor_;
  state::StateStore& store_;
  PlanKeeper& plans_;
  QuestionBoard& board_;
  NetworkInspector& inspector_;
};

}  // namespace swarmward::app
