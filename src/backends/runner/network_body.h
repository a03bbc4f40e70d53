#pragma once

#include <string>
#include <string_view>

#include "backends/runner/runner_types.h"

namespace swarmward::backends {

// What an engine is told of the swarm's networks. An overlay is a network of the node's own driver,
// which the node's agent serves; the agent learns from the options all it needs to start a
// container without asking the manager. A node-local network is one of the engine's own, marked by
// labels, since its driver need not take options that it does not know. All pure.

/// The label of all of them that says which node they were made for.
inline constexpr char const* kNodeLabel = "ward.node.id";
/// Which network of the swarm it is: an option of an overlay, a label of a node-local network.
inline constexpr char const* kNetworkOption = "ward.network";
/// The label that names the network it was configured after.
inline constexpr char const* kConfigFromLabel = "ward.config-from";
/// The option of an endpoint that names the attachment of a container that is no task.
inline constexpr char const* kAttachmentOption = "ward.attachment";

/// The name of the driver that a node's agent serves. The node's own, so that several agents on one
/// host do not meet.
[[nodiscard]] std::string network_driver_of(model::NodeId const& node);

/// Bodies of POST /networks/create.
[[nodiscard]] std::string render_overlay(model::TaskNetwork const& network,
                                         NodeIdentity const& node);
[[nodiscard]] std::string render_node_local(model::TaskNetwork const& network,
                                            NodeIdentity const& node);
/// A node-local network after what the engine shows of a configuration network. Its own ConfigFrom
/// would allow no labels.
[[nodiscard]] std::string render_configured(model::TaskNetwork const& network,
                                            NodeIdentity const& node,
                                            std::string_view config);

/// How a container joins the network: the endpoint's settings, as an object of JSON.
[[nodiscard]] std::string render_endpoint(model::TaskNetwork const& network);

}  // namespace swarmward::backends
