#include <algorithm>
#include <ostream>

#include "cli/table.h"
#include "cli/verbs/format.h"
#include "cli/verbs/local_checks.h"
#include "cli/verbs/verbs.h"

namespace swarmward::cli {

namespace {

void print_cures(std::ostream& out, nlohmann::json const& checks) {
  for (auto const& each : checks) {
    auto const cure = text_at(each, "Cure");
    if (text_at(each, "Status") != "ok" && !cure.empty()) {
      out << "\n"
          << text_at(each, "Status") << ": " << text_at(each, "Check") << " of "
          << text_at(each, "Subject") << ": " << text_at(each, "Detail") << "\n  cure: " << cure
          << "\n";
    }
  }
}

std::ptrdiff_t count_of(nlohmann::json const& checks, std::string const& status) {
  return std::ranges::count_if(
      checks, [&](nlohmann::json const& each) { return text_at(each, "Status") == status; });
}

void print_checks(std::ostream& out, nlohmann::json const& checks) {
  Table table({"STATUS", "CHECK", "OF", "FOUND"});
  for (auto const& each : checks) {
    table.add({text_at(each, "Status"),
               text_at(each, "Check"),
               text_at(each, "Subject"),
               text_at(each, "Detail")});
  }
  out << table.text();
  print_cures(out, checks);
  out << "\n"
      << count_of(checks, "ok") << " ok, " << count_of(checks, "warn") << " warnings, "
      << count_of(checks, "fail") << " failures\n";
}

}  // namespace

Result<int> doctor(Session& session, Values const& values) {
  if (values.on("network")) {
    return examine_networks(session, values);
  }
  if (!values.arguments.empty() || !values.text("node").empty()) {
    return invalid_argument("names of networks and --node need --network");
  }
  auto const format = asked_format(values);
  if (!format) {
    return format.error();
  }
  auto checks = check_daemon(session.daemon, SystemClock());
  if (count_of(checks, "fail") == 0) {
    auto const document = ask(session.daemon, "GET", "/ward/doctor");
    if (!document) {
      return document.error();
    }
    auto const& theirs = list_at(*document, "Checks");
    checks.insert(checks.end(), theirs.begin(), theirs.end());
  }
  if (*format == Format::Json) {
    nlohmann::json document;
    document["Checks"] = checks;
    print_json(session, document);
  } else {
    print_checks(session.out, checks);
  }
  return count_of(checks, "fail") == 0 ? 0 : 1;
}

}  // namespace swarmward::cli
