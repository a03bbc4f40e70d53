#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/id.h"
#include "base/result.h"
#include "model/common.h"

namespace swarmward::app {

/// What this manager wants to know of members. Each is told with the answer to its next heartbeat,
/// and brings its answer to the manager's door. Io thread only.
class QuestionBoard {
 public:
  explicit QuestionBoard(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  struct Asked {
    std::string id;
    std::string question;
  };

  /// The member's answer. Errors: those of the member; Unavailable without an answer in time.
  boost::asio::awaitable<Result<std::string>> ask(model::NodeId node,
                                                  std::string question,
                                                  std::chrono::milliseconds patience);

  /// The questions for the member that it has not been told yet.
  [[nodiscard]] std::vector<Asked> take(model::NodeId const& node);

  /// The member's answer. One that nobody waits for any more, or of another member, is dropped.
  void answered(model::NodeId const& node, std::string const& id, Result<std::string> answer);

 private:
  /// A question that somebody waits for.
  struct Open {
    Open(boost::asio::any_io_executor const& executor, model::NodeId to)
        : node(std::move(to)), done(executor) {}
    model::NodeId node;
    boost::asio::steady_timer done;  ///< Cancelled by the answer.
    Result<std::string> answer = unavailable("it did not answer in time");
  };

  boost::asio::any_io_executor executor_;
  std::map<std::string, std::shared_ptr<Open>> open_;  ///< By id.
  std::map<model::NodeId, std::vector<Asked>> untold_;
  unsigned last_id_ = 0;
};

}  // namespace swarmward::app
