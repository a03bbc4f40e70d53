#include "api/passthrough/forward.h"

#include <algorithm>

#include <boost/asio/this_coro.hpp>

#include "api/passthrough/engine_call.h"
#include "api/passthrough/query_text.h"
#include "api/passthrough/shaping.h"
#include "base/percent_encode.h"

namespace swarmward::api {

namespace {

/// An engine copies what an image has where a new volume is put, and volume drivers take their
/// time.
constexpr std::chrono::minutes kCreateTimeout{15};

std::string target_of(Request const& request, ApiVersion version) {
  return "/v" + to_string(version) + percent_encode(request.path, "/") + query_text(request.query);
}

}  // namespace

asio::awaitable<Result<Response>> forward_to_engine(std::shared_ptr<Upstream const> engine,
                                                    Request request) {
  auto const known = engine->facts.version;
  auto const shaping = find_shaping(request.method, request.path, request.version, known);
  if (shaping == Shaping::CheckDuplicate) {
    request.body = with_check_duplicate(std::move(request.body));
  } else if (shaping == Shaping::MacAddress) {
    request.body = with_mac_address(std::move(request.body));
  }
  EngineRequest asked;
  asked.method = request.method;
  asked.target = target_of(request, std::min(request.version, known));
  asked.content_type = request.header("Content-Type");
  asked.body = std::move(request.body);
  if (request.path == "/containers/create" || request.path == "/volumes/create") {
    asked.timeout = kCreateTimeout;
  }
  auto const executor = co_await asio::this_coro::executor;
  auto const reply = co_await call_engine(executor, engine->dialer, std::move(asked));
  if (!reply) {
    co_return reply.error();
  }
  Response response;
  response.status = reply->status;
  response.body = reply->body;
  if (response.body.empty()) {
    response.content_type.clear();
  }
  co_return response;
}

}  // namespace swarmward::api
