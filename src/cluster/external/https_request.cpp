#include "cluster/external/https_request.h"

#include <array>
#include <memory>

#include <curl/curl.h>

#include "base/version.h"

namespace swarmward::cluster {

namespace {

struct CurlDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, CurlDeleter>;
using HeaderList = std::unique_ptr<curl_slist, CurlDeleter>;

std::size_t take_body(char const* data, std::size_t size, std::size_t count, void* out) {
  auto& body = *static_cast<std::string*>(out);
  if (size * count > kLongestExternalAnswer - body.size()) {
    return 0;
  }
  body.append(data, size * count);
  return size * count;
}

int look_for_stop(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<std::atomic<bool> const*>(stop)->load() ? 1 : 0;
}

/// Not copied: `text` outlives the request.
void set_pem(CURL* curl, CURLoption option, std::string const& text) {
  curl_blob blob{const_cast<char*>(text.data()), text.size(), CURL_BLOB_NOCOPY};
  curl_easy_setopt(curl, option, &blob);
}

/// Neither curl's own list of CAs nor the folder that Debian's curl reads besides: whom the system
/// trusts has no say in a swarm.
void set_tls(CURL* curl, HttpsTarget const& target) {
  curl_easy_setopt(curl, CURLOPT_CAINFO, nullptr);
  curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  set_pem(curl, CURLOPT_CAINFO_BLOB, target.root);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!target.chain.empty()) {
    curl_easy_setopt(curl, CURLOPT_SSLCERTTYPE, "PEM");
    curl_easy_setopt(curl, CURLOPT_SSLKEYTYPE, "PEM");
    set_pem(curl, CURLOPT_SSLCERT_BLOB, target.chain);
    set_pem(curl, CURLOPT_SSLKEY_BLOB, target.key);
  }
}

void set_limits(CURL* curl, HttpsTarget const& target) {
  auto const milliseconds = static_cast<long>(target.timeout.count());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, milliseconds);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, milliseconds);
  if (target.stop != nullptr) {
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &look_for_stop);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(target.stop));
  }
}

Result<void> perform(CURL* curl) {
  std::array<char, CURL_ERROR_SIZE> detail{};
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail.data());
  auto const code = curl_easy_perform(curl);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
  if (code == CURLE_WRITE_ERROR) {
    return unavailable("unable to read CSR response body: it is too long");
  }
  if (code != CURLE_OK) {
    return unavailable(std::string("unable to perform certificate signing request: ") +
                       (detail[0] != 0 ? detail.data() : curl_easy_strerror(code)));
  }
  return {};
}

Result<Handle> open(HttpsTarget const& target) {
  Handle curl(curl_easy_init());
  if (!curl) {
    return internal_error("libcurl could not be set up");
  }
  curl_easy_setopt(curl.get(), CURLOPT_URL, target.url.c_str());
  set_tls(curl.get(), target);
  set_limits(curl.get(), target);
  return curl;
}

HeaderList json_headers() {
  HeaderList list(curl_slist_append(nullptr, "Content-Type: application/json"));
  // Else curl waits a second for leave to send a long body.
  if (auto* const longer = curl_slist_append(list.get(), "Expect:"); longer != nullptr) {
    static_cast<void>(list.release());
    list.reset(longer);
  }
  return list;
}

}  // namespace

Result<HttpsAnswer> https_post(HttpsTarget const& target, std::string const& body) {
  auto const curl = open(target);
  if (!curl) {
    return curl.error();
  }
  auto* const handle = curl->get();
  HttpsAnswer answer;
  auto const headers = json_headers();
  auto const agent = std::string("swarmward/") + kVersion;
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_USERAGENT, agent.c_str());
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &answer.body);
  if (auto const done = perform(handle); !done) {
    return done.error();
  }
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

Result<void> https_reach(HttpsTarget const& target) {
  auto const curl = open(target);
  if (!curl) {
    return curl.error();
  }
  curl_easy_setopt(curl->get(), CURLOPT_CONNECT_ONLY, 1L);
  return perform(curl->get());
}

}  // namespace swarmward::cluster
