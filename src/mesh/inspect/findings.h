#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/network_report.h"

namespace swarmward::mesh {

/// What the agent mends by itself, as cure: its next pass comes within 5 seconds.
inline constexpr char const* kHealsItself =
    "nothing yet: the agent on this node mends it within 5 seconds. If the next look finds it "
    "again, read swarmward's log on this node, and look for a program that changes networks or "
    "firewalls there";

/// Collects differences while they are looked for.
class Findings {
 public:
  /// What is found from now on concerns this network; empty: the node as a whole.
  void about(std::string network) { network_ = std::move(network); }

  /// One more thing was compared.
  void looked(std::size_t things = 1) { looked_at_ += static_cast<std::int64_t>(things); }

  /// Something differs.
  void add(std::string kind, std::string what, std::string cause, std::string cure = kHealsItself) {
    found_.push_back({.kind = std::move(kind),
                      .network = network_,
                      .what = std::move(what),
                      .cause = std::move(cause),
                      .cure = std::move(cure),
                      .note = false});
  }

  /// Something that works, but not as well as it could.
  void note(std::string kind, std::string what, std::string cause, std::string cure) {
    add(std::move(kind), std::move(what), std::move(cause), std::move(cure));
    found_.back().note = true;
  }

  [[nodiscard]] std::vector<model::NetworkFinding> const& found() const { return found_; }
  [[nodiscard]] std::int64_t looked_at() const { return looked_at_; }

 private:
  std::string network_;
  std::vector<model::NetworkFinding> found_;
  std::int64_t looked_at_ = 0;
};

/// "a, b and c"; of more than six only the first five, and how many others there are.
[[nodiscard]] std::string listed(std::vector<std::string> const& things);

}  // namespace swarmward::mesh
