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
#include "mesh/plan_change.h"
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

/// Says which network it is about.
Result<void> in_network(std::string const& id, Result<void> done) {
  return done ? done : Result<void>(in_context("network " + id, done.error()));
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
  auto const change = plan_change(plan_, plan);
  plan_ = std::move(plan);
  if (change.empty()) {
    return reconcile();
  }
  FirstError first;
  if (change.host) {
    first.note(reconcile());
  } else {
    auto const wanted = wanted_ids(state_, plan_);
    for (bool const is_wanted : {false, true}) {  // What goes may be in the way of what comes.
      for (auto const& network : change.networks) {
        if (wanted.contains(network) == is_wanted) {
          first.note(in_network(network, reconcile_one(network, Look::New)));
        }
      }
    }
    first.note(finish_parts());
  }
  // Not before the kernel has it, for a disk is slow. Who is cut off here starts from the plan
  // before, as if this one had come a moment later.
  first.note(keep_plan());
  return first.outcome();
}

Result<void> HostNetworks::keep_plan() {
  auto kept = plan_;
  kept.keys.clear();  // The kernel has what it needs of them; on a disk they would be found.
  auto written = write_kept(paths_.plan, wire::network_plan_text(kept));
  plan_is_kept_ = written.has_value();
  return written;
}

Result<void> HostNetworks::remove_all() {
  state_ = {};
  plan_ = {};
  auto removed = reconcile();
  remove_leftovers(Leftovers::All);
  return removed;
}

Result<void> HostNetworks::reconcile() {
  auto const wanted = wanted_ids(state_, plan_);
  FirstError first;
  for (auto network = present_.begin(); network != present_.end();) {
    auto const here = network++;
    if (!wanted.contains(here->first)) {
      first.note(take_network(here));
    }
  }
  remove_leftovers(Leftovers::Unused);
  for (auto const& network : wanted) {
    first.note(in_network(network, reconcile_one(network, Look::All)));
  }
  if (std::exchange(state_is_old_, false)) {
    first.note(forget_unplugged());
  }
  if (!plan_is_kept_) {  // The disk was full, maybe: it says so for as long as that lasts.
    first.note(keep_plan());
  }
  first.note(finish_parts());
  return first.outcome();
}

Result<void> HostNetworks::reconcile_one(std::string const& ward_network, Look look) {
  std::vector<std::string> problems;
  auto const wanted = plan_wanted_one(state_, plan_, ward_network, problems);
  FirstError first;
  for (auto const& problem : problems) {
    first.note(invalid_argument(problem));
  }
  if (wanted) {
    first.note(put_network(*wanted, look));
    return first.outcome();
  }
  if (auto const present = present_.find(ward_network); present != present_.end()) {
    first.note(take_network(present));
  }
  return first.outcome();
}

Result<void> HostNetworks::remake(std::string const& ward_network) {
  auto done = reconcile_one(ward_network, Look::All);
  if (done && !present_.contains(ward_network)) {
    return remove_overlay(file_of(ward_network));
  }
  return done;
}

Result<NetNamespace> HostNetworks::put_overlay(WantedNetwork const& wanted) {
  auto const& id = wanted.planned->id;
  if (auto const known = present_.find(id); known != present_.end()) {
    // Its members are wired to the namespace that it has: in a new one they would be missing.
    if (auto kept = known->second.home.keep(file_of(id)); !kept) {
      return kept.error();
    }
  }
  underlay_.port = static_cast<std::uint16_t>(plan_.data_path_port);
  return apply_overlay(file_of(id), wanted.overlay, underlay_);
}

bool HostNetworks::change_overlay(WantedNetwork const& wanted) {
  auto const known = present_.find(wanted.planned->id);
  if (known == present_.end()) {
    return false;
  }
  auto& present = known->second;
  auto const change = difference(present.overlay.peers, wanted.overlay.peers);
  auto with_peers = present.overlay;
  with_peers.peers = wanted.overlay.peers;
  if (with_peers != wanted.overlay || !change_peers(present.home, change)) {
    return false;
  }
  present.overlay = wanted.overlay;
  present.planned = wanted.planned;
  return true;
}

Result<void> HostNetworks::put_network(WantedNetwork const& wanted, Look look) {
  auto const& id = wanted.planned->id;
  for (auto* part : parts_) {
    if (auto prepared = part->prepare(*wanted.planned, plan_); !prepared) {
      return prepared;
    }
  }
  if (look == Look::All || !change_overlay(wanted)) {
    auto home = put_overlay(wanted);
    if (!home) {
      return home.error();
    }
    if (!present_.contains(id)) {
      room_log("mesh")->info("network.there id={} vni={} subnet={}",
                             id,
                             wanted.overlay.vni,
                             to_text(wanted.overlay.subnet));
    }
    Present present{.home = std::move(*home),
                    .planned = wanted.planned,
                    .overlay = wanted.overlay,
                    .disputed = wanted.disputed};
    present_.insert_or_assign(id, std::move(present));
  }
  auto const& put = present_.at(id);
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
  for (auto const& network : wanted_ids(state_, plan_)) {
    ours.insert(file_of(network));
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
  std::vector<std::string> ignored;
  auto const wanted = plan_wanted_one(state_, plan_, ward_network, ignored);
  if (!wanted || wanted->overlay.peers == present->second.overlay.peers) {
    return {};
  }
  present->second.overlay.peers = wanted->overlay.peers;
  return apply_peers(present->second.home, wanted->overlay.peers);
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
