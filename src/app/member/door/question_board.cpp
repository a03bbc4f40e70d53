#include "app/member/door/question_board.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace swarmward::app {

namespace asio = boost::asio;

asio::awaitable<Result<std::string>> QuestionBoard::ask(model::NodeId node,
                                                        std::string question,
                                                        std::chrono::milliseconds patience) {
  auto const id = std::to_string(++last_id_);
  auto const open = std::make_shared<Open>(executor_, node);
  open_[id] = open;
  Asked asked{id, std::move(question)};
  untold_[node].push_back(std::move(asked));
  open->done.expires_after(patience);
  co_await open->done.async_wait(asio::as_tuple(asio::use_awaitable));
  open_.erase(id);
  if (auto const untold = untold_.find(node); untold != untold_.end()) {
    std::erase_if(untold->second, [&id](Asked const& waiting) { return waiting.id == id; });
  }
  co_return std::move(open->answer);
}

std::vector<QuestionBoard::Asked> QuestionBoard::take(model::NodeId const& node) {
  auto found = untold_.extract(node);
  return found ? std::move(found.mapped()) : std::vector<Asked>{};
}

void QuestionBoard::answered(model::NodeId const& node,
                             std::string const& id,
                             Result<std::string> answer) {
  auto const found = open_.find(id);
  if (found == open_.end() || found->second->node != node) {
    return;
  }
  found->second->answer = std::move(answer);
  found->second->done.cancel();
}

}  // namespace swarmward::app
