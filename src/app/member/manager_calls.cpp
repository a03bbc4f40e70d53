#include "app/member/manager_calls.h"

#include "base/net/host_text.h"
#include "base/net/tls_dialer.h"
#include "cluster/address.h"
#include "cluster/pki/join_token.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kJoinTimeout{15};
constexpr char const* kManager = "the manager";

ErrorCode code_of(unsigned status) {
  switch (status) {
    case 400:
      return ErrorCode::InvalidArgument;
    case 401:
      return ErrorCode::Unauthorized;
    case 403:
      return ErrorCode::Forbidden;
    case 404:
      return ErrorCode::NotFound;
    case 409:
      return ErrorCode::Conflict;
    case 503:
      return ErrorCode::Unavailable;
    default:
      return ErrorCode::Internal;
  }
}

asio::awaitable<Result<nlohmann::json>> call(std::shared_ptr<backends::HttpClient> client,
                                             backends::HttpRequest request) {
  auto const response = co_await client->request(std::move(request));
  if (!response) {
    co_return response.error();
  }
  auto document = parse_message(response->body);
  if (response->status >= 400) {
    auto const text = document ? text_of(*document, "message") : response->body;
    co_return Error{code_of(response->status), text};
  }
  co_return document;
}

Result<net::EngineAddress> address_of(std::string const& manager) {
  auto const place = cluster::split_address(manager);
  if (!place) {
    return in_context("dial tcp", place.error());
  }
  auto const port = place->port.empty() ? std::string(cluster::kManagerPort) : place->port;
  return net::parse_engine_address("tcp://" + net::in_brackets(place->host) + ":" + port);
}

std::shared_ptr<backends::HttpClient> client_to(asio::any_io_executor executor,
                                                net::TlsRoute route) {
  auto where = to_string(route.address);
  auto dialer =
      net::make_tls_dialer([route = std::move(route)] { return route; }, std::move(where));
  return std::make_shared<backends::HttpClient>(
      std::move(executor), std::move(dialer), nullptr, kManager);
}

/// As gRPC words it, which users and their scripts know.
Error not_reached(net::EngineAddress const& address, Error const& error) {
  auto const where = to_string(address).substr(6);
  auto reason = error.message.substr(error.message.rfind(": ") + 2);
  if (!reason.empty()) {
    reason[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
  }
  return rpc_error("Unavailable",
                   "connection error: desc = \"transport: Error while dialing dial tcp " + where +
                       ": connect: " + reason + "\"");
}

struct Root {
  std::string certificate;
  model::ClusterId cluster;
};

asio::awaitable<Result<Root>> fetch_root(asio::any_io_executor executor,
                                         net::EngineAddress address) {
  auto context = net::make_tls_context({}, "", net::PeerProof::None, net::TlsVersions::Only13);
  if (!context) {
    co_return context.error();
  }
  net::TlsRoute route{address, std::move(*context), nullptr};
  auto const client = client_to(executor, std::move(route));
  backends::HttpRequest request;
  request.target = "/member/ca";
  request.timeout = kJoinTimeout;
  auto const document = co_await call(client, std::move(request));
  if (!document) {
    if (document.error().code == ErrorCode::Unavailable) {
      co_return not_reached(address, document.error());
    }
    co_return document.error();
  }
  Root root{text_of(*document, "Certificate"), model::ClusterId(text_of(*document, "Cluster"))};
  co_return root;
}

Result<Joined> read_joined(nlohmann::json const& document, std::string key, Root const& root) {
  Joined joined;
  joined.node = model::NodeId(text_of(document, "Node"));
  joined.cluster = root.cluster;
  joined.identity.chain = text_of(document, "Certificate");
  joined.identity.key = std::move(key);
  joined.identity.roots = text_of(document, "Roots");
  joined.managers = managers_from(document.value("Managers", nlohmann::json::array()));
  auto const certificate = cluster::read_certificate(joined.identity.chain);
  if (!certificate || certificate->subject.node != joined.node) {
    return internal_error("the manager's answer holds no certificate for this node");
  }
  return joined;
}

char const* word_of(model::Availability availability) {
  return availability == model::Availability::Drain   ? "drain"
         : availability == model::Availability::Pause ? "pause"
                                                      : "active";
}

}  // namespace

asio::awaitable<Result<Joined>> join_swarm(asio::any_io_executor executor,
                                           JoinQuestion question,
                                           Clock const* clock) {
  auto const token = cluster::parse_join_token(question.token);
  if (!token) {
    co_return token.error();
  }
  auto const address = address_of(question.manager);
  if (!address) {
    co_return invalid_argument("invalid remoteAddr " + question.manager);
  }
  auto const root = co_await fetch_root(executor, *address);
  if (!root) {
    co_return root.error();
  }
  if (auto const pinned = cluster::check_root(*token, root->certificate); !pinned) {
    co_return pinned.error();
  }
  auto key = cluster::make_key();
  auto const request_pem = key ? cluster::make_request(*key) : key;
  auto context = net::make_tls_context({}, "", net::PeerProof::Judged, net::TlsVersions::Only13);
  if (!request_pem || !context) {
    co_return request_pem ? context.error() : request_pem.error();
  }
  net::TlsRoute route{*address, std::move(*context), nullptr};
  route.judge = [root = *root, clock](std::string const& chain) -> Result<void> {
    auto const peer =
        cluster::verify_member(chain, {{root.certificate}, root.cluster, clock->now()});
    if (!peer) {
      return peer.error();
    }
    if (peer->expired) {
      return Error{
          ErrorCode::Unauthorized,
          "the manager's certificate has expired, by the clock of this host: the clocks of "
          "the hosts may differ"};
    }
    return peer->role == model::NodeRole::Manager
               ? Result<void>{}
               : Error{ErrorCode::Unauthorized, "the other side is not a manager"};
  };
  auto const client = client_to(executor, std::move(route));
  nlohmann::json body{{"Token", question.token},
                      {"Request", *request_pem},
                      {"Hostname", question.hostname},
                      {"EngineId", question.engine_id},
                      {"AdvertiseAddr", question.advertise},
                      {"AgentPort", question.agent_port},
                      {"Availability", word_of(question.availability)}};
  backends::HttpRequest request;
  request.method = "POST";
  request.target = "/member/join";
  request.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  request.timeout = kJoinTimeout;
  auto const document = co_await call(client, std::move(request));
  if (!document) {
    co_return document.error();
  }
  co_return read_joined(*document, std::move(*key), *root);
}

asio::awaitable<Result<nlohmann::json>> ManagerClients::ask(std::string address,
                                                            std::string path,
                                                            nlohmann::json body,
                                                            std::chrono::seconds timeout) {
  auto const place = address_of(address);
  if (!place) {
    co_return place.error();
  }
  auto& known = clients_[address];
  if (!known) {
    auto const route = [place = *place, tls = &tls_]() -> Result<net::TlsRoute> {
      return net::TlsRoute{place, tls->context(), [tls](std::string const& chain) {
                             return tls->judge_manager(chain);
                           }};
    };
    known = std::make_shared<backends::HttpClient>(
        executor_, net::make_tls_dialer(route, to_string(*place)), nullptr, kManager);
  }
  auto const client = known;
  backends::HttpRequest request;
  request.method = "POST";
  request.target = std::move(path);
  request.body = body.dump();
  request.timeout = timeout;
  auto document = co_await call(client, std::move(request));
  co_return document;
}

}  // namespace swarmward::app
