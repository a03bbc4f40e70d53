#include "cli/connect/curl_requests.h"

#include <array>
#include <cerrno>
#include <memory>
#include <utility>

#include <curl/curl.h>

#include "base/version.h"

namespace swarmward::cli {

namespace {

/// Answers that are longer are none of ours.
constexpr std::size_t kMostBytes = 64U << 20U;
constexpr long kConnectSeconds = 10;
/// The doctor asks every engine, and each may take some seconds not to answer; an agent may have to
/// go over a slow line.
constexpr long kWholeSeconds = 600;

struct CurlDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, CurlDeleter>;
using HeaderList = std::unique_ptr<curl_slist, CurlDeleter>;

std::size_t take_body(char const* data, std::size_t size, std::size_t count, void* out) {
  auto& body = static_cast<Answer*>(out)->body;
  if (body.size() + size * count > kMostBytes) {
    return 0;
  }
  body.append(data, size * count);
  return size * count;
}

void add_header(HeaderList& list, std::string const& line) {
  auto* longer = curl_slist_append(list.get(), line.c_str());
  if (longer != nullptr) {
    static_cast<void>(list.release());
    list.reset(longer);
  }
}

void set_text(Handle const& curl, CURLoption option, std::string const& value) {
  if (!value.empty()) {
    curl_easy_setopt(curl.get(), option, value.c_str());
  }
}

void set_tls(Handle const& curl, TlsChoice const& tls) {
  if (!tls.on) {
    return;
  }
  curl_easy_setopt(curl.get(), CURLOPT_SSL_VERIFYPEER, tls.verify ? 1L : 0L);
  curl_easy_setopt(curl.get(), CURLOPT_SSL_VERIFYHOST, tls.verify ? 2L : 0L);
  set_text(curl, CURLOPT_CAINFO, tls.ca_file);
  set_text(curl, CURLOPT_SSLCERT, tls.cert_file);
  set_text(curl, CURLOPT_SSLKEY, tls.key_file);
}

/// Docker's texts, for users know them and look for them.
Error failure(Handle const& curl, CURLcode code, Endpoint const& endpoint, char const* detail) {
  long reason = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_OS_ERRNO, &reason);
  if (reason == EACCES) {
    return unavailable("permission denied while trying to connect to the docker API at " +
                       endpoint.host);
  }
  if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST) {
    return unavailable("Cannot connect to the Docker daemon at " + endpoint.host +
                       ". Is the docker daemon running?");
  }
  return unavailable("error during connect: " + endpoint.host + ": " +
                     (*detail != 0 ? detail : curl_easy_strerror(code)));
}

HeaderList headers_for(Endpoint const& endpoint) {
  HeaderList headers;
  add_header(headers, std::string("User-Agent: docker-ward/") + kVersion);
  add_header(headers, "Content-Type: application/json");
  for (auto const& [name, value] : endpoint.headers) {
    add_header(headers, name + ": " + value);
  }
  return headers;
}

Result<Answer> perform(Handle const& curl, Endpoint const& endpoint) {
  Answer answer;
  std::array<char, CURL_ERROR_SIZE> detail{};
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, detail.data());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, kWholeSeconds);
  if (auto const code = curl_easy_perform(curl.get()); code != CURLE_OK) {
    return failure(curl, code, endpoint, detail.data());
  }
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

}  // namespace

CurlTarget curl_target(Endpoint const& endpoint, std::string const& path) {
  if (endpoint.host.starts_with("unix://")) {
    return {"http://docker" + path, endpoint.host.substr(7)};
  }
  auto base = endpoint.host.substr(6);
  while (base.ends_with('/')) {
    base.pop_back();
  }
  return {(endpoint.tls.on ? "https://" : "http://") + base + path, {}};
}

CurlRequests::CurlRequests(Values global_flags, Surroundings surroundings)
    : global_flags_(std::move(global_flags)), surroundings_(std::move(surroundings)) {}

Result<void> CurlRequests::look_up() {
  if (endpoint_) {
    return {};
  }
  auto endpoint = find_endpoint(global_flags_, surroundings_);
  if (!endpoint) {
    return endpoint.error();
  }
  if (endpoint->host.starts_with("ssh://")) {
    return invalid_argument("docker ward does not speak " + endpoint->host +
                            ": run it on that host, or forward the socket: ssh -L "
                            "/tmp/swarmward.sock:/run/swarmward/docker.sock …");
  }
  endpoint_ = std::move(*endpoint);
  return {};
}

Result<std::string> CurlRequests::where() {
  auto const known = look_up();
  if (!known) {
    return known.error();
  }
  return endpoint_->host;
}

Result<Answer> CurlRequests::send(std::string const& method,
                                  std::string const& path,
                                  std::string const& body) {
  if (auto const known = look_up(); !known) {
    return known.error();
  }
  Handle const curl(curl_easy_init());
  if (!curl) {
    return internal_error("libcurl could not be set up");
  }
  auto const target = curl_target(*endpoint_, path);
  auto const headers = headers_for(*endpoint_);
  set_text(curl, CURLOPT_URL, target.url);
  set_text(curl, CURLOPT_UNIX_SOCKET_PATH, target.socket);
  set_text(curl, CURLOPT_CUSTOMREQUEST, method);
  if (method != "GET") {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
  }
  set_tls(curl, endpoint_->tls);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  return perform(curl, *endpoint_);
}

}  // namespace swarmward::cli
