#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "backends/runner/container_config.h"
#include "backends/runner/label_values.h"
#include "model/schedule.h"
#include "model/ward_labels.h"

/// Values of labels, up to the body for the engine. The first line goes into every label, the rest
/// into the spec's texts.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  namespace backends = swarmward::backends;
  namespace model = swarmward::model;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const line = text.substr(0, text.find('\n'));
  if (auto const bytes = backends::parse_size(line); bytes && *bytes <= 0) {
    std::abort();
  }
  if (auto const run = model::scheduled_run({{"ward.schedule", std::string(line)}})) {
    swarmward::Time const from(std::chrono::seconds(1'800'000'000));
    if (auto const next = run->schedule.next(from); next && *next <= from) {
      std::abort();
    }
  }
  for (auto const& job : model::pre_deploy_jobs({{"ward.pre-deploy", std::string(line)}})) {
    if (job.empty() || job.find(',') != std::string::npos || job.back() == ' ') {
      std::abort();
    }
  }
  static_cast<void>(model::dependencies({{"ward.depends-on", std::string(line)}}));
  for (auto const* name : {"ward.pull",
                           "ward.devices",
                           "ward.gpus",
                           "ward.security-opt",
                           "ward.ipc",
                           "ward.cpuset-cpus",
                           "ward.shm-size"}) {
    model::Task task;
    model::TaskSpec spec;
    spec.container.emplace();
    spec.container->image = text;
    spec.container->env = {std::string(text)};
    spec.container->hosts = {std::string(text)};
    task.spec = std::make_shared<model::TaskSpec const>(std::move(spec));
    model::Annotations annotations{"web", {{name, std::string(line)}}};
    task.service_annotations = std::make_shared<model::Annotations const>(std::move(annotations));
    backends::LabelPolicy const none;
    static_cast<void>(backends::prepare_container(task, {}, none));
    backends::LabelPolicy const all{{"all"}};
    if (auto const prepared = backends::prepare_container(task, {}, all)) {
      static_cast<void>(backends::render_container(task, *prepared, {}));
    }
  }
  return 0;
}
