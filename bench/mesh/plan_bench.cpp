// What it costs to tell nodes of one change in the swarm's networks, beside telling them
// everything.
//
//   plan_bench [SERVICES...]     default: 10 1000 10000; ten tasks each on a hundred nodes, one
//                                overlay and a published port. No root, no kernel, no network.
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <nlohmann/json.hpp>

#include "../scale/measure.h"
#include "base/id.h"
#include "scheduler/networks/plan_book.h"
#include "scheduler/networks/plan_follower.h"
#include "wire/body.h"
#include "wire/plan_update.h"

namespace {

using namespace swarmward;

constexpr unsigned kNodes = 100;
constexpr unsigned kTasks = 10;
constexpr int kChanges = 20;

std::string address(unsigned network, unsigned number) {
  return "10." + std::to_string(network + number / 65536) + "." +
         std::to_string(number / 256 % 256) + "." + std::to_string(number % 256);
}

/// A swarm whose tasks all run, in the ingress network and another one.
class Swarm {
 public:
  explicit Swarm(unsigned services) : draft_(state::Snapshot(), Time()) {
    draft_.put(model::Cluster());
    ingress_ = add_network("ingress");
    overlay_ = add_network("back");
    for (unsigned i = 0; i < kNodes; ++i) {
      add_node(i);
    }
    for (unsigned i = 0; i < services; ++i) {
      add_service(i);
    }
  }

  [[nodiscard]] state::Snapshot const& snapshot() const { return draft_.view(); }
  [[nodiscard]] model::NodeId const& node(std::size_t number) const { return nodes_.at(number); }

  /// One task ends, or is back.
  scheduler::PlanOwners turn(bool on) {
    auto task = *draft_.view().find_task(last_);
    state::Touched touched;
    auto const before = std::make_shared<model::Task const>(task);
    task.status.state = on ? model::TaskState::Running : model::TaskState::Failed;
    touched.tasks.push_back({before, std::make_shared<model::Task const>(task)});
    draft_.put(std::move(task));
    scheduler::PlanOwners owners;
    owners.add(touched);
    return owners;
  }

 private:
  model::NetworkId add_network(std::string name) {
    model::Network network;
    network.id = new_id<model::NetworkTag>(random_);
    network.vni = name == "ingress" ? 4096 : 4097;
    network.spec.ingress = name == "ingress";
    network.spec.annotations.name = std::move(name);
    network.ipam.push_back({});
    network.ipam.back().subnet = network.spec.ingress ? "10.0.0.0/9" : "10.128.0.0/9";
    draft_.put(network);
    return network.id;
  }

  void add_node(unsigned number) {
    model::Node node;
    node.id = new_id<model::NodeTag>(random_);
    node.access.agent_port = 7946;
    node.status.addr = address(192, number);
    node.attachments = {{ingress_, address(0, number + 2) + "/9"},
                        {overlay_, address(128, number + 2) + "/9"}};
    nodes_.push_back(node.id);
    draft_.put(std::move(node));
  }

  void add_service(unsigned number) {
    model::ServiceSpec spec;
    spec.annotations.name = "service-" + std::to_string(number);
    spec.task.networks.push_back({overlay_.str(), {}, {}});
    spec.task.container = model::ContainerSpec{};
    auto const task_spec = std::make_shared<model::TaskSpec const>(spec.task);
    model::Service service;
    service.id = new_id<model::ServiceTag>(random_);
    service.endpoint.ports = {
        {"", model::Protocol::Tcp, 80, 20000 + number, model::PublishMode::Ingress}};
    service.endpoint.virtual_ips = {{ingress_.str(), address(1, number) + "/9"},
                                    {overlay_.str(), address(129, number) + "/9"}};
    auto const annotations = std::make_shared<model::Annotations const>(spec.annotations);
    service.spec = std::make_shared<model::ServiceSpec const>(std::move(spec));
    for (unsigned i = 0; i < kTasks; ++i) {
      auto const place = number * kTasks + i;
      model::Task task;
      task.id = new_id<model::TaskTag>(random_);
      task.service_id = service.id;
      task.slot = i + 1;
      task.node_id = nodes_.at(place % kNodes);
      task.spec = task_spec;
      task.service_annotations = annotations;
      task.desired_state = task.status.state = model::TaskState::Running;
      task.networks = {{ingress_, address(2, place) + "/9"},
                       {overlay_, address(130, place) + "/9"}};
      last_ = task.id;
      draft_.put(std::move(task));
    }
    draft_.put(std::move(service));
  }

