#include <ostream>

#include "base/percent_encode.h"
#include "cli/table.h"
#include "cli/verbs/format.h"
#include "cli/verbs/verbs.h"

namespace swarmward::cli {

namespace {

using nlohmann::json;

std::string trace_path(Values const& values) {
  auto path = "/ward/trace?target=" + percent_encode(values.arguments.front());
  for (auto const* flag : {"from", "network"}) {
    if (auto const value = values.text(flag); !value.empty()) {
      path += std::string("&") + flag + "=" + percent_encode(value);
    }
  }
  return path;
}

void print_heading(std::ostream& out, json const& document) {
  auto const port = text_at(document, "Port");
  auto const network = text_at(document, "Network");
  auto const kind = text_at(document, "Kind");
  out << text_at(document, "Service")
      << (port.empty() ? " in network " + network : ", port " + port + " in " + kind + " mode")
      << ", from " << text_at(document, "From") << "\n\n";
}

/// Whether a new connection may come to it, in words.
std::string turn_text(json const& backend, std::int64_t of) {
  auto const in_map = backend.find("InMap");
  bool const serves = backend.value("Serves", false);
  if (in_map == backend.end()) {
    return serves ? "yes" : "no";
  }
  return backend.value("InMap", false)
             ? std::to_string(number_at(backend, "Turn")) + " of " + std::to_string(of)
             : "no";
}

void print_backends(std::ostream& out, json const& document) {
  auto const& backends = list_at(document, "Backends");
  if (backends.empty()) {
    return;
  }
  Table table({"TURN", "TASK", "NODE", "ADDRESS", "STATE", "WANTED"});
  for (auto const& backend : backends) {
    table.add({turn_text(backend, number_at(document, "NextIsOneOf")),
               text_at(backend, "Task"),
               text_at(backend, "Node") + (backend.value("OnEntryNode", false) ? " (here)" : ""),
               text_at(backend, "Address"),
               text_at(backend, "State"),
               text_at(backend, "DesiredState")});
  }
  out << "\n" << table.text("  ");
  if (text_at(document, "Kind") == "vip" || text_at(document, "Kind") == "ingress") {
    out << "  the next connection goes to any one of those with a turn: where the kernel's "
           "counter stands cannot be seen\n";
  }
}

void print_trace(std::ostream& out, json const& document) {
  print_heading(out, document);
  std::size_t number = 0;
  for (auto const& step : list_at(document, "Steps")) {
    out << "  " << ++number << ". " << (step.is_string() ? step.get<std::string>() : "") << "\n";
  }
  print_backends(out, document);
  if (auto const mtu = number_at(document, "MTU"); mtu > 0) {
    out << "  MTU of the network: " << mtu << "\n";
  }
  auto const& warnings = list_at(document, "Warnings");
  if (!warnings.empty()) {
    out << "\n";
  }
  for (auto const& warning : warnings) {
    out << "warning: " << (warning.is_string() ? warning.get<std::string>() : "") << "\n";
  }
}

}  // namespace

Result<int> trace(Session& session, Values const& values) {
  auto const format = asked_format(values);
  if (!format) {
    return format.error();
  }
  auto const document = ask(session.daemon, "GET", trace_path(values));
  if (!document) {
    return document.error();
  }
  if (*format == Format::Json) {
    print_json(session, *document);
  } else {
    print_trace(session.out, *document);
  }
  return list_at(*document, "Warnings").empty() ? 0 : 1;
}

}  // namespace swarmward::cli
