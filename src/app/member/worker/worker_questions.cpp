// What managers want to know of this host's networks comes with their answers to heartbeats; this
// tells them.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "app/member/worker/worker.h"
#include "wire/network_report.h"

namespace swarmward::app {

namespace asio = boost::asio;

void Worker::take_questions(std::string const& manager, nlohmann::json const& answer) {
  auto const asked = answer.find("Questions");
  if (asked == answer.end() || !asked->is_array()) {
    return;
  }
  for (auto const& question : *asked) {
    questions_.push_back({manager, text_of(question, "Id"), text_of(question, "Question")});
  }
  if (!answering_ && !questions_.empty()) {
    answering_ = true;
    asio::co_spawn(executor_, answer_questions(this), asio::detached);
  }
}

/// One after the other. The connection is not kept: questions are rare.
asio::awaitable<void> Worker::answer_questions(Worker* self) {
  while (!self->questions_.empty()) {
    auto question = std::move(self->questions_.front());
    self->questions_.pop_front();
    co_await self->answer_question(std::move(question));
  }
  self->question_clients_.reset();
  self->answering_ = false;
}

asio::awaitable<void> Worker::answer_question(ManagersQuestion asked) {
  nlohmann::json answer{{"Id", asked.id}};
  auto question = wire::network_question_from(asked.question);
  if (question) {
    auto const report = co_await settings_.inspector->inspect(std::move(*question));
    answer[report ? "Answer" : "Error"] =
        report ? wire::network_report_text(*report) : report.error().message;
  } else {
    answer["Error"] = question.error().message;
  }
  // A manager that is not reached will have given up.
  auto const told = co_await question_clients_.ask(
      std::move(asked.manager), "/member/answers", std::move(answer));
  static_cast<void>(told);
}

}  // namespace swarmward::app
