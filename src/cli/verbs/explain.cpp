#include <ostream>

#include "base/percent_encode.h"
#include "cli/table.h"
#include "cli/verbs/format.h"
#include "cli/verbs/verbs.h"

namespace swarmward::cli {

namespace {

void print_lines(std::ostream& out, nlohmann::json const& lines, std::string const& indent) {
  for (auto const& each : lines) {
    if (each.is_string()) {
      out << indent << each.get<std::string>() << "\n";
    }
  }
}

void print_nodes(std::ostream& out, nlohmann::json const& nodes) {
  Table table({"NODE", "FILTER", "REASON"});
  for (auto const& node : nodes) {
    auto const filter = text_at(node, "Filter");
    table.add({text_at(node, "Name"), filter.empty() ? "-" : filter, text_at(node, "Reason")});
  }
  if (!table.empty()) {
    out << table.text("    ");
  }
}

void print_task(std::ostream& out, nlohmann::json const& task) {
  auto const node = text_at(task, "Node");
  out << "\n" << text_at(task, "Name") << "  " << text_at(task, "ID") << "\n";
  out << "  state:    " << text_at(task, "State") << " (wanted: " << text_at(task, "DesiredState")
      << ")" << (node.empty() ? "" : ", on " + node) << ", since " << text_at(task, "Timestamp")
      << "\n";
  out << "  message:  " << text_at(task, "Message") << "\n";
  if (auto const err = text_at(task, "Err"); !err.empty()) {
    out << "  error:    " << err << "\n";
  }
  print_lines(out, list_at(task, "Explanation"), "  -> ");
  print_nodes(out, list_at(task, "Nodes"));
}

void print_explanation(std::ostream& out, nlohmann::json const& document) {
  auto const service = document.value("Service", nlohmann::json::object());
  out << text_at(service, "Name") << " (" << text_at(service, "Mode")
      << "): " << number_at(service, "Running") << " of " << number_at(service, "Wanted")
      << (text_at(service, "Mode").ends_with("job") ? " tasks run or have completed\n"
                                                    : " tasks run\n");
  if (auto const update = document.find("Update");
      update != document.end() && update->is_object()) {
    out << "\nupdate:     " << text_at(*update, "State") << ": " << text_at(*update, "Message")
        << "\n";
    print_lines(out, list_at(*update, "Explanation"), "  -> ");
  }
  print_lines(out, list_at(document, "Notes"), "-> ");
  for (auto const& task : list_at(document, "Tasks")) {
    print_task(out, task);
  }
}

}  // namespace

Result<int> explain(Session& session, Values const& values) {
  auto const format = asked_format(values);
  if (!format) {
    return format.error();
  }
  auto const path = "/ward/explain/" + percent_encode(values.arguments.front());
  auto const document = ask(session.daemon, "GET", path);
  if (!document) {
    return document.error();
  }
  if (*format == Format::Json) {
    print_json(session, *document);
  } else {
    print_explanation(session.out, *document);
  }
  return 0;
}

}  // namespace swarmward::cli
