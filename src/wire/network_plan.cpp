#include "wire/network_plan.h"

#include <nlohmann/json.hpp>

#include "wire/body.h"
#include "wire/codec/text_writer.h"
#include "wire/fields/network_plan.h"

namespace swarmward::wire {

std::string network_plan_text(model::NetworkPlan const& plan) {
  std::string text;
  TextWriter(text, Form::Stored).write_object(plan);
  return text;
}

Result<model::NetworkPlan> network_plan_from(std::string_view text) {
  auto const document = parse_body(text);
  if (!document) {
    return document.error();
  }
  if (!document->is_object()) {
    return invalid_argument("a network plan is a JSON object");
  }
  model::NetworkPlan plan;
  if (auto const read = Reader(*document, Form::Stored).into(plan); !read) {
    return invalid_argument(read.error().message);
  }
  return plan;
}

}  // namespace swarmward::wire
