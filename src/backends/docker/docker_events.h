#pragma once

#include <memory>

#include "backends/engine.h"

namespace swarmward::backends {

/// The events in a body of JSON lines. Lines that are no event are passed over.
[[nodiscard]] std::unique_ptr<EventStream> make_event_stream(std::unique_ptr<ByteStream> bytes);

}  // namespace swarmward::backends