  RandomBytes random_ = system_random();
  state::Draft draft_;
  model::NetworkId ingress_;
  model::NetworkId overlay_;
  std::vector<model::NodeId> nodes_;
  model::TaskId last_;
};

std::string text_for(scheduler::PlanBook const& book,
                     model::NodeId const& node,
                     std::vector<std::string> const& changes,
                     std::uint64_t since) {
  auto frame = book.frame_for(node);
  frame.mark = std::to_string(book.version());
  frame.since = since == 0 ? "" : std::to_string(since);
  return wire::plan_update_text(frame, {changes.begin(), changes.end()});
}

std::vector<std::string> changes_since(scheduler::PlanBook const& book,
                                       model::NodeId const& node,
                                       std::uint64_t since) {
  std::vector<std::string> texts;
  for (auto const& news : book.news_for(node, since)) {
    texts.push_back(wire::network_update_text(book.changes(news)));
  }
  return texts;
}

/// A figure of something that failed says nothing.
void must_follow(scheduler::PlanFollower& follower, std::string const& text) {
  auto const update = wire::plan_update_from(nlohmann::json::parse(text));
  auto const followed = update ? follower.follow(*update) : Result<void>(update.error());
  if (!followed) {
    std::fprintf(stderr, "%s\n", followed.error().message.c_str());
    std::exit(1);
  }
}

void measure(unsigned services) {
  using bench::cpu_of;
  constexpr double kMilli = 1e3;
  Swarm swarm(services);
  scheduler::PlanBook book;
  auto const before = bench::resident_bytes();
  auto const all =
      cpu_of([&] { book.update(swarm.snapshot(), scheduler::all_plan_owners(swarm.snapshot())); });
  auto const memory = bench::resident_bytes() - before;
  std::string text;
  auto const whole = cpu_of(
      [&] { text = text_for(book, swarm.node(0), changes_since(book, swarm.node(0), 0), 0); });
  auto const whole_size = text.size();
  scheduler::PlanFollower follower(swarm.node(0).str());
  auto const follow_whole = cpu_of([&] { must_follow(follower, text); });
  double told = 0;
  double followed = 0;
  std::size_t size = 0;
  for (int i = 0; i < kChanges; ++i) {
    auto const since = book.version();
    told += cpu_of([&] {
      book.update(swarm.snapshot(), swarm.turn(i % 2 == 1));
      auto const changes = changes_since(book, swarm.node(0), since);
      for (unsigned node = 0; node < kNodes; ++node) {
        text = text_for(book, swarm.node(node), changes, since);
      }
    });
    size += text.size();
    followed += cpu_of([&] { must_follow(follower, text); });
  }
  std::printf(
      "%6u services x %u: book %7.1f ms, %6.1f MB; everything for one node: %7.2f ms, "
      "%8zu bytes, node %7.2f ms; one change for %u nodes: %6.3f ms, %5zu bytes each, "
      "node %6.2f ms\n",
      services,
      kTasks,
      all * kMilli,
      memory / 1e6,
      whole * kMilli,
      whole_size,
      follow_whole * kMilli,
      kNodes,
      told * kMilli / kChanges,
      size / kChanges,
      followed * kMilli / kChanges);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<unsigned> sizes;
  for (int i = 1; i < argc; ++i) {
    sizes.push_back(static_cast<unsigned>(std::atoi(argv[i])));
  }
  if (sizes.empty()) {
    sizes = {10, 1000, 10000};
  }
  for (auto const services : sizes) {
    measure(services);
  }
}
