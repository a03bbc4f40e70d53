#include "scheduler/placement/node_load.h"

#include <algorithm>

namespace swarmward::scheduler {

namespace {

std::int64_t offered(model::Resources const& resources, std::string const& kind) {
  std::int64_t total = 0;
  for (auto const& generic : resources.generic) {
    if (generic.kind == kind) {
      total += generic.name.empty() ? generic.count : 1;
    }
  }
  return total;
}

std::int64_t handed_out(NodeLoad const& load, std::string const& kind) {
  std::int64_t total = 0;
  for (auto const& generic : load.generic) {
    if (generic.kind == kind) {
      total += generic.name.empty() ? generic.count : 1;
    }
  }
  return total;
}

template <class T>
void erase_one(std::vector<T>& from, T const& value) {
  if (auto const found = std::ranges::find(from, value); found != from.end()) {
    from.erase(found);
  }
}

template <class T>
bool holds(std::vector<T> const& all, T const& value) {
  return std::ranges::find(all, value) != all.end();
}

}  // namespace

void NodeLoad::define(state::NodePtr definition) {
  node = std::move(definition);
  open = node->status.state == model::NodeState::Ready &&
         node->spec.availability == model::Availability::Active;
  auto const& offers = node->description.resources;
  total_cpus = offers.nano_cpus;
  total_memory_bytes = offers.memory_bytes;
  bool const known = offers.nano_cpus > 0 && offers.memory_bytes > 0;
  per_cpu_ = known ? 1.0 / static_cast<double>(offers.nano_cpus) : 0;
  per_byte_ = known ? 1.0 / static_cast<double>(offers.memory_bytes) : 0;
  id_prefix_ = 0;
  auto const id = node->id.view();
  for (std::size_t i = 0; i < sizeof(id_prefix_); ++i) {
    id_prefix_ = id_prefix_ << 8U | (i < id.size() ? static_cast<unsigned char>(id[i]) : 0U);
  }
  rate();
}

void NodeLoad::rate() {
  constexpr double kScale = 1U << 30U;
  constexpr double kMost = 4294967295.0;
  auto const share = static_cast<double>(reserved_cpus) * per_cpu_ +
                     static_cast<double>(reserved_memory_bytes) * per_byte_;
  auto const scaled = static_cast<std::uint64_t>(std::clamp(share * kScale, 0.0, kMost));
  fullness_ = std::uint64_t{active_tasks} << 32U | scaled;
}

std::uint64_t NodeLoad::emptiness() const {
  return ~(fullness_ << 32U | fullness_ >> 32U);
}

void NodeLoad::add_share(Share const& share) {
  reserved_cpus += share.nano_cpus;
  reserved_memory_bytes += share.memory_bytes;
  generic.insert(generic.end(), share.generic.begin(), share.generic.end());
  host_ports.insert(host_ports.end(), share.host_ports.begin(), share.host_ports.end());
  rate();
}

void NodeLoad::remove_share(Share const& share) {
  reserved_cpus -= share.nano_cpus;
  reserved_memory_bytes -= share.memory_bytes;
  for (auto const& unit : share.generic) {
    erase_one(generic, unit);
  }
  for (auto const& port : share.host_ports) {
    erase_one(host_ports, port);
  }
  rate();
}

void NodeLoad::add_active(int by) {
  active_tasks += static_cast<std::uint32_t>(by);
  rate();
}

bool has_room(NodeLoad const& load, Share const& share) {
  if (share.nano_cpus != 0 && share.nano_cpus > load.total_cpus - load.reserved_cpus) {
    return false;
  }
  if (share.memory_bytes != 0 &&
      share.memory_bytes > load.total_memory_bytes - load.reserved_memory_bytes) {
    return false;
  }
  return std::ranges::all_of(share.generic, [&](model::GenericResource const& wanted) {
    return wanted.count <=
           offered(load.node->description.resources, wanted.kind) - handed_out(load, wanted.kind);
  });
}

bool has_free_ports(NodeLoad const& load, Share const& share) {
  return std::ranges::none_of(share.host_ports, [&](PublishedPort const& port) {
    return holds(load.host_ports, port) || holds(load.foreign_ports, port);
  });
}

std::vector<model::GenericResource> hand_out(NodeLoad const& load, Share const& share) {
  std::vector<model::GenericResource> given;
  for (auto const& wanted : share.generic) {
    auto missing = wanted.count;
    for (auto const& unit : load.node->description.resources.generic) {
      bool const free = unit.kind == wanted.kind && !unit.name.empty() &&
                        !holds(load.generic, model::GenericResource{unit.kind, 0, unit.name}) &&
                        !holds(given, model::GenericResource{unit.kind, 0, unit.name});
      if (missing > 0 && free) {
        given.push_back({unit.kind, 0, unit.name});
        --missing;
      }
    }
    if (missing > 0) {  // A kind that is only counted.
      given.push_back({wanted.kind, missing, {}});
    }
  }
  return given;
}

}  // namespace swarmward::scheduler
