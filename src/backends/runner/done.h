#pragma once

#include "base/result.h"

namespace swarmward::backends {

/// Success of a coroutine, returned by name: g++ 12 takes the error of a temporary
/// `Result<void>()` for read when optimising, and warns.
inline Result<void> const kDone{};

}  // namespace swarmward::backends
