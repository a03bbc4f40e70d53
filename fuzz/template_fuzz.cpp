#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/template/container_templates.h"
#include "model/template/payload_templates.h"

/// Placeholders: whatever the text, the answer comes soon and is either an expansion or an error
/// with a place.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  namespace model = swarmward::model;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  model::TemplateContext context;
  context.service_name = "web";
  context.service_labels = {{"tier", "front"}, {"zone", "{{.Foo}}"}};
  context.node_hostname = "h1";
  context.task_slot = "3";
  std::vector<model::TemplateFunction> const functions{
      {"secret", [](std::string const& name) -> swarmward::Result<std::string> {
         if (name.empty()) {
           return swarmward::not_found("secret target not found");
         }
         return name;
       }}};
  auto const result = model::expand(text, context, functions);
  if (!result && !result.error().message.starts_with("template: expansion:")) {
    std::abort();
  }
  constexpr std::size_t kLimit = std::size_t{16} << 20U;
  if (result && result->size() > size + kLimit) {
    std::abort();
  }
  auto const find = [text](std::string const&) -> swarmward::Result<std::string> {
    return std::string(text);
  };
  std::vector<std::string> const env{"A=" + std::string(text)};
  auto const payload = model::expand_payload(text, context, {find, find, env});
  if (payload && payload->size() > size + kLimit) {
    std::abort();
  }
  model::ContainerSpec spec;
  spec.env = {"A=" + std::string(text)};
  spec.hostname = text;
  (void)model::check_templates(spec, {"web", {}});
  return 0;
}
