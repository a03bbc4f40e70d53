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
  auto& box = boxes_[node];
  Asked asked{id, std::move(question)};
  box.waiting.push_back(std::move(asked));
  if (box.visitor) {
    box.visitor->cancel();
  }
  open->done.expires_after(patience);
  co_await open->done.async_wait(asio::as_tuple(asio::use_awaitable));
  open_.erase(id);
  std::erase_if(boxes_[node].waiting, [&id](Asked const& waiting) { return waiting.id == id; });
  co_return std::move(open->answer);
}

asio::awaitable<QuestionBoard::Asked> QuestionBoard::next(model::NodeId node,
                                                          std::chrono::seconds patience) {
  auto const visitor = std::make_shared<asio::steady_timer>(executor_, patience);
  if (auto const before = std::exchange(boxes_[node].visitor, visitor)) {
    before->cancel();
  }
  if (boxes_[node].waiting.empty()) {
    co_await visitor->async_wait(asio::as_tuple(asio::use_awaitable));
  }
  auto& box = boxes_[node];
  Asked asked;
  if (box.visitor == visitor) {
    box.visitor.reset();
    if (!box.waiting.empty()) {
      asked = std::move(box.waiting.front());
      box.waiting.pop_front();
    }
  }
  co_return asked;
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
