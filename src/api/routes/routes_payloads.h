#pragma once

#include <span>

#include "api/route.h"
#include "model/config.h"
#include "model/secret.h"

namespace swarmward::api {

/// /secrets or /configs: T is model::Secret or model::Config.
template <class T>
class Payloads {
 public:
  explicit Payloads(RouteContext const& context) : context_(context) {}
  [[nodiscard]] static std::span<Route<Payloads> const> routes();

  asio::awaitable<Result<void>> list(Call const* call);
  Result<Response> inspect(Call const& call) const;
  asio::awaitable<Result<Response>> create(Call const* call);
  asio::awaitable<Result<Response>> update(Call const* call);
  asio::awaitable<Result<Response>> remove(Call const* call);

 private:
  RouteContext const& context_;
};

using Secrets = Payloads<model::Secret>;
using Configs = Payloads<model::Config>;

}  // namespace swarmward::api
