#pragma once

#include <span>

#include <nlohmann/json_fwd.hpp>

#include "api/route.h"

namespace swarmward::api {

/// /info and /version: the engine's own documents with our part put in.
class Info {
 public:
  explicit Info(RouteContext const& context) : context_(context) {}
  [[nodiscard]] static std::span<Route<Info> const> routes();

  asio::awaitable<Result<Response>> info(Call const* call);
  asio::awaitable<Result<Response>> version(Call const* call);

 private:
  asio::awaitable<Result<nlohmann::json>> engine_document(char const* path);

  RouteContext const& context_;
};

/// The `Swarm` section of /info.
[[nodiscard]] nlohmann::json swarm_section(state::Snapshot const& snapshot,
                                           WorkerView const* worker);
/// Puts the section in; its warnings are appended to the engine's.
void complete_info(nlohmann::json& document,
                   state::Snapshot const& snapshot,
                   WorkerView const* worker);
/// Raises the offered versions to ours and adds this daemon as a component.
void complete_version(nlohmann::json& document);

}  // namespace swarmward::api
