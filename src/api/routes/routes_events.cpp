#include "api/routes/routes_events.h"

#include <array>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include "api/events/event_feed.h"
#include "api/events/past_events.h"

namespace swarmward::api {

namespace {

using EventRoute = Route<Events>;
constexpr std::array kEventRoutes{
    EventRoute{"GET", "/events", &Events::stream, ApiVersion{1, 24}},
};

/// How often the client is looked at for being there.
constexpr std::chrono::milliseconds kLookForClient{250};
/// An engine stamps an event a moment before it keeps it: what is younger than this is left to the
/// live part, which would else miss it.
constexpr std::chrono::milliseconds kSettled{100};

}  // namespace

std::span<Route<Events> const> Events::routes() {
  return kEventRoutes;
}

asio::awaitable<Result<void>> Events::stream(Call const* call) {
  std::vector<Engine> none;
  auto streamed = co_await stream_with(call, std::move(none));
  co_return streamed;
}

asio::awaitable<Result<void>> Events::stream_with(Call const* call, std::vector<Engine> others) {
  auto request = event_request_of(call->request);
  if (!request) {
    co_return request.error();
  }
  auto const executor = co_await asio::this_coro::executor;
  auto const feed = std::make_shared<EventFeed>(executor, *request);
  auto const engine = context_.control.local_engine();
  bool const live = !request->ends_before(context_.clock.now());
  if (live) {
    feed->listen(context_.events);
  }
  auto past = co_await read_past(&*request, engine);
  if (!past) {
    feed->stop();
    co_return past.error();
  }
  if (live) {
    auto target = engine_events_target(*request, past->next, request->until);
    auto opened = co_await engine->open_document(std::move(target));
    if (!opened) {
      feed->stop();
      co_return opened.error();
    }
    feed->expect();
    feed->read(std::move(*opened), EventFeed::Teller::Own);
  }
  // Beside, for one that is slow keeps nobody waiting.
  for (auto const& other : others) {
    feed->expect();
    auto target = engine_events_target(*request, request->since, request->until);
    auto opening = open_other(feed, other, std::move(target));
    asio::co_spawn(executor, std::move(opening), asio::detached);
  }
  bool const more = live || !others.empty();
  Response head;
  head.content_type = request->format.content_type;
  auto listening = co_await call->responder->begin(std::move(head));
  if (listening && !past->records.empty()) {
    listening = co_await call->responder->write(std::move(past->records));
  }
  if (listening && more) {
    co_await relay(call->responder, feed);
  }
  feed->stop();
  // A stream that broke off must not look complete.
  if (!more || feed->end() == EventFeed::End::Complete || call->responder->client_gone()) {
    co_await call->responder->end();
  }
  co_return Result<void>{};
}

asio::awaitable<Result<Events::Past>> Events::read_past(EventRequest const* request,
                                                        Engine engine) {
  Past past;
  past.next = request->since;
  if (!request->replays()) {
    co_return past;
  }
  // Looked up before anything is awaited: what comes later is heard by the feed.
  auto const kept = context_.events.kept(request->since.value_or(Time::min()), request->until);
  auto until = context_.clock.now() - kSettled;
  if (request->ends_before(context_.clock.now())) {
    until = *request->until;
  }
  std::string lines;
  if (!request->since || *request->since <= until) {
    past.next = until + Duration(1);
    auto target = engine_events_target(*request, request->since, until);
    auto told = co_await engine->get_document(std::move(target));
    if (!told) {
      co_return told.error();
    }
    lines = std::move(*told);
  }
  past.records = merge_past(*request, kept, lines);
  co_return past;
}

asio::awaitable<void> Events::open_other(std::shared_ptr<EventFeed> feed,
                                         Engine engine,
                                         std::string target) {
  auto opened = co_await engine->open_document(std::move(target));
  if (opened) {
    feed->read(std::move(*opened), EventFeed::Teller::Other);
  } else {
    feed->give_up();
  }
}

asio::awaitable<void> Events::relay(Responder* responder, std::shared_ptr<EventFeed> feed) {
  bool listening = true;
  while (listening && !responder->client_gone()) {
    co_await feed->wait(kLookForClient);
    auto piece = feed->take();
    if (piece.empty() && feed->end() != EventFeed::End::No) {
      break;
    }
    if (!piece.empty()) {
      listening = co_await responder->write(std::move(piece));
    }
  }
}

}  // namespace swarmward::api
