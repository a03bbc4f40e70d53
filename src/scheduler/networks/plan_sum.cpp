#include "scheduler/networks/plan_sum.h"

#include <type_traits>

#include <boost/crc.hpp>

namespace swarmward::scheduler {

namespace {

/// Takes in fields one by one; none can be mistaken for a part of its neighbour.
class Sum {
 public:
  template <class... Fields>
  static std::uint64_t of(Fields const&... fields) {
    Sum sum;
    (sum.add(fields), ...);
    return sum.crc_.checksum();
  }

 private:
  void add(std::string const& text) {
    crc_.process_bytes(text.data(), text.size());
    crc_.process_byte(0);
  }
  void add(std::vector<std::string> const& list) {
    for (auto const& text : list) {
      add(text);
    }
    crc_.process_byte(1);
  }
  template <class Number>
  requires(std::is_integral_v<Number> || std::is_enum_v<Number>) void add(Number number) {
    add(std::to_string(static_cast<std::uint64_t>(number)));
  }

  boost::crc_32_type crc_;
};

}  // namespace

std::uint64_t plan_sum(model::PlanHead const& head) {
  return Sum::of(head.name,
                 head.vni,
                 head.subnet,
                 head.more_subnets,
                 head.mtu,
                 head.internal,
                 head.encrypted,
                 head.ingress);
}

std::uint64_t plan_sum(model::PlanNode const& node) {
  return Sum::of(node.node, node.address, node.host);
}

std::uint64_t plan_sum(model::PlanMember const& member) {
  return Sum::of(member.address, member.node, member.own_servers);
}

std::uint64_t plan_sum(model::PlannedVip const& vip) {
  return Sum::of(vip.address, vip.backends);
}

std::uint64_t plan_sum(model::PlannedName const& name) {
  return Sum::of(name.name, name.addresses);
}

std::uint64_t plan_sum(model::PlannedPort const& port) {
  return Sum::of(
      port.published_port, port.target_port, port.protocol, port.backends, port.mode, port.at);
}

}  // namespace swarmward::scheduler
