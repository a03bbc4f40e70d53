#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// What an engine says of containers that are in networks of the swarm without being tasks. Pure.

namespace swarmward::backends {

/// A container that is no task, as the engine lists it.
struct ListedMember {
  std::string container;  ///< Its id.
  std::string name;
  bool running = false;
  std::set<std::string> networks;  ///< By their names.
};

/// The list of all containers, stopped ones too, that are in one of the networks.
[[nodiscard]] std::string members_path(std::set<std::string> const& networks);
/// What is malformed is left out, as are containers of tasks.
[[nodiscard]] std::vector<ListedMember> members_from(std::string_view list);

/// What a container knows of its attachments: they are named in the options of its endpoints.
struct AttachedContainer {
  std::string hostname;
  std::map<std::string, std::string> attachments;  ///< Their ids, by the network's name.
  /// Why it does not run although it shall run always; empty: it does, or it need not.
  std::string failed_start;
};
/// From the engine's answer to `inspect`.
[[nodiscard]] AttachedContainer attached_from(std::string_view container);

/// Events that may change something about attachments.
[[nodiscard]] std::string member_events_path();
/// The event is about one of the networks, by name, or one of the containers, by id.
[[nodiscard]] bool concerns_members(std::string_view event,
                                    std::set<std::string> const& networks,
                                    std::set<std::string> const& containers);
/// The id of the container that was just made; empty for any other event.
[[nodiscard]] std::string created_in(std::string_view event);
/// Whether it is about a container itself.
[[nodiscard]] bool is_of_container(std::string_view event);

}  // namespace swarmward::backends
