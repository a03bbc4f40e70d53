#include "floor.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace swarmward::bench {

namespace {

struct PlainNode {
  std::uint32_t tasks = 0;
  std::uint32_t zone = 0;
  std::int64_t free_bytes = 0;
  bool ssd = false;
};

}  // namespace

std::vector<std::uint32_t> place_plainly(Load const& load) {
  using Entry =
      std::pair<std::uint64_t, std::uint32_t>;  // Tasks of the service, of the node; node.
  std::vector<PlainNode> nodes(load.nodes);
  for (std::uint32_t i = 0; i < load.nodes; ++i) {
    nodes[i] = {0, i / 2 % kZones, std::int64_t{1} << 40, i % 2 == 0};
  }
  std::vector<std::uint32_t> placed;
  placed.reserve(load.tasks);
  auto const count = tasks_per_service(load);
  for (unsigned service = 0; service < load.services; ++service) {
    std::array<std::vector<Entry>, kZones> heaps;
    for (std::uint32_t i = 0; i < load.nodes; ++i) {
      if (nodes[i].ssd && nodes[i].free_bytes >= kReservedBytes) {
        heaps[nodes[i].zone].emplace_back(nodes[i].tasks, i);
      }
    }
    for (auto& heap : heaps) {
      std::ranges::make_heap(heap, std::greater<>());
    }
    for (unsigned task = 0; task < count; ++task) {
      auto& heap = heaps[task % kZones];
      std::ranges::pop_heap(heap, std::greater<>());
      auto& best = heap.back();
      auto& node = nodes[best.second];
      ++node.tasks;
      node.free_bytes -= kReservedBytes;
      placed.push_back(best.second);
      best.first = (((best.first >> 32U) + 1) << 32U) | node.tasks;
      std::ranges::push_heap(heap, std::greater<>());
    }
  }
  return placed;
}

}  // namespace swarmward::bench
