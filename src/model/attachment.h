#pragma once

#include <string_view>

#include "model/task.h"

namespace swarmward::model {

// A container that is no task of a service, in one network of the swarm. In the state it is a task
// without a service, as in swarm mode: so its address, its node and its network are cared for as
// those of any task. It is `assigned` while its network is not on the engine yet, `ready` while its
// container does not run, `running` while it does, and over once the container has left the network
// or is gone. Unlike other tasks it goes back from running to ready.

/// The runtime of such a task's spec. Source: swarm mode.
inline constexpr std::string_view kAttachmentRuntime = "attachment";

[[nodiscard]] bool is_attachment(Task const& task);

/// How a container wants to be in a network.
struct AttachmentWish {
  NetworkId network;
  std::string address;               ///< Without a prefix; empty: any.
  std::vector<std::string> aliases;  ///< Names of its own in this network.
};

/// A new one on that node, for the allocator to give it an address.
[[nodiscard]] Task make_attachment(TaskId const& id, NodeId const& node, AttachmentWish wish);

/// The address that was asked for, without a prefix; empty: any.
[[nodiscard]] std::string wanted_address(Task const& attachment);

/// What its node's engine shows of it.
struct SeenAttachment {
  TaskId task;
  TaskState state = TaskState::Ready;
  ContainerId container{};  ///< Empty while there is none yet.
  std::string name{};       ///< The container's.
  std::string hostname{};   ///< The container's own.
  std::string err{};        ///< Why it is rejected.
  bool operator==(SeenAttachment const&) const = default;
};

/// The attachment as it was seen; one that is over stays so.
[[nodiscard]] Task as_seen(Task attachment, SeenAttachment const& seen, Time now);

}  // namespace swarmward::model
