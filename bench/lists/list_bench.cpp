// What lists of very many objects cost: CPU per object, and how much memory a list needs at once.
// The floor is what any list must do: to put as many bytes, ready made, into a buffer.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <sys/resource.h>

#include "api/events/event_log.h"
#include "api/passthrough/container_index.h"
#include "api/route.h"
#include "api/routes/routes_services.h"
#include "api/routes/routes_tasks.h"
#include "api/routes/testing/fake_swarm_control.h"
#include "api/routes/testing/fake_ward_control.h"
#include "base/heap.h"
#include "state/testing/memory_persistence.h"
#include "wire/service.h"

namespace {

namespace asio = boost::asio;
using namespace swarmward;

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto const seconds = [](timeval time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// VmRSS or VmHWM, in bytes.
double memory(std::string const& key) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word == key + ":") {
      double kilobytes = 0;
      status >> kilobytes;
      return kilobytes * 1024;
    }
  }
  return 0;
}

/// From now on VmHWM is the peak since now.
void forget_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

/// Takes a list as a socket would: what was written is gone.
class Sink final : public api::Responder {
 public:
  asio::awaitable<void> send(api::Response response) override {
    bytes += response.body.size();
    co_return;
  }
  asio::awaitable<bool> begin(api::Response /*head*/) override { co_return true; }
  asio::awaitable<bool> write(std::string piece) override {
    bytes += piece.size();
    co_return true;
  }
  asio::awaitable<void> end() override { co_return; }
  [[nodiscard]] bool client_gone() const override { return false; }
  asio::awaitable<void> wait_client_gone() override { co_return; }

  std::size_t bytes = 0;
};

/// An ordinary service: image with digest, labels, environment, a constraint, limits.
model::ServiceSpec ordinary_spec(int number) {
  model::ServiceSpec spec;
  spec.annotations = {"service" + std::to_string(number),
                      {{"com.docker.stack.namespace", "shop"}, {"team", "payments"}}};
  auto& container = spec.task.container.emplace();
  container.image = "registry.example:5000/shop/web:1.25@sha256:" + std::string(64, 'a');
  container.labels = {{"com.docker.stack.namespace", "shop"}};
  container.env = {"LOG_LEVEL=info", "REGION=eu-west-1"};
  container.args = {"--listen", ":8080"};
  container.stop_grace_period = std::chrono::seconds(10);
  spec.task.resources.emplace().limits.emplace().memory_bytes = 512 << 20;
  spec.task.restart.emplace().delay = model::kDefaultRestartDelay;
  spec.task.placement.emplace().constraints = {"node.labels.zone == east"};
  spec.mode = model::Replicated{100};
  spec.update.emplace().parallelism = 2;
  return spec;
}

