#include "base/version.h"

#include <ostream>

#include "cli/verbs/format.h"
#include "cli/verbs/verbs.h"

namespace swarmward::cli {

namespace {

void line(std::ostream& out, std::string name, std::string const& value) {
  constexpr std::size_t kWidth = 19;
  name.resize(kWidth, ' ');
  out << " " << name << value << "\n";
}

}  // namespace

Result<int> show_version(Session& session, Values const& values) {
  auto const format = asked_format(values);
  if (!format) {
    return format.error();
  }
  nlohmann::json client;
  client["Version"] = kVersion;
  auto const where = session.daemon.where();
  if (where) {
    client["Host"] = *where;
  }
  // A client that reaches nobody still has a version to tell.
  auto const server = ask(session.daemon, "GET", "/ward/version");
  if (*format == Format::Json) {
    nlohmann::json document;
    document["Client"] = std::move(client);
    document["Server"] = server ? *server : nlohmann::json();
    print_json(session, document);
  } else {
    session.out << "Client: docker-ward\n";
    line(session.out, "Version:", kVersion);
    line(session.out, "Host:", text_at(client, "Host"));
  }
  if (!server) {
    return server.error();
  }
  if (*format == Format::Table) {
    session.out << "\nServer: swarmward\n";
    line(session.out, "Version:", text_at(*server, "Version"));
    line(session.out, "Swarm:", text_at(*server, "Swarm"));
    line(session.out, "Engine version:", text_at(*server, "EngineVersion"));
    line(session.out, "Engine API:", text_at(*server, "EngineApiVersion"));
    line(session.out, "OS/Arch:", text_at(*server, "Os") + "/" + text_at(*server, "Arch"));
    line(session.out, "Kernel:", text_at(*server, "KernelVersion"));
  }
  return 0;
}

}  // namespace swarmward::cli
