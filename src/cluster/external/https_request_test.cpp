#include "cluster/external/https_request.h"

#include <csignal>
#include <thread>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cluster/pki/certificate_fields.h"
#include "cluster/testing/pki_samples.h"

namespace swarmward::cluster {
namespace {

using ::testing::HasSubstr;

Time now() {
  return SystemClock().now();
}

CertificateTerms terms() {
  auto terms = fakes::terms(model::NodeRole::Manager);
  terms.now = now();
  return terms;
}

/// A member's certificate, made out to an address instead.
fakes::Member server_of(RootCa const& ca, char const* names) {
  auto made = fakes::member(fakes::signer(ca), terms());
  auto const certificate = ossl::read_certificate(made.chain);
  auto const key = ossl::read_key(ca.key);
  X509_EXTENSION_free(X509_delete_ext(
      certificate.get(), X509_get_ext_by_NID(certificate.get(), NID_subject_alt_name, -1)));
  EXPECT_TRUE(ossl::add_extension(certificate.get(), NID_subject_alt_name, names));
  EXPECT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
  made.chain = ossl::to_pem(certificate.get());
  return made;
}

/// Serves one connection, in a thread of its own: reads until the end of the body, says `answer`.
class Server {
 public:
  Server(fakes::Member const& own, std::string const& clients, std::string answer)
      : answer_(std::move(answer)), context_(SSL_CTX_new(TLS_server_method())) {
    auto const certificate = ossl::read_certificate(own.chain);
    auto const key = ossl::read_key(own.key);
    auto const trusted = ossl::read_certificate(clients);
    SSL_CTX_use_certificate(context_.get(), certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), key.get());
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), trusted.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(listener_, generic, size), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    EXPECT_EQ(::getsockname(listener_, generic, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Server() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  Server(Server const&) = delete;
  Server& operator=(Server const&) = delete;

  [[nodiscard]] std::string url(char const* host = "127.0.0.1") const {
    return std::string("https://") + host + ":" + std::to_string(port_) + "/sign";
  }
  std::string heard;

 private:
  void serve() {
    int const socket = ::accept(listener_, nullptr, nullptr);
    if (socket < 0) {
      return;
    }
    ossl::Owner<SSL, SSL_free> const session(SSL_new(context_.get()));
    SSL_set_fd(session.get(), socket);
    std::string buffer(4096, '\0');
    int got = SSL_accept(session.get());
    while (got > 0 && !heard.ends_with("}")) {
      got = SSL_read(session.get(), buffer.data(), static_cast<int>(buffer.size()));
      heard.append(buffer, 0, static_cast<std::size_t>(std::max(got, 0)));
    }
    if (got > 0) {
      SSL_write(session.get(), answer_.data(), static_cast<int>(answer_.size()));
      SSL_shutdown(session.get());
    }
    ::close(socket);
  }

  std::string answer_;
  ossl::Owner<SSL_CTX, SSL_CTX_free> context_;
  int listener_ = -1;
  unsigned short port_ = 0;
  std::thread thread_;
};

class HttpsRequest : public ::testing::Test {
 protected:
  /// As the daemon does it: the server writes to clients that have gone.
  static void SetUpTestSuite() { std::signal(SIGPIPE, SIG_IGN); }

  [[nodiscard]] HttpsTarget target(std::string url) const {
    HttpsTarget target;
    target.url = std::move(url);
    target.root = ca_.certificate;
    target.chain = client_.chain;
    target.key = client_.key;
    return target;
  }

  RootCa ca_ = fakes::root(now());
  RootCa stranger_ = fakes::root(now());
  fakes::Member client_ = fakes::member(fakes::signer(ca_), terms());
  fakes::Member own_ = server_of(ca_, "IP:127.0.0.1");
};

TEST_F(HttpsRequest, PostsWithACertificate) {
  auto const body = std::string(3000, ' ') + "{}";
  std::string heard;
  {
    Server server(own_, ca_.certificate, "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nhi");
    auto const answer = https_post(target(server.url()), body);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 201);
    EXPECT_EQ(answer->body, "hi");
    heard = server.heard;
  }
  EXPECT_THAT(heard, ::testing::StartsWith("POST /sign HTTP/1.1\r\n"));
  EXPECT_THAT(heard, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(heard, ::testing::EndsWith("\r\n\r\n" + body));
}

TEST_F(HttpsRequest, TheServerMustBeVouchedFor) {
  auto const why = [&](fakes::Member const& own) {
    Server const server(own, ca_.certificate, "HTTP/1.1 200 OK\r\n\r\n");
    auto const reached = https_reach(target(server.url()));
    return reached ? "reached" : reached.error().message;
  };
  EXPECT_EQ(why(own_), "reached");
  EXPECT_THAT(why(server_of(stranger_, "IP:127.0.0.1")),
              HasSubstr("unable to perform certificate signing request: SSL certificate problem"));
  EXPECT_THAT(why(server_of(ca_, "IP:127.0.0.2")), HasSubstr("127.0.0.1"));
}

TEST_F(HttpsRequest, TheClientMustBeKnown) {
  Server const server(own_, stranger_.certificate, "HTTP/1.1 200 OK\r\n\r\n");
  auto const answer = https_post(target(server.url()), "{}");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::Unavailable);
}

TEST_F(HttpsRequest, LimitsTheAnswer) {
  Server const server(own_,
                      ca_.certificate,
                      "HTTP/1.1 200 OK\r\n\r\n" + std::string(kLongestExternalAnswer + 1, 'x'));
  auto const answer = https_post(target(server.url()), "{}");
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("it is too long"));
}

TEST_F(HttpsRequest, FollowsNobodyElsewhere) {
  Server const server(own_,
                      ca_.certificate,
                      "HTTP/1.1 307 There\r\nLocation: http://127.0.0.1:1/\r\n"
                      "Content-Length: 0\r\n\r\n");
  auto const answer = https_post(target(server.url()), "{}");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 307);
}

TEST_F(HttpsRequest, OtherSchemesAreRefused) {
  for (auto const* url : {"http://127.0.0.1:1/", "file:///etc/passwd", "nonsense://x", ""}) {
    EXPECT_FALSE(https_reach(target(url))) << url;
    EXPECT_FALSE(https_post(target(url), "{}")) << url;
  }
}

TEST_F(HttpsRequest, TimesOutAndCanBeStopped) {
  int const silent = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(silent, generic, size), 0);
  ASSERT_EQ(::listen(silent, 4), 0);
  ASSERT_EQ(::getsockname(silent, generic, &size), 0);
  auto asked = target("https://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/");
  asked.timeout = std::chrono::milliseconds(100);
  auto const late = https_post(asked, "{}");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::Unavailable);

  std::atomic<bool> const stop = true;
  asked.timeout = std::chrono::hours(1);
  asked.stop = &stop;
  EXPECT_FALSE(https_post(asked, "{}"));
  ::close(silent);
}

}  // namespace
}  // namespace swarmward::cluster
