#include "api/passthrough/volume_prune.h"

#include "api/passthrough/engine_call.h"
#include "api/passthrough/shaping.h"
#include "api/server/own_answer.h"

namespace swarmward::api {

namespace {

Response as_response(Result<EngineReply> const& reply) {
  if (!reply) {
    return error_answer(503, reply.error().message);
  }
  Response response;
  response.status = reply->status;
  response.body = reply->body;
  return response;
}

EngineRequest request_for(std::string method, std::string target) {
  EngineRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  return request;
}

}  // namespace

asio::awaitable<Response> prune_volumes(asio::any_io_executor executor,
                                        net::DialerPtr engine_dialer,
                                        ApiVersion engine,
                                        std::string raw_query) {
  auto const plan = plan_volume_prune(raw_query);
  if (!plan) {
    co_return error_answer(400, plan.error().message);
  }
  auto const base = "/v" + to_string(engine) + "/volumes";
  if (plan->all) {
    auto request = request_for("POST", base + "/prune?" + plan->engine_query);
    auto const reply = co_await call_engine(executor, engine_dialer, std::move(request));
    co_return as_response(reply);
  }
  auto asked = request_for("GET", base + "?" + plan->engine_query);
  auto const list = co_await call_engine(executor, engine_dialer, std::move(asked));
  if (!list || list->status != 200) {
    co_return as_response(list);
  }
  std::vector<std::string> deleted;
  for (auto const& name : anonymous_volumes(list->body)) {
    auto request = request_for("DELETE", base + "/" + name);
    auto const reply = co_await call_engine(executor, engine_dialer, std::move(request));
    // One that has come into use since, or is gone, is passed over, as dockerd does.
    if (reply && reply->status < 300) {
      deleted.push_back(name);
    }
  }
  Response response;
  response.body = render_prune_report(deleted);
  co_return response;
}

}  // namespace swarmward::api
