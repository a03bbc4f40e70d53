#include "model/template/payload_templates.h"

#include <array>
#include <map>

namespace swarmward::model {

namespace {

/// The value of the first entry that has this name.
Result<std::string> env_value(std::vector<std::string> const& env,
                              std::string const& name,
                              TemplateContext const& context) {
  for (std::string_view const entry : env) {
    auto const equals = entry.find('=');
    if (equals != std::string_view::npos && entry.substr(0, equals) == name) {
      return expand(entry.substr(equals + 1), context);
    }
  }
  return std::string();
}

}  // namespace

Result<std::string> expand_payload(std::string_view data,
                                   TemplateContext const& context,
                                   PayloadLookup const& lookup) {
  auto payload = context;
  payload.type = "*template.PayloadContext";
  // Each value is made once, however often a stranger's loop asks for it.
  std::map<std::string, Result<std::string>> values;
  auto const env = [&](std::string const& name) {
    auto const known = values.find(name);
    return known != values.end()
               ? known->second
               : values.emplace(name, env_value(lookup.env, name, context)).first->second;
  };
  std::array<TemplateFunction, 3> const functions{TemplateFunction{"secret", lookup.secret},
                                                  TemplateFunction{"config", lookup.config},
                                                  TemplateFunction{"env", env}};
  return expand(data, payload, functions);
}

}  // namespace swarmward::model
