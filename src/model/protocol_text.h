#pragma once

#include "model/service.h"

namespace swarmward::model {

/// "tcp", as users and programs write it.
[[nodiscard]] constexpr char const* protocol_text(Protocol protocol) {
  switch (protocol) {
    case Protocol::Udp:
      return "udp";
    case Protocol::Sctp:
      return "sctp";
    case Protocol::Tcp:
      break;
  }
  return "tcp";
}

}  // namespace swarmward::model
