#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/id.h"
#include "base/result.h"
#include "model/common.h"

namespace swarmward::app {

/// What this manager wants to know of members. Members fetch it: each waits at the manager's door
/// until there is a question for it, and brings the answer there. Io thread only.
class QuestionBoard {
 public:
  explicit QuestionBoard(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  struct Asked {
    std::string id;  ///< Empty: there was no question.
    std::string question;
  };

  /// The member's answer. Errors: those of the member; Unavailable without an answer in time.
  boost::asio::awaitable<Result<std::string>> ask(model::NodeId node,
                                                  std::string question,
                                                  std::chrono::milliseconds patience);

  /// The next question for the member, or none within `patience`. Of several calls for one member
  /// only the last gets questions: those before it are of connections that broke.
  boost::asio::awaitable<Asked> next(model::NodeId node, std::chrono::seconds patience);

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
  /// A member's questions, and its call that waits for them.
  struct Box {
    std::deque<Asked> waiting;
    std::shared_ptr<boost::asio::steady_timer> visitor;
  };

  boost::asio::any_io_executor executor_;
  std::map<std::string, std::shared_ptr<Open>> open_;  ///< By id.
  std::map<model::NodeId, Box> boxes_;
  unsigned last_id_ = 0;
};

}  // namespace swarmward::app
