#include "wire/fields/service_spec.h"

namespace swarmward::wire {

namespace {

struct ToField {
  ModeField operator()(model::Replicated const& mode) const {
    ModeField field;
    field.replicated = ReplicatedField{mode.replicas};
    return field;
  }
  ModeField operator()(model::Global const& /*mode*/) const {
    ModeField field;
    field.global.emplace();
    return field;
  }
  ModeField operator()(model::ReplicatedJob const& mode) const {
    ModeField field;
    field.replicated_job = ReplicatedJobField{mode.max_concurrent, mode.total_completions};
    return field;
  }
  ModeField operator()(model::GlobalJob const& /*mode*/) const {
    ModeField field;
    field.global_job.emplace();
    return field;
  }
};

}  // namespace

ModeField mode_field(model::ServiceMode const& mode) {
  return std::visit(ToField{}, mode);
}

Result<model::ServiceMode> mode_of(ModeField const& field) {
  int const modes = int{field.replicated.has_value()} + int{field.global.has_value()} +
                    int{field.replicated_job.has_value()} + int{field.global_job.has_value()};
  if (modes > 1) {
    return invalid_argument("must specify only one service mode");
  }
  if (field.global) {
    return model::ServiceMode(model::Global{});
  }
  if (field.global_job) {
    return model::ServiceMode(model::GlobalJob{});
  }
  if (field.replicated_job) {
    auto const concurrent = field.replicated_job->max_concurrent.value_or(1);
    return model::ServiceMode(model::ReplicatedJob{
        concurrent, field.replicated_job->total_completions.value_or(concurrent)});
  }
  auto const replicas = field.replicated ? field.replicated->replicas.value_or(1) : 1;
  return model::ServiceMode(model::Replicated{replicas});
}

}  // namespace swarmward::wire
