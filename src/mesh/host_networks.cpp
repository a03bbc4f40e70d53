#include "mesh/host_networks.h"

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "mesh/apply/member_wires.h"
#include "mesh/apply/overlay.h"
#include "mesh/device_name.h"
#include "mesh/kept_file.h"
#include "wire/network_plan.h"

namespace swarmward::mesh {

namespace {

/// Keeps the first of many errors.
class FirstError {
 public:
  void note(Result<void> const& done) {
    if (!done && outcome_) {
      outcome_ = done;
    }
  }
  [[nodiscard]] Result<void> outcome() const { return outcome_; }

 private:
  Result<void> outcome_;
};

/// What a file kept, or nothing. A file that makes no sense is put aside.
template <class T>
std::optional<T> read_as(std::filesystem::path const& path, Result<T> (*read)(std::string_view)) {
  auto const text = read_kept(path);
  if (text && !*text) {
    return std::nullopt;
  }
  auto const value = text ? read(**text) : Result<T>(text.error());
  if (value) {
    return *value;
  }
  put_aside(path, value.error().message);
  return std::nullopt;
}

bool is_in_use(std::filesystem::path const& file) {
  auto const home = NetNamespace::open(file);
  auto const members = home ? has_running_members(*home) : Result<bool>(false);
  return !members || *members;
}

}  // namespace

HostNetworks::HostNetworks(NetworkPaths paths, Underlay underlay, std::vector<NetworkParts*> parts)
    : paths_(std::move(paths)), underlay_(underlay), parts_(std::move(parts)) {}

void HostNetworks::load() {
  state_ = read_as(paths_.state, &agent_state_from).value_or(AgentState());
  state_is_old_ = true;
  plan_ = read_as(paths_.plan, &wire::network_plan_from).value_or(model::NetworkPlan());
}

std::filesystem::path HostNetworks::file_of(std::string const& ward_network) const {
  return paths_.namespaces / device_name("ov-", ward_network);
}

Result<void> HostNetworks::keep_state() const {
  return write_kept(paths_.state, agent_state_text(state_));
}

Result<void> HostNetworks::follow(model::NetworkPlan plan) {
  bool const another = plan != plan_;
  plan_ = std::move(plan);
  FirstError first;
  first.note(reconcile());
  if (another) {
    // Not before the kernel has it, for a disk is slow. Who is cut off here starts from the plan
    // before, as if this one had come a moment later.
    auto kept = plan_;
    kept.keys.clear();  // The kernel has what it needs of them; on a disk they would be found.
    first.note(write_kept(paths_.plan, wire::network_plan_text(kept)));
  }
  return first.outcome();
}

Result<void> HostNetworks::remove_all() {
  state_ = {};
  plan_ = {};
  auto removed = reconcile();
  remove_leftovers(Leftovers::All);
  return removed;
}

Result<void> HostNetworks::reconcile() {
  auto const wanted = plan_wanted(state_, plan_);
  FirstError first;
  for (auto const& problem : wanted.problems) {
    first.note(invalid_argument(problem));
  }
  std::set<std::string> ids;
  for (auto const& network : wanted.networks) {
    ids.insert(network.planned.id);
  }
  for (auto network = present_.begin(); network != present_.end();) {
    auto const here = network++;
    if (!ids.contains(here->first)) {
      first.note(take_network(here));
    }
  }
  remove_leftovers(Leftovers::Unused);
  for (auto const& network : wanted.networks) {
    auto const put = put_network(network);
    if (!put) {
      first.note(in_context("network " + network.planned.id, put.error()));
    }
  }
  if (std::exchange(state_is_old_, false)) {
    first.note(forget_unplugged());
  }
  first.note(finish_parts());
  return first.outcome();
}

Result<void> HostNetworks::forget_unplugged() {
  std::set<std::string> changed;
  for (auto known = state_.endpoints.begin(); known != state_.endpoints.end();) {
    auto const here = known++;
    auto const* present = find_present(here->second.network);
    if (present == nullptr) {
      continue;
    }
    if (auto const attached = is_attached(present->home, here->first); attached && !*attached) {
      room_log("mesh")->info("endpoint.forgotten network={} address={}",
                             present->planned.id,
                             to_text(here->second.address));
      changed.insert(present->planned.id);
      state_.endpoints.erase(here);
    }
  }
  if (changed.empty()) {
    return {};
  }
  FirstError first;
  first.note(keep_state());
  for (auto const& network : changed) {
    first.note(refresh_peers(network));
  }
  return first.outcome();
}

Result<void> HostNetworks::reconcile_one(std::string const& ward_network) {
  for (auto const& wanted : plan_wanted(state_, plan_).networks) {
    if (wanted.planned.id == ward_network) {
      return put_network(wanted);
    }
  }
  auto const present = present_.find(ward_network);
  return present == present_.end() ? remove_overlay(file_of(ward_network)) : take_network(present);
}

Result<void> HostNetworks::put_network(WantedNetwork const& wanted) {
  auto const& id = wanted.planned.id;
  for (auto* part : parts_) {
    if (auto prepared = part->prepare(wanted.planned, plan_); !prepared) {
      return prepared;
    }
  }
  if (auto const known = present_.find(id); known != present_.end()) {
    // Its members are wired to the namespace that it has: in a new one they would be missing.
    if (auto kept = known->second.home.keep(file_of(id)); !kept) {
      return kept;
    }
  }
  underlay_.port = static_cast<std::uint16_t>(plan_.data_path_port);
  auto home = apply_overlay(file_of(id), wanted.overlay, underlay_);
  if (!home) {
    return home.error();
  }
  if (!present_.contains(id)) {
    room_log("mesh")->info("network.there id={} vni={} subnet={}",
                           id,
                           wanted.overlay.vni,
                           to_text(wanted.overlay.subnet));
  }
  Present present{.home = std::move(*home), .planned = wanted.planned, .overlay = wanted.overlay};
  auto const& put = present_.insert_or_assign(id, std::move(present)).first->second;
  FirstError first;
  for (auto* part : parts_) {
    first.note(part->put(put.home, put.planned));
  }
  return first.outcome();
}

Result<void> HostNetworks::finish_parts() {
  auto const ingress = present_.find(plan_.ingress);
  auto const* home = ingress == present_.end() ? nullptr : &ingress->second.home;
  FirstError first;
  for (auto* part : parts_) {
    first.note(part->finish(home, plan_));
  }
  return first.outcome();
}

Result<void> HostNetworks::take_network(Presents::iterator network) {
  auto const id = network->first;
  for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
    (*part)->take(network->second.home, network->second.planned);
  }
  present_.erase(network);
  room_log("mesh")->info("network.gone id={}", id);
  return remove_overlay(file_of(id));
}

