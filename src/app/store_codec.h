#pragma once

#include "state/persistence.h"

namespace swarmward::app {

/// Gives the state store the stored forms of room `wire`.
[[nodiscard]] state::Codec stored_codec();

}  // namespace swarmward::app
