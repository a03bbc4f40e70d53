#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/common.h"
#include "wire/filters.h"

namespace swarmward::api {

/// Something that happened to an object of the swarm, as `GET /events` tells it.
struct SwarmEvent {
  std::string_view type;    ///< service, network, secret, config, node or task; a literal.
  std::string_view action;  ///< create, update or remove; a literal.
  std::string id;
  model::StringMap attributes;  ///< `name`, and what an update changed.
  Time time{};
};
using EventPtr = std::shared_ptr<SwarmEvent const>;

/// One JSON object without a line end. Source of the form: dockerd's events of scope "swarm", which
/// lack the old members `status`, `id` and `from`.
[[nodiscard]] std::string render_event(SwarmEvent const& event);

/// Whether dockerd's filters let the event through: `type`, `event` and `scope` are exact, `label`
/// looks at attributes, `service`, `node`, `container` … are the beginning of the id or of the name
/// whatever the event's type; other keys are ignored. Events of tasks, which dockerd does not know,
/// must be asked for by `type`.
[[nodiscard]] bool passes(wire::Filters const& filters, SwarmEvent const& event);

/// `type` names tasks.
[[nodiscard]] bool wants_tasks(wire::Filters const& filters);

}  // namespace swarmward::api
