#pragma once

#include <span>

#include <nlohmann/json_fwd.hpp>

#include "api/route.h"
#include "model/service.h"

namespace swarmward::api {

/// /services, without the logs.
class Services {
 public:
  explicit Services(RouteContext const& context) : context_(context) {}
  [[nodiscard]] static std::span<Route<Services> const> routes();

  asio::awaitable<Result<void>> list(Call const* call);
  Result<Response> inspect(Call const& call) const;
  asio::awaitable<Result<Response>> create(Call const* call);
  asio::awaitable<Result<Response>> update(Call const* call);
  asio::awaitable<Result<Response>> remove(Call const* call);

 private:
  /// What the body of a create or an update asks for; its networks exist.
  asio::awaitable<Result<model::ServiceSpec>> wished_spec(Call const* call,
                                                          nlohmann::json const* document);

  RouteContext const& context_;
};

}  // namespace swarmward::api
