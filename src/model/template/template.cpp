#include "model/template/template.h"

#include <algorithm>

#include "model/template/run/executor.h"
#include "model/template/run/functions.h"
#include "model/template/syntax/parser.h"

namespace swarmward::model {

namespace {

using templates::Record;
using templates::Value;

/// The context as templates see it. The names of types are those of swarm mode's errors.
struct ContextRecords {
  Record service;
  Record platform;
  Record node;
  Record task;
  Record root;

  explicit ContextRecords(TemplateContext const& from)
      : service{"struct { ID string; Name string; Labels map[string]string }",
                {{"ID", {from.service_id}},
                 {"Name", {from.service_name}},
                 {"Labels", {&from.service_labels}}}},
        platform{
            "template.Platform",
            {{"Architecture", {from.node_platform.architecture}}, {"OS", {from.node_platform.os}}}},
        node{"struct { ID string; Hostname string; Platform template.Platform }",
             {{"ID", {from.node_id}},
              {"Hostname", {from.node_hostname}},
              {"Platform", {&platform}}}},
        task{"struct { ID string; Name string; Slot string }",
             {{"ID", {from.task_id}}, {"Name", {from.task_name}}, {"Slot", {from.task_slot}}}},
        root{from.type, {{"Service", {&service}}, {"Node", {&node}}, {"Task", {&task}}}} {}
  ContextRecords(ContextRecords const&) = delete;
  ContextRecords& operator=(ContextRecords const&) = delete;
};

}  // namespace

TemplateContext template_context(Task const& task,
                                 NodeId const& node_id,
                                 std::string const& hostname,
                                 Platform const& platform) {
  TemplateContext out;
  out.service_id = task.service_id.str();
  out.service_name = task.service_annotations->name;
  out.service_labels = task.service_annotations->labels;
  out.node_id = node_id.str();
  out.node_hostname = hostname;
  out.node_platform = platform;
  out.task_id = task.id.str();
  out.task_name = full_name(task);
  out.task_slot = task.slot == 0 ? node_id.str() : std::to_string(task.slot);
  return out;
}

Result<std::string> expand(std::string_view text,
                           TemplateContext const& context,
                           std::span<TemplateFunction const> functions) {
  // Most texts are no templates.
  if (text.find("{{") == std::string_view::npos) {
    return std::string(text);
  }
  auto const knows = [functions](std::string_view name) {
    return templates::find_function(name) != nullptr ||
           std::ranges::find(functions, name, &TemplateFunction::name) != functions.end();
  };
  auto const statements = templates::parse(text, knows);
  if (!statements) {
    return statements.error();
  }
  ContextRecords const records(context);
  return templates::execute(*statements, text, records.root, functions);
}

}  // namespace swarmward::model
