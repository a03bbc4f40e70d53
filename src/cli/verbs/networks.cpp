#include <ostream>

#include "base/percent_encode.h"
#include "cli/verbs/format.h"
#include "cli/verbs/verbs.h"

namespace swarmward::cli {

namespace {

using nlohmann::json;

/// "1 difference", "2 differences".
std::string counted(std::int64_t count, std::string const& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string comma_list(json const& names) {
  std::string text;
  for (auto const& name : names) {
    text += (text.empty() ? "" : ", ") + (name.is_string() ? name.get<std::string>() : "");
  }
  return text;
}

std::int64_t count_notes(json const& findings, bool notes) {
  std::int64_t count = 0;
  for (auto const& finding : findings) {
    count += finding.value("Note", false) == notes ? 1 : 0;
  }
  return count;
}

void print_finding(std::ostream& out, json const& finding) {
  auto const network = text_at(finding, "Network");
  out << "  " << (finding.value("Note", false) ? "note: " : "")
      << (network.empty() ? "" : network + ": ") << text_at(finding, "What") << "\n"
      << "    cause: " << text_at(finding, "Cause") << "\n"
      << "    cure:  " << text_at(finding, "Cure") << "\n";
}

std::string age_words(json const& node) {
  auto const seconds = number_at(node, "NodePlanAgeSeconds");
  return seconds < 0 ? std::string() : ", told " + std::to_string(seconds) + " s ago";
}

void print_node(std::ostream& out, json const& node) {
  auto const status = text_at(node, "Status");
  auto const& findings = list_at(node, "Findings");
  out << text_at(node, "Name") << ": "
      << (status == "differs" ? counted(count_notes(findings, false), "difference") : status)
      << "\n";
  if (auto const problem = text_at(node, "Problem"); !problem.empty()) {
    out << "  " << problem << "\n    cure:  " << text_at(node, "Cure") << "\n";
  }
  if (node.contains("LookedAt")) {
    auto const networks = comma_list(list_at(node, "Networks"));
    out << "  plan " << text_at(node, "NodePlan") << age_words(node) << "; "
        << (networks.empty() ? "no network" : networks) << ": "
        << counted(number_at(node, "LookedAt"), "thing") << " compared\n";
  }
  if (status == "no agent") {
    out << "  an adopted engine has no agent, so it takes no part in the swarm's networks\n";
  }
  for (auto const& finding : findings) {
    print_finding(out, finding);
  }
  out << "\n";
}

std::string path_of(Values const& values) {
  auto path = std::string("/ward/doctor/networks");
  std::string networks;
  for (auto const& name : values.arguments) {
    networks += (networks.empty() ? "" : ",") + name;
  }
  char const* between = "?";
  for (auto const& [key, value] :
       {std::pair{"node", values.text("node")}, std::pair{"networks", networks}}) {
    if (!value.empty()) {
      path += std::string(between) + key + "=" + percent_encode(value);
      between = "&";
    }
  }
  return path;
}

}  // namespace

Result<int> examine_networks(Session& session, Values const& values) {
  auto const format = asked_format(values);
  if (!format) {
    return format.error();
  }
  auto const document = ask(session.daemon, "GET", path_of(values));
  if (!document) {
    return document.error();
  }
  auto const differences = number_at(*document, "Differences");
  if (*format == Format::Json) {
    print_json(session, *document);
    return differences == 0 ? 0 : 1;
  }
  auto const& nodes = list_at(*document, "Nodes");
  for (auto const& node : nodes) {
    print_node(session.out, node);
  }
  session.out << counted(static_cast<std::int64_t>(nodes.size()), "node") << ", "
              << counted(differences, "difference") << "\n";
  return differences == 0 ? 0 : 1;
}

}  // namespace swarmward::cli
