// One case a run, so that memory and CPU belong to it alone; bench/scale.py runs the rounds.
//   scale_bench CASE NODES TASKS SERVICES rules|plain
// Prints one line of JSON. Fails if a placement breaks a rule.
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <string>

#include "base/heap.h"
#include "cluster.h"
#include "floor.h"
#include "measure.h"
#include "scheduler/placement/apply_assignments.h"

namespace swarmward::bench {
namespace {

using Figures = std::map<std::string, double>;

void require(std::optional<std::string> const& fault) {
  if (fault) {
    std::cerr << "wrong placement: " << *fault << "\n";
    std::exit(1);
  }
}

/// All tasks of the load, waiting.
state::Snapshot waiting_cluster(Load const& load) {
  auto const random = quick_random();
  state::Draft draft({}, Time(std::chrono::hours(1)));
  for (unsigned i = 0; i < load.nodes; ++i) {
    draft.put(make_node(i, random));
  }
  for (unsigned i = 0; i < load.services; ++i) {
    auto const service = make_service(i, load, random);
    for (unsigned slot = 1; slot <= tasks_per_service(load); ++slot) {
      model::Task task;
      task.id = new_id<model::TaskTag>(random);
      task.service_id = service.id;
      task.slot = slot;
      task.spec = {service.spec, &service.spec->task};
      task.service_annotations = {service.spec, &service.spec->annotations};
      task.status.state = model::TaskState::Pending;
      draft.put(std::move(task));
    }
    draft.put(service);
  }
  return draft.view();
}

/// Decisions alone, and the floor before and after them. With the heap as it comes: where memory
/// goes back at once the floor, which lets go of all it has, takes twice as long.
Figures place(Load const& load) {
  auto const head = waiting_cluster(load);
  scheduler::Placement placement;
  Time const now(std::chrono::hours(1));
  placement.rebuild(head, now);
  std::size_t placed_plainly = 0;
  auto floor = cpu_of([&] { placed_plainly += place_plainly(load).size(); });
  std::vector<scheduler::Assignment> assignments;
  auto const ours = cpu_of([&] { assignments = placement.plan(head, now); });
  floor += cpu_of([&] { placed_plainly += place_plainly(load).size(); });
  state::Draft draft(head, now);
  scheduler::apply_assignments(draft, assignments);
  require(find_fault(draft.view(), load));
  auto const per_task = floor / static_cast<double>(placed_plainly);
  return {{"tasks_per_s", load.tasks / ours},
          {"us_per_task", ours / load.tasks * 1e6},
          {"floor_us_per_task", per_task * 1e6},
          {"of_floor", per_task * load.tasks / ours}};
}

/// Services are created, their tasks made, placed, committed, published and dispatched.
Figures loop(Load const& load) {
  give_memory_back_at_once();
  Cluster cluster(load);
  cluster.add_nodes();
  auto const before = resident_bytes();
  auto const cpu = cpu_of([&] { cluster.add_services(); });
  require(find_fault(cluster.head(), load));
  if (cluster.dispatched() != load.tasks) {
    require("not every task was dispatched once");
  }
  auto const assigned = resident_bytes();
  auto const running = cpu_of([&] { cluster.run_all(); });
  cluster.idle(std::chrono::seconds(1));  // The last of it is written, and let go of.
  return {{"tasks_per_cpu_s", load.tasks / cpu},
          {"us_per_task", cpu / load.tasks * 1e6},
          {"us_per_status", running / load.tasks * 1e6},
          {"bytes_per_assigned_task", (assigned - before) / load.tasks},
          {"bytes_per_task", (resident_bytes() - before) / load.tasks}};
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// A settled cluster: one container dies, one service is scaled, nothing happens.
Figures settled(Load const& load) {
  give_memory_back_at_once();
  Cluster cluster(load);
  cluster.add_nodes();
  cluster.add_services();
  cluster.run_all();
  auto const idle_from = wall_seconds();
  auto const idle = cpu_of([&] { cluster.idle(std::chrono::seconds(2)); });
  auto const idle_wall = wall_seconds() - idle_from;
  constexpr unsigned kEvents = 300;
  constexpr unsigned kWarmUp = 100;
  for (unsigned i = 0; i < kWarmUp; ++i) {
    cluster.kill_one(i);
  }
  auto const kills = cpu_of([&] {
    for (unsigned i = 0; i < kEvents; ++i) {
      cluster.kill_one(kWarmUp + i);
    }
  });
  cluster.run_all();
  std::vector<double> latencies;
  for (unsigned i = 0; i < kEvents; ++i) {
    auto const start = wall_seconds();
    cluster.scale_one(i * 7);
    latencies.push_back(wall_seconds() - start);
  }
  return {{"us_per_death", kills / kEvents * 1e6},
          {"scale_ms", median(latencies) * 1e3},
          {"idle_percent", 100 * idle / idle_wall}};
}

void print(Figures const& figures) {
  std::cout << "{";
  char const* separator = "";
  for (auto const& [name, value] : figures) {
    std::cout << separator << '"' << name << "\": " << value;
    separator = ", ";
  }
  std::cout << "}\n";
}

}  // namespace
}  // namespace swarmward::bench

int main(int count, char** words) {
  using namespace swarmward::bench;
  std::map<std::string, Figures (*)(Load const&)> const cases{
      {"place", &place}, {"loop", &loop}, {"settled", &settled}};
  auto const known = count == 6 ? cases.find(words[1]) : cases.end();
  if (known == cases.end()) {
    std::cerr << "usage: scale_bench place|loop|settled NODES TASKS SERVICES rules|plain\n";
    return 2;
  }
  auto const number = [&](int at) {
    return static_cast<unsigned>(std::strtoul(words[at], nullptr, 10));
  };
  print(known->second({number(2), number(3), number(4), std::string(words[5]) == "rules"}));
  return 0;
}
