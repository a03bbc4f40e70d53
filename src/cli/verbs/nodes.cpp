#include <ostream>

#include "base/percent_encode.h"
#include "cli/connect/config_files.h"
#include "cli/table.h"
#include "cli/verbs/format.h"
#include "cli/verbs/verbs.h"
#include "wire/body.h"

namespace swarmward::cli {

namespace {

/// The contents of the file that a flag names; empty without the flag.
Result<std::string> file_of(Values const& values, std::string const& flag) {
  auto const path = values.text(flag);
  if (path.empty()) {
    return std::string{};
  }
  auto text = read_text_file(path);
  return text ? text : in_context("--" + flag, text.error());
}

Result<nlohmann::json> tls_part(Values const& values) {
  nlohmann::json tls;
  for (auto const& [flag, key] : {std::pair{"tls-ca", "CA"},
                                  std::pair{"tls-cert", "Certificate"},
                                  std::pair{"tls-key", "Key"}}) {
    auto const text = file_of(values, flag);
    if (!text) {
      return text.error();
    }
    if (!text->empty()) {
      tls[key] = *text;
    }
  }
  if (!tls.is_null() && tls.contains("Certificate") != tls.contains("Key")) {
    return invalid_argument("--tls-cert and --tls-key belong together");
  }
  return Result<nlohmann::json>(boost::system::in_place_value, std::move(tls));
}

Result<void> check_address(std::string const& url, bool tls) {
  bool const known =
      url.starts_with("tcp://") || url.starts_with("ssh://") || url.starts_with("unix://");
  if (!known) {
    return invalid_argument("invalid address \"" + url +
                            "\": use tcp://host:port, ssh://user@host or unix:///path");
  }
  if (tls && !url.starts_with("tcp://")) {
    return invalid_argument("the --tls flags are for tcp:// addresses");
  }
  return {};
}

}  // namespace

Result<int> list_nodes(Session& session, Values const& values) {
  auto const format = asked_format(values);
  if (!format) {
    return format.error();
  }
  auto const nodes = ask(session.daemon, "GET", "/ward/nodes");
  if (!nodes) {
    return nodes.error();
  }
  if (*format == Format::Json) {
    print_json(session, *nodes);
    return 0;
  }
  Table table({"ID", "NAME", "KIND", "ADDRESS", "STATE", "ENGINE VERSION"});
  for (auto const& node : *nodes) {
    table.add({text_at(node, "ID"),
               text_at(node, "Name"),
               text_at(node, "Kind"),
               text_at(node, "Address"),
               text_at(node, "State"),
               text_at(node, "EngineVersion")});
  }
  session.out << table.text();
  return 0;
}

Result<int> adopt_node(Session& session, Values const& values) {
  auto const& name = values.arguments[0];
  auto const& address = values.arguments[1];
  auto tls = tls_part(values);
  if (!tls) {
    return tls.error();
  }
  if (auto const fit = check_address(address, !tls->is_null()); !fit) {
    return fit.error();
  }
  auto const identity = file_of(values, "ssh-identity");
  if (!identity) {
    return identity.error();
  }
  nlohmann::json body;
  body["Name"] = name;
  body["Address"] = address;
  if (!tls->is_null()) {
    body["TLS"] = std::move(*tls);
  }
  if (!identity->empty()) {
    body["SshIdentity"] = *identity;
  }
  body["WithAgent"] = values.on("with-agent");
  if (auto const socket = values.text("engine-socket"); !socket.empty()) {
    body["EngineSocket"] = socket;
  }
  auto const made = ask(session.daemon, "POST", "/ward/nodes/adopt", wire::dump_json(body));
  if (!made) {
    return made.error();
  }
  if (auto const warning = text_at(*made, "Warning"); !warning.empty()) {
    session.err << "WARNING: " << warning << "\n";
  }
  session.out << text_at(*made, "ID") << "\n";
  return 0;
}

Result<int> release_node(Session& session, Values const& values) {
  auto const& name = values.arguments.front();
  auto const path =
      "/ward/nodes/" + percent_encode(name) + "/release?force=" + (values.on("force") ? "1" : "0");
  auto const released = ask(session.daemon, "POST", path);
  if (!released) {
    return released.error();
  }
  if (auto const warning = text_at(*released, "Warning"); !warning.empty()) {
    session.err << "WARNING: " << warning << "\n";
  }
  session.out << name << "\n";
  return 0;
}

}  // namespace swarmward::cli
