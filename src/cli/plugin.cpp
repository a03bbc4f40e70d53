#include "cli/plugin.h"

#include <ostream>

#include <nlohmann/json.hpp>

#include "base/version.h"
#include "cli/complete.h"
#include "cli/help.h"
#include "cli/parse.h"

namespace swarmward::cli {

namespace {

constexpr std::string_view kMetadataWord = "docker-cli-plugin-metadata";
constexpr std::string_view kComplete = "__complete";
constexpr std::string_view kCompleteWithoutDescriptions = "__completeNoDesc";

/// What follows the word that names us; all of it where somebody runs the program by its own name.
std::span<std::string const> after_own_name(std::span<std::string const> words) {
  return !words.empty() && words.front() == ward_command().name ? words.subspan(1) : words;
}

}  // namespace

std::string plugin_metadata() {
  nlohmann::ordered_json document;
  document["SchemaVersion"] = "0.1.0";
  document["Vendor"] = "Swarmward";
  document["Version"] = kVersion;
  document["ShortDescription"] = ward_command().brief;
  document["URL"] = "";  // The project has no page of its own yet.
  return document.dump(2) + "\n";
}

int Plugin::run(std::vector<std::string> const& words) {
  if (!words.empty() && words.front() == kMetadataWord) {
    out_ << plugin_metadata();
    return 0;
  }
  if (!words.empty() &&
      (words.front() == kComplete || words.front() == kCompleteWithoutDescriptions)) {
    return answer_shell(words);
  }
  return run_command(words);
}

int Plugin::answer_shell(std::vector<std::string> const& words) {
  auto const descriptions = words.front() == kComplete ? Descriptions::Yes : Descriptions::No;
  auto const leading = parse_leading(global_flags(), std::span(words).subspan(1));
  auto const rest =
      leading ? std::span(words).subspan(1 + leading->used) : std::span(words).last(0);
  auto const daemon = connect_(leading ? leading->values : Values{});
  out_ << complete(ward_command(), after_own_name(rest), descriptions, *daemon);
  return 0;
}

int Plugin::run_command(std::vector<std::string> const& words) {
  auto leading = parse_leading(global_flags(), words);
  if (!leading) {
    err_ << leading.error().message << "\n\nRun 'docker --help' for more information\n";
    return 125;
  }
  auto rest = std::span(words).subspan(leading->used);
  bool help = leading->values.on("help");
  if (!rest.empty() && rest.front() == "help") {
    help = true;
    rest = rest.subspan(1);
  }
  auto const own = after_own_name(rest);
  std::vector<std::string> asked(own.begin(), own.end());
  if (help) {
    asked.insert(asked.begin(), "--help");
  }
  auto const parsed = parse_words(ward_command(), asked);
  if (!parsed.mistake.empty()) {
    err_ << parsed.mistake << "\n";
    return parsed.status;
  }
  if (parsed.help) {
    out_ << "\n" << help_text(parsed.path);
    return 0;
  }
  auto const daemon = connect_(leading->values);
  Session session{*daemon, out_, err_, keyboard_};
  auto const status = parsed.path.back()->run(session, parsed.values);
  if (!status) {
    out_.flush();
    err_ << status.error().message << "\n";
    return 1;
  }
  return *status;
}

}  // namespace swarmward::cli
