#pragma once

#include <array>
#include <memory>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include "base/net/stream_socket.h"
#include "base/net/tls_context.h"
#include "base/net/tls_session.h"

// Certificates and connections for tests of TLS.

namespace swarmward::net {

inline std::string pem_of(auto* object, auto write) {
  std::unique_ptr<BIO, decltype(&BIO_free_all)> const bio(BIO_new(BIO_s_mem()), BIO_free_all);
  write(bio.get(), object);
  char* data = nullptr;
  auto const size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

/// A certificate that signs itself, made out to `name`.
inline TlsIdentity self_signed(char const* name) {
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> const key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  std::unique_ptr<X509, decltype(&X509_free)> const cert(X509_new(), X509_free);
  X509_set_version(cert.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3600);
  auto* subject = X509_get_subject_name(cert.get());
  X509_NAME_add_entry_by_txt(
      subject, "CN", MBSTRING_ASC, reinterpret_cast<unsigned char const*>(name), -1, -1, 0);
  X509_set_issuer_name(cert.get(), subject);
  X509_set_pubkey(cert.get(), key.get());
  X509_sign(cert.get(), key.get(), EVP_sha256());
  return {pem_of(cert.get(), [](BIO* b, X509* c) { PEM_write_bio_X509(b, c); }),
          pem_of(key.get(), [](BIO* b, EVP_PKEY* k) {
            PEM_write_bio_PrivateKey(b, k, nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

/// Both ends of one connection.
struct Pair {
  StreamSocket a;
  StreamSocket b;
};

inline Pair make_pair_of(asio::io_context& io) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  asio::generic::stream_protocol const kind(AF_UNIX, 0);
  return {StreamSocket(io, kind, ends[0]), StreamSocket(io, kind, ends[1])};
}

/// The same, speaking TLS with each other: `a` is the client.
inline Pair make_tls_pair(asio::io_context& io) {
  auto const own = self_signed("node-one");
  auto const context = make_tls_context(own, "", PeerProof::None, TlsVersions::Only13);
  EXPECT_TRUE(context);
  auto wire = make_pair_of(io);
  auto const client =
      std::make_shared<TlsSession>(std::move(wire.a), *context, TlsSession::Side::Client, "");
  auto const server =
      std::make_shared<TlsSession>(std::move(wire.b), *context, TlsSession::Side::Server, "");
  int shaken = 0;
  auto const done = [&shaken](std::exception_ptr const& bug, Result<void> const& result) {
    EXPECT_TRUE(!bug && result);
    ++shaken;
  };
  asio::co_spawn(io, client->handshake(std::chrono::seconds(60)), done);
  asio::co_spawn(io, server->handshake(std::chrono::seconds(60)), done);
  while (shaken < 2 && io.run_one() > 0) {
  }
  return {client->take(), server->take()};
}

}  // namespace swarmward::net
