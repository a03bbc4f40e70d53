#pragma once

#include "base/net/stream_socket.h"

namespace swarmward::net {

/// Carries bytes both ways until both sides have ended, on the executor of `near`. The end of input
/// on one side becomes the end of output on the other; a side that breaks ends both. Once `far` has
/// hung up altogether, what `near` still sends has nowhere to go: it gets two seconds to close too.
void relay(StreamSocket near, StreamSocket far);

}  // namespace swarmward::net
