// A worker asks its managers what they want to know of this host's networks, and tells them.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/member/worker/worker.h"
#include "wire/network_report.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

/// Longer than a manager waits with its question.
constexpr std::chrono::seconds kQuestionWait{30};
constexpr std::chrono::milliseconds kQuestionPause{500};

}  // namespace

asio::awaitable<void> Worker::follow_questions(Worker* self, unsigned life) {
  while (self->life_ == life) {
    bool heard = false;
    auto const managers = self->record_->managers;
    for (auto const& manager : managers) {
      nlohmann::json nothing = nlohmann::json::object();
      auto asked = co_await self->question_clients_.ask(
          manager.address, "/member/questions", std::move(nothing), kQuestionWait);
      if (self->life_ != life) {
        co_return;
      }
      if (asked) {
        heard = true;
        co_await self->answer_question(manager.address, std::move(*asked));
        break;
      }
    }
    if (!heard && self->life_ == life) {
      self->question_timer_.expires_after(kQuestionPause);
      co_await self->question_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }
}

asio::awaitable<void> Worker::answer_question(std::string manager, nlohmann::json asked) {
  auto const id = text_of(asked, "Id");
  if (id.empty()) {
    co_return;
  }
  nlohmann::json answer{{"Id", id}};
  auto question = wire::network_question_from(text_of(asked, "Question"));
  if (question) {
    auto const report = co_await settings_.inspector->inspect(std::move(*question));
    answer[report ? "Answer" : "Error"] =
        report ? wire::network_report_text(*report) : report.error().message;
  } else {
    answer["Error"] = question.error().message;
  }
  // A manager that is not reached will have given up.
  auto const told =
      co_await question_clients_.ask(std::move(manager), "/member/answers", std::move(answer));
  static_cast<void>(told);
}

}  // namespace swarmward::app