void HostNetworks::remove_leftovers(Leftovers which) {
  std::set<std::filesystem::path> ours;
  for (auto const& wanted : plan_wanted(state_, plan_).networks) {
    ours.insert(file_of(wanted.planned.id));
  }
  for (auto const& network : present_) {
    ours.insert(file_of(network.first));
  }
  std::error_code failure;
  for (auto const& entry : std::filesystem::directory_iterator(paths_.namespaces, failure)) {
    bool const named_so = entry.path().filename().string().starts_with("ov-");
    if (!named_so || ours.contains(entry.path()) ||
        (which == Leftovers::Unused && is_in_use(entry.path()))) {
      continue;
    }
    auto const removed = remove_overlay(entry.path());
    room_log("mesh")->info("network.leftover file={} removed={}",
                           entry.path().string(),
                           removed ? "yes" : removed.error().message);
  }
}

Result<void> HostNetworks::refresh_peers(std::string const& ward_network) {
  auto const present = present_.find(ward_network);
  if (present == present_.end()) {
    return {};
  }
  for (auto const& wanted : plan_wanted(state_, plan_).networks) {
    if (wanted.planned.id == ward_network &&
        wanted.overlay.peers != present->second.overlay.peers) {
      present->second.overlay.peers = wanted.overlay.peers;
      return apply_peers(present->second.home, wanted.overlay.peers);
    }
  }
  return {};
}

HostNetworks::Present const* HostNetworks::find_present(std::string const& engine_network) const {
  auto const network = state_.networks.find(engine_network);
  if (network == state_.networks.end()) {
    return nullptr;
  }
  auto const present = present_.find(network->second.network);
  return present == present_.end() ? nullptr : &present->second;
}

}  // namespace swarmward::mesh
