#pragma once

#ifdef SWARMWARD_MIMALLOC
#include <mimalloc.h>
#endif

namespace swarmward {

/// From now on memory that nobody uses goes back to the system at once, not with what the same
/// thread lets go of later: a cluster that comes to rest lets go of nothing any more, and a manager
/// of thousands of engines kept a tenth more than it needs. At the start of a program; without
/// effect where a sanitizer brings its own heap.
inline void give_memory_back_at_once() {
#ifdef SWARMWARD_MIMALLOC
  mi_option_set(mi_option_decommit_delay, 0);
#endif
}

}  // namespace swarmward