model::Task running_task(model::Service const& service,
                         model::Slot slot,
                         RandomBytes const& random) {
  model::Task task;
  task.id = new_id<model::TaskTag>(random);
  task.service_id = service.id;
  task.node_id = new_id<model::NodeTag>(random);
  task.slot = slot;
  task.spec = std::shared_ptr<model::TaskSpec const>(service.spec, &service.spec->task);
  task.service_annotations =
      std::shared_ptr<model::Annotations const>(service.spec, &service.spec->annotations);
  task.status.timestamp = Time(std::chrono::seconds(1'795'225'755) + Duration(123'456'789));
  task.status.state = model::TaskState::Running;
  task.status.message = "started";
  model::ContainerStatus container;
  container.container_id = std::string(64, 'c');
  container.pid = 4711;
  task.status.container = container;
  return task;
}

std::shared_ptr<state::Snapshot const> make_state(std::size_t services, std::size_t tasks) {
  auto const random = system_random();
  state::Draft draft({}, Time(std::chrono::seconds(1'795'225'700) + Duration(987'654'321)));
  model::Cluster cluster;
  cluster.id = new_id<model::ClusterTag>(random);
  draft.put(std::move(cluster));
  for (std::size_t i = 0; i < services; ++i) {
    model::Service service;
    service.id = new_id<model::ServiceTag>(random);
    service.spec = std::make_shared<model::ServiceSpec const>(ordinary_spec(static_cast<int>(i)));
    for (std::size_t k = 0; k < tasks / services; ++k) {
      draft.put(running_task(service, k + 1, random));
    }
    draft.put(std::move(service));
  }
  return std::make_shared<state::Snapshot const>(draft.view());
}

struct Measured {
  double microseconds = 0;  ///< CPU per object.
  double growth = 0;        ///< Peak of memory, in bytes.
  std::size_t bytes = 0;    ///< Of the body.
};

template <class Do>
Measured measure(std::size_t objects, Do once) {
  Measured measured;
  forget_peak();
  auto const memory_before = memory("VmRSS");
  auto const cpu_before = cpu_seconds();
  measured.bytes = once();
  measured.microseconds = (cpu_seconds() - cpu_before) / static_cast<double>(objects) * 1e6;
  measured.growth = memory("VmHWM") - memory_before;
  return measured;
}

/// Writes as many objects of that size, ready made, into one buffer that has room for them, five
/// times: its pages are new at the first time, as those of an answer are.
Measured measure_floor(std::size_t objects, std::size_t object_bytes) {
  constexpr std::size_t kTimes = 5;
  std::string const object(object_bytes, 'x');
  std::string out;
  out.reserve(objects * (object_bytes + 8));
  return measure(objects * kTimes, [&] {
    for (std::size_t time = 0; time < kTimes; ++time) {
      out.clear();
      for (std::size_t i = 0; i < objects; ++i) {
        out += object;
        out += std::to_string(i);
      }
    }
    return out.size();
  });
}

class Lists {
 public:
  Lists(std::size_t services, std::size_t tasks) : snapshot_(make_state(services, tasks)) {}

  template <class Family>
  std::size_t list(Family& family) {
    Sink sink;
    api::Call call;
    call.request.method = "GET";
    call.request.version = {1, 44};
    call.snapshot = snapshot_;
    call.responder = &sink;
    bool done = false;
    asio::co_spawn(context_,
                   family.list(&call),
                   [&](std::exception_ptr const& e, auto const& result) { done = !e && result; });
    context_.restart();
    context_.run();
    if (!done) {
      std::fputs("the list failed\n", stderr);
      std::exit(1);
    }
    return sink.bytes;
  }

  api::Tasks& tasks() { return tasks_; }
  api::Services& services() { return services_; }

 private:
  asio::io_context context_;
  std::shared_ptr<state::Snapshot const> snapshot_;
  SystemClock clock_;
  api::FakeSwarmControl control_;
  api::FakeWardControl ward_;
  api::ContainerIndex containers_{context_.get_executor()};
  api::EventLog events_{context_.get_executor(), clock_};
  state::StateStore store_{
      context_.get_executor(), std::make_unique<state::MemoryPersistence>(), {}, clock_};
  api::RouteContext route_context_{
      store_, control_, ward_, events_, containers_, clock_, system_random()};
  api::Tasks tasks_{route_context_};
  api::Services services_{route_context_};
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

template <class Family>
void report(char const* name, Lists& lists, Family& family, std::size_t objects, int rounds) {
  std::vector<double> floors;
  std::vector<double> ours;
  Measured last;
  for (int round = 0; round < rounds; ++round) {
    last = measure(objects, [&] { return lists.list(family); });
    ours.push_back(last.microseconds);
    floors.push_back(measure_floor(objects, last.bytes / objects).microseconds);
  }
  std::printf(
      "%s of %zu: %zu bytes each; %.2f us CPU each, floor %.3f us: ratio %.1f; "
      "memory grows by %.1f MB = %.3f of the body\n",
      name,
      objects,
      last.bytes / objects,
      median(ours),
      median(floors),
      median(ours) / median(floors),
      last.growth / 1e6,
      last.growth / static_cast<double>(last.bytes));
}

}  // namespace

/// list_bench [tasks [services [rounds]]]
int main(int argc, char** argv) {
  swarmward::give_memory_back_at_once();  // Else what was let go of before hides what grows.
  auto const argument = [&](int at, std::size_t otherwise) {
    return argc > at ? std::strtoull(argv[at], nullptr, 10) : otherwise;
  };
  std::size_t const tasks = argument(1, 100'000);
  std::size_t const services = argument(2, 1'000);
  auto const rounds = static_cast<int>(argument(3, 7));
  Lists lists(services, tasks);
  report("GET /tasks", lists, lists.tasks(), tasks, rounds);
  report("GET /services", lists, lists.services(), services, rounds);
  return 0;
}
