#pragma once

#include <map>
#include <optional>

#include "state/snapshot.h"

namespace swarmward::cluster {

/// A node silent for this long is Down. Source: swarm mode's heartbeat of 5 s, grace factor 3.
/// The node's label `ward.node.grace` sets another time.
inline constexpr std::chrono::seconds kNodeDownAfter{15};
/// What is done for each host again and again is done this many times slower, so that a manager of
/// many hosts does not spend itself on hearing that all is well: 1 up to 500 hosts, at most 5.
[[nodiscard]] unsigned pace_of(std::size_t hosts);
/// Joined hosts tell that they live ten times in the swarm's heartbeat period, and are Down after
/// half of it: 2.5 s by default, where native takes 11 to 16 s. Both times the pace.
[[nodiscard]] Duration beat_period(Duration heartbeat_period, std::size_t hosts);
/// After a beat that was heard `now`, the next one: those of many hosts at the same moments, of
/// which a period has twenty, for it takes several times as much to wake up for each alone. Never
/// later than the period says.
[[nodiscard]] Duration beat_pause(Duration period, Time now);
[[nodiscard]] Duration beat_grace(Duration heartbeat_period, std::size_t hosts);

/// What was seen of a node's engine: its description, or that it does not answer.
struct NodeSighting {
  bool reachable = false;
  bool live_restore = false;  ///< Of the last description: the engine may be away for a while.
  std::optional<model::NodeDescription> description;
  std::string engine_id{};  ///< With the description; as model::Node has it.
};

/// Why a host says good-bye. Stopped: nothing new is placed there, what runs there goes on, and it
/// is Down only after its grace, so that a restart of the daemon moves nothing. Left: Down at once.
enum class Farewell { Stopped, Left };

/// Turns sightings into node states: Ready at once, Down after a grace. Lives on the store's
/// strand; the caller runs overdue() when next_deadline() has come.
class NodeLiveness {
 public:
  /// Notes a sighting. Returns the node as it must be written, if anything changed.
  std::optional<model::Node> sight(model::Node const& node, NodeSighting const& sighting, Time now);

  /// A host that joined says that it lives; `grace` until it must say so again. Returns the node as
  /// it must be written, if anything changed.
  std::optional<model::Node> beat(model::Node const& node, Duration grace, Time now);
  /// It says that it stops or leaves.
  std::optional<model::Node> farewell(model::Node const& node, Farewell why);
  /// For the hosts that joined before a manager's restart.
  void expect(model::NodeId const& node, Duration grace, Time now);
  /// The watcher itself was stopped: all hosts get their grace anew.
  void forgive(Time now);

  /// The nodes whose grace is over and that are not Down yet, as they must be written. Reads the
  /// labels anew: a grace changed meanwhile counts from the same silence.
  [[nodiscard]] std::vector<model::Node> overdue(state::Snapshot const& snapshot, Time now);

  /// When to call overdue(); nothing if no node is silent. By the labels as last seen.
  [[nodiscard]] std::optional<Time> next_deadline() const;

 private:
  struct Silence {
    Time since{};
    Duration grace{};
    Duration usual{};  ///< The grace without the node's label.
    [[nodiscard]] Time over() const { return since + grace; }
  };
  /// A host that joined: Ready takes both its word and its engine's answer.
  struct Session {
    Silence silence;  ///< Since its last word.
    bool engine = false;
    bool live_restore = false;
    bool fresh = false;  ///< It has spoken, and not said good-bye since.
  };
  std::map<model::NodeId, Silence> silent_;
  std::map<model::NodeId, Session> sessions_;
};

}  // namespace swarmward::cluster
