#pragma once

#include "model/template/template.h"

namespace swarmward::model {

/// `spec` with the placeholders expanded in values of Env, in Hostname, in sources and targets of
/// mounts, and in the values of volume labels and volume driver options; nowhere else.
/// Errors: InvalidArgument, `expanding env failed: expanding env "A={{.Foo}}": template: …`,
/// `expanding mounts failed: …` or `expanding hostname failed: …`. Source of the texts and of their
/// order: swarm mode.
[[nodiscard]] Result<ContainerSpec> expand_container(ContainerSpec const& spec,
                                                     TemplateContext const& context);

/// Tells before any task exists whether the templates of `spec` can be expanded, with made-up ids.
/// The service's own name and labels are real: swarm mode takes none here and so refuses each
/// template that names a label.
/// Errors: those of expand_container(), without the wrapper of the control API.
[[nodiscard]] Result<void> check_templates(ContainerSpec const& spec, Annotations const& service);

}  // namespace swarmward::model
