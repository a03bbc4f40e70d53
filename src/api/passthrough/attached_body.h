#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/attach_control.h"
#include "api/passthrough/body_parts.h"

// How requests of the Engine API name networks, and what becomes of them where the networks are the
// swarm's. Pure. Source of the names: the Engine API.

namespace swarmward::api {

/// The networks in the body of POST /containers/create that every engine does not have by itself:
/// that of NetworkMode first, then the other endpoints. Each once.
[[nodiscard]] std::vector<AttachWish> wishes_of_create(OrderedJson const& body);

/// The network in the body of POST /networks/{id}/connect.
[[nodiscard]] AttachWish wish_of_connect(std::string network, OrderedJson const& body);

/// A wish and the place it got.
struct GivenPlace {
  AttachWish wish;
  Attachment place;
};

/// A network that a container joins after it was made.
struct LaterConnect {
  std::string network;
  OrderedJson endpoint;
};
struct AttachedCreate {
  OrderedJson body;
  std::vector<LaterConnect> later;
};

/// How many endpoints an engine takes at once when it makes a container.
enum class Endpoints { One, Any };

/// The container joins the networks where its places are, and asks there for names first. Aliases
/// are kept from the engine: it would answer for them with containers of its own host alone.
[[nodiscard]] AttachedCreate attached_create(OrderedJson body,
                                             std::vector<GivenPlace> const& given,
                                             Endpoints endpoints);

/// The body of POST /networks/{id}/connect with its endpoint at that place.
[[nodiscard]] OrderedJson attached_connect(OrderedJson body, Attachment const& place);

/// What an engine says of a container.
struct EngineContainer {
  std::string id;
  std::string name;
  bool running = false;
  std::set<std::string> networks;  ///< By their names.
  /// The attachments that its endpoints name, by the network's name.
  std::map<std::string, std::string> attachments;
};
/// From the engine's answer to `inspect`. Nothing if it is malformed.
[[nodiscard]] std::optional<EngineContainer> engine_container(std::string const& text);

}  // namespace swarmward::api
