#include <ostream>
#include <utility>

#include "base/percent_encode.h"
#include "cli/keyboard.h"
#include "cli/table.h"
#include "cli/verbs/format.h"
#include "cli/verbs/verbs.h"
#include "model/registry_server.h"
#include "wire/body.h"

namespace swarmward::cli {

namespace {

/// As much as the daemon takes.
constexpr std::size_t kLongestPassword = 65'536;
/// What engines call Docker Hub when they are asked about a credential. Source: the docker CLI.
constexpr std::string_view kHubIndexUrl = "https://index.docker.io/v1/";

struct Typed {
  std::string user_name;
  std::string password;
};

Result<std::string> ask_user_name(Session& session) {
  session.err << "Username: " << std::flush;
  return session.keyboard.line();
}

Result<std::string> ask_password(Session& session) {
  auto text =
      session.keyboard.hidden_line([&session] { session.err << "Password: " << std::flush; });
  session.err << "\n";  // That of the user was not shown.
  return text;
}

/// What scripts pipe in ends with a line break that is no part of it. Source: docker login.
void cut_line_break(std::string& text) {
  if (text.ends_with('\n')) {
    text.pop_back();
  }
  if (text.ends_with('\r')) {
    text.pop_back();
  }
}

Result<Typed> typed_login(Session& session, Values const& values) {
  Typed typed{values.text("username"), {}};
  bool const piped = values.on("password-stdin");
  if (piped && typed.user_name.empty()) {
    return invalid_argument("--password-stdin needs --username: standard input is the password");
  }
  if (!piped && !session.keyboard.is_terminal()) {
    return invalid_argument(
        "standard input is no terminal to ask for a password: pipe it in, and use "
        "--password-stdin");
  }
  if (typed.user_name.empty()) {
    auto name = ask_user_name(session);
    if (!name) {
      return name.error();
    }
    typed.user_name = std::move(*name);
  }
  auto password = piped ? session.keyboard.all(kLongestPassword) : ask_password(session);
  if (!password) {
    return password.error();
  }
  typed.password = std::move(*password);
  cut_line_break(typed.password);
  if (typed.user_name.empty() || typed.password.empty()) {
    return invalid_argument(
        std::string(typed.user_name.empty() ? "the user name" : "the password") + " is empty");
  }
  return typed;
}

/// Has the daemon's engine try it. Returns the token that the registry wants to see from now on in
/// place of the password; empty if there is none.
Result<std::string> checked(Session& session, std::string const& server, Typed const& typed) {
  nlohmann::json body;
  body["username"] = typed.user_name;
  body["password"] = typed.password;
  body["serveraddress"] = server == model::kDockerHub ? kHubIndexUrl : server;
  auto const answer = ask(session.daemon, "POST", "/auth", wire::dump_json(body));
  if (!answer) {
    auto refusal = answer.error();
    refusal.message += "\nNothing was stored. (--no-check stores a credential without asking.)";
    return refusal;
  }
  return text_at(*answer, "IdentityToken");
}

}  // namespace

Result<int> registry_login(Session& session, Values const& values) {
  auto const server = model::normal_registry(values.arguments.front());
  if (!model::is_registry(server)) {
    return invalid_argument("invalid registry \"" + values.arguments.front() +
                            "\": use HOST or HOST:PORT, as images of that registry are called");
  }
  auto const typed = typed_login(session, values);
  if (!typed) {
    return typed.error();
  }
  std::string token;
  if (!values.on("no-check")) {
    auto given = checked(session, server, *typed);
    if (!given) {
      return given.error();
    }
    token = std::move(*given);
  }
  nlohmann::json body;
  body["ServerAddress"] = server;
  body["Username"] = typed->user_name;
  body[token.empty() ? "Password" : "IdentityToken"] = token.empty() ? typed->password : token;
  auto const stored = ask(session.daemon, "POST", "/ward/registries", wire::dump_json(body));
  if (!stored) {
    return stored.error();
  }
  session.out << "Login Succeeded\n";
  return 0;
}

Result<int> list_registries(Session& session, Values const& values) {
  auto const format = asked_format(values);
  if (!format) {
    return format.error();
  }
  auto const registries = ask(session.daemon, "GET", "/ward/registries");
  if (!registries) {
    return registries.error();
  }
  if (*format == Format::Json) {
    print_json(session, *registries);
    return 0;
  }
  Table table({"SERVER", "USER", "CREATED", "UPDATED"});
  auto const second = [](std::string const& time) {
    auto const point = time.find('.');
    return point == std::string::npos ? time : time.substr(0, point) + "Z";
  };
  for (auto const& registry : *registries) {
    auto const user = text_at(registry, "Username");
    table.add({text_at(registry, "ServerAddress"),
               user.empty() ? "<token>" : user,
               second(text_at(registry, "CreatedAt")),
               second(text_at(registry, "UpdatedAt"))});
  }
  session.out << table.text();
  return 0;
}

Result<int> registry_logout(Session& session, Values const& values) {
  auto const server = model::normal_registry(values.arguments.front());
  auto const removed = ask(session.daemon, "DELETE", "/ward/registries/" + percent_encode(server));
  if (!removed) {
    return removed.error();
  }
  session.out << server << "\n";
  return 0;
}

}  // namespace swarmward::cli
