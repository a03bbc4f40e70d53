#include "api/routes/routes_logs.h"

#include <array>

#include <boost/asio/this_coro.hpp>

#include "api/manager_check.h"
#include "api/routes/log_request.h"
#include "api/routes/log_stream.h"
#include "api/routes/lookup.h"

namespace swarmward::api {

namespace {

using LogRoute = Route<Logs>;
constexpr std::array kLogRoutes{
    LogRoute{"GET", "/services/{id}/logs", &Logs::of_service, ApiVersion{1, 24}},
    LogRoute{"GET", "/tasks/{id}/logs", &Logs::of_task, ApiVersion{1, 24}},
};

/// How often a followed service is looked at for new tasks, and the client for being there.
constexpr std::chrono::milliseconds kLookAgain{250};

Result<void> check_request(Call const& call) {
  if (auto const streams = check_streams(call.request); !streams) {
    return streams;
  }
  return require_manager(call);
}

Error no_container() {
  return internal_error("error making log selector: logs only supported on container tasks");
}

}  // namespace

std::span<Route<Logs> const> Logs::routes() {
  return kLogRoutes;
}

asio::awaitable<Result<void>> Logs::of_service(Call const* call) {
  if (auto const valid = check_request(*call); !valid) {
    co_return valid.error();
  }
  auto const service = get_service(*call->snapshot, call->id);
  if (!service) {
    co_return service.error();
  }
  auto const& container = (*service)->spec->task.container;
  if (!container) {
    co_return no_container();
  }
  Scope scope{(*service)->id, {}, container->tty};
  auto streamed = co_await stream(call, std::move(scope));
  co_return streamed;
}

asio::awaitable<Result<void>> Logs::of_task(Call const* call) {
  if (auto const valid = check_request(*call); !valid) {
    co_return valid.error();
  }
  auto const task = get_task(*call->snapshot, call->id);
  if (!task) {
    co_return task.error();
  }
  auto const& container = (*task)->spec->container;
  if (!container) {
    co_return no_container();
  }
  Scope scope{(*task)->service_id, (*task)->id, container->tty};
  auto streamed = co_await stream(call, std::move(scope));
  co_return streamed;
}

asio::awaitable<Result<void>> Logs::stream(Call const* call, Scope scope) {
  auto query = log_query_of(call->request);
  if (!query) {
    co_return query.error();
  }
  bool const follow = query->follow;
  auto const executor = co_await asio::this_coro::executor;
  auto log = std::make_shared<LogStream>(executor, context_, std::move(*query), !scope.tty);
  Response head;
  head.content_type = log_content_type(call->request.version, !scope.tty);
  bool const begun = co_await call->responder->begin(std::move(head));
  if (begun) {
    add_tasks(*log, *call->snapshot, scope);
    co_await relay(call->responder, log, &scope, follow);
    log->stop();
    co_await call->responder->end();
  }
  co_return Result<void>{};
}

asio::awaitable<void> Logs::relay(Responder* responder,
                                  std::shared_ptr<LogStream> stream,
                                  Scope const* scope,
                                  bool follow) {
  bool listening = true;
  auto seen = context_.store.snapshot()->version;
  while (listening && !responder->client_gone() && (follow || !stream->idle())) {
    co_await stream->wait(kLookAgain);
    if (auto piece = stream->take(); !piece.empty()) {
      listening = co_await responder->write(std::move(piece));
    }
    auto const now = context_.store.snapshot();
    for (auto const& id : stream->broken_off()) {
      if (auto const task = now->find_task(id)) {
        stream->add(*task, now->find_node(task->node_id).get());
      }
    }
    if (follow && now->version != seen) {
      seen = now->version;
      add_tasks(*stream, *now, *scope);
    }
    // Nothing can come any more of what is gone.
    if (stream->idle() && (!now->find_service(scope->service) ||
                           (!scope->task.empty() && !now->find_task(scope->task)))) {
      break;
    }
  }
  // It makes the CLI give up, so it must come last and not at all while following.
  auto complaint = stream->complaint();
  if (listening && !follow && !complaint.empty()) {
    auto piece = scope->tty ? complaint : log_frame(LogSource::SystemError, complaint);
    co_await responder->write(std::move(piece));
  }
}

void Logs::add_tasks(LogStream& stream, state::Snapshot const& snapshot, Scope const& scope) const {
  if (scope.task.empty()) {
    for (auto const& task : snapshot.tasks_of(scope.service)) {
      stream.add(*task, snapshot.find_node(task->node_id).get());
    }
  } else if (auto const task = snapshot.find_task(scope.task)) {
    stream.add(*task, snapshot.find_node(task->node_id).get());
  }
}

}  // namespace swarmward::api
