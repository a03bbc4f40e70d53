#pragma once

#include <memory>

#include "backends/docker/http_client.h"

namespace swarmward::backends {

/// The container events in the engine's stream; other events and lines are passed over.
[[nodiscard]] std::unique_ptr<EventStream> make_event_stream(std::unique_ptr<BodyStream> bytes);

}  // namespace swarmward::backends
