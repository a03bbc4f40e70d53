#include "base/net/tls_peer.h"

#include <memory>

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/net/host_text.h"

namespace swarmward::net {

namespace {

void append_pem(std::string& out, X509* certificate) {
  std::unique_ptr<BIO, decltype(&BIO_free_all)> const bio(BIO_new(BIO_s_mem()), BIO_free_all);
  if (PEM_write_bio_X509(bio.get(), certificate) == 1) {
    char* data = nullptr;
    auto const size = BIO_get_mem_data(bio.get(), &data);
    out.append(data, static_cast<std::size_t>(size));
  }
}

}  // namespace

void name_peer(SSL* ssl, std::string const& name) {
  if (is_ip(name)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
    return;
  }
  SSL_set_tlsext_host_name(ssl, name.c_str());
  SSL_set1_host(ssl, name.c_str());
}

std::string chain_of_peer(SSL const* ssl) {
  std::string text;
  auto* const leaf = SSL_get0_peer_certificate(ssl);
  if (leaf == nullptr) {
    return text;
  }
  append_pem(text, leaf);
  auto* const chain = SSL_get_peer_cert_chain(ssl);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    // A client's list starts with the server's own certificate, a server's does not.
    if (X509_cmp(sk_X509_value(chain, i), leaf) != 0) {
      append_pem(text, sk_X509_value(chain, i));
    }
  }
  return text;
}

}  // namespace swarmward::net
