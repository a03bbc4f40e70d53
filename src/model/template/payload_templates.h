#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/template/template.h"

namespace swarmward::model {

/// What templates of secrets and configs may fetch, by the file's name in the task's spec: values
/// as they were given, for they do not expand each other.
struct PayloadLookup {
  using Find = std::function<Result<std::string>(std::string const& target)>;
  Find secret;
  Find config;
  std::vector<std::string> const& env;  ///< Of the task's spec; a value is expanded when fetched.
};

/// Expands the data of a secret or config for a task, with the functions `secret "file"`,
/// `config "file"` and `env "NAME"`, which is empty where there is none. The node's host name and
/// platform are filled in, which swarm mode forgets. Pure, bounded as expand() is.
/// Errors: InvalidArgument in Go's words.
[[nodiscard]] Result<std::string> expand_payload(std::string_view data,
                                                 TemplateContext const& context,
                                                 PayloadLookup const& lookup);

}  // namespace swarmward::model
