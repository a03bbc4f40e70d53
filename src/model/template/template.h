#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/task.h"

namespace swarmward::model {

/// What placeholders may name. `labels` are the service's; `task_slot` is the slot as text, or the
/// node's id for tasks without one.
struct TemplateContext {
  std::string service_id;
  std::string service_name;
  StringMap service_labels;
  std::string node_id;
  std::string node_hostname;
  Platform node_platform;
  std::string task_id;
  std::string task_name;
  std::string task_slot;
  std::string_view type = "*template.Context";  ///< As errors name it; a literal.
};

/// The context of `task` on the node `node_id`, which has this host name and platform.
[[nodiscard]] TemplateContext template_context(Task const& task,
                                               NodeId const& node_id,
                                               std::string const& hostname,
                                               Platform const& platform);

/// A further function of one text argument, e.g. `secret` in templated secrets.
struct TemplateFunction {
  std::string name;
  std::function<Result<std::string>(std::string const& argument)> call;
};

/// Expands `text`, a template of Go's text/template as far as swarm mode's placeholders use it:
/// fields, pipelines, literals, variables, if/with/range, trim markers, comments and the built-in
/// functions; not define, block and template. A label that is missing is an error, unless fetched
/// by `index`. Pure; bounded in depth, steps and output, for the text is a stranger's.
/// Errors: InvalidArgument in Go's words, `template: expansion:1:2: …`.
[[nodiscard]] Result<std::string> expand(std::string_view text,
                                         TemplateContext const& context,
                                         std::span<TemplateFunction const> functions = {});

}  // namespace swarmward::model
