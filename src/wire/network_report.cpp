#include "wire/network_report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "wire/body.h"
#include "wire/codec/text_writer.h"

namespace swarmward::wire {

template <class A>
void describe(A& a, Ref<A, model::NetworkQuestion> question) {
  a.keep("Plan", question.plan);
  a.keep("Mark", question.mark);
  a.omit("Networks", question.networks);
  a.omit("PathKey", question.path_key);
  a.omit("PathNetwork", question.path_network);
}

template <class A>
void describe(A& a, Ref<A, model::NetworkFinding> finding) {
  a.keep("Kind", finding.kind);
  a.omit("Network", finding.network);
  a.keep("What", finding.what);
  a.keep("Cause", finding.cause);
  a.keep("Cure", finding.cure);
  a.omit("Note", finding.note);
}

template <class A>
void describe(A& a, Ref<A, model::NetworkPath> path) {
  a.keep("Open", path.open);
  a.omit("Targets", path.targets);
  a.keep("MTU", path.mtu);
  a.keep("NodeAddress", path.node_address);
  a.omit("Backend", path.backend);
}

template <class A>
void describe(A& a, Ref<A, model::NetworkReport> report) {
  a.keep("Mark", report.mark);
  a.keep("AgeSeconds", report.age_seconds);
  a.omit("Networks", report.networks);
  a.keep("LookedAt", report.looked_at);
  a.omit("Findings", report.findings);
  a.nullable("Path", report.path);
}

namespace {

template <class T>
std::string report_part_text(T const& value) {
  std::string text;
  TextWriter(text, Form::Stored).write_object(value);
  return text;
}

template <class T>
Result<T> read_report_part(std::string_view text, char const* what) {
  auto const document = parse_body(text);
  if (!document) {
    return document.error();
  }
  if (!document->is_object()) {
    return invalid_argument(std::string(what) + " is a JSON object");
  }
  T value;
  if (auto const read = Reader(*document, Form::Stored).into(value); !read) {
    return invalid_argument(read.error().message);
  }
  return value;
}

}  // namespace

std::string network_plan_checksum(std::string_view plan) {
  // Source: FNV-1a for 32 bits.
  constexpr std::uint32_t kBasis = 2166136261;
  constexpr std::uint32_t kPrime = 16777619;
  auto hash = kBasis;
  for (auto const letter : plan) {
    hash = (hash ^ static_cast<std::uint8_t>(letter)) * kPrime;
  }
  return fmt::format("{:08x}", hash);
}

std::string network_question_text(model::NetworkQuestion const& question) {
  return report_part_text(question);
}

Result<model::NetworkQuestion> network_question_from(std::string_view text) {
  return read_report_part<model::NetworkQuestion>(text, "a question about networks");
}

std::string network_report_text(model::NetworkReport const& report) {
  return report_part_text(report);
}

Result<model::NetworkReport> network_report_from(std::string_view text) {
  return read_report_part<model::NetworkReport>(text, "a report about networks");
}

}  // namespace swarmward::wire
