#include "base/net/tls_context.h"

#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

namespace swarmward::net {

namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;

Bio reader(std::string const& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Result<void> use_identity(SSL_CTX* context, TlsIdentity const& own) {
  auto const pem = reader(own.certificate);
  Certificate const leaf(PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr));
  if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1) {
    return invalid_argument("the certificate is not one in PEM form");
  }
  while (auto* next = PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr)) {
    if (SSL_CTX_add0_chain_cert(context, next) != 1) {
      X509_free(next);
      return invalid_argument("the certificate's chain cannot be used");
    }
  }
  ERR_clear_error();  // The end of the text is reported as an error.
  auto const key_pem = reader(own.key);
  // The empty password keeps OpenSSL from asking at the terminal.
  Key const key(PEM_read_bio_PrivateKey(key_pem.get(), nullptr, nullptr, const_cast<char*>("")));
  if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return invalid_argument("the key is not one in PEM form, or not that of the certificate");
  }
  return {};
}

Result<void> trust(SSL_CTX* context, std::string const& roots) {
  auto const pem = reader(roots);
  auto* store = SSL_CTX_get_cert_store(context);
  unsigned count = 0;
  while (auto* raw = PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr)) {
    Certificate const root(raw);
    if (X509_STORE_add_cert(store, root.get()) != 1 ||
        SSL_CTX_add_client_CA(context, root.get()) != 1) {
      return invalid_argument("a CA certificate cannot be used");
    }
    ++count;
  }
  ERR_clear_error();
  return count > 0 ? Result<void>{} : invalid_argument("the CA is not a certificate in PEM form");
}

int take_any(int /*preverified*/, X509_STORE_CTX* /*context*/) {
  return 1;
}

void ask(SSL_CTX* context, PeerProof proof) {
  switch (proof) {
    case PeerProof::None:
      SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
      break;
    case PeerProof::Judged:
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER, take_any);
      break;
    case PeerProof::Trusted:
    case PeerProof::TrustedName:
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
      break;
  }
}

/// The protocol that contexts were told to serve goes with them.
int protocol_slot() {
  auto const free = [](void*, void* text, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<std::string*>(text);
  };
  static int const slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free);
  return slot;
}

int choose_protocol(SSL* session,
                    unsigned char const** chosen,
                    unsigned char* length,
                    unsigned char const* offered,
                    unsigned int offered_length,
                    void* /*unused*/) {
  auto const* served = static_cast<std::string const*>(
      SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), protocol_slot()));
  // Each name comes after a byte with its length.
  for (unsigned int at = 0; served != nullptr && at < offered_length;) {
    unsigned int const size = offered[at];
    if (size <= offered_length - at - 1 &&
        *served == std::string_view(reinterpret_cast<char const*>(offered + at + 1), size)) {
      *chosen = offered + at + 1;
      *length = static_cast<unsigned char>(size);
      return SSL_TLSEXT_ERR_OK;
    }
    at += size + 1;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

void serve_protocol(TlsContext const& context, std::string protocol) {
  auto kept = std::make_unique<std::string>(std::move(protocol));
  if (SSL_CTX_set_ex_data(context.get(), protocol_slot(), kept.get()) == 1) {
    static_cast<void>(kept.release());
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  }
}

Result<TlsContext> make_tls_context(TlsIdentity const& own,
                                    std::string const& trusted,
                                    PeerProof proof,
                                    TlsVersions versions) {
  TlsContext const context(SSL_CTX_new(TLS_method()), SSL_CTX_free);
  if (!context) {
    return internal_error("no TLS context could be made");
  }
  auto* raw = context.get();
  SSL_CTX_set_min_proto_version(raw,
                                versions == TlsVersions::Only13 ? TLS1_3_VERSION : TLS1_2_VERSION);
  // Idle connections give their buffers back; a session is not worth resuming here.
  SSL_CTX_set_mode(raw,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(raw, 1);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(raw, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_num_tickets(raw, 0);
  ask(raw, proof);
  if (!own.certificate.empty() || !own.key.empty()) {
    if (auto used = use_identity(raw, own); !used) {
      return used.error();
    }
  }
  if (!trusted.empty()) {
    if (auto done = trust(raw, trusted); !done) {
      return done.error();
    }
  } else if (proof == PeerProof::Trusted || proof == PeerProof::TrustedName) {
    SSL_CTX_set_default_verify_paths(raw);
  }
  return context;
}

std::string common_name(std::string const& certificate) {
  auto const pem = reader(certificate);
  Certificate const leaf(PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!leaf) {
    return {};
  }
  std::array<char, 256> name{};
  auto const size = X509_NAME_get_text_by_NID(X509_get_subject_name(leaf.get()),
                                              NID_commonName,
                                              name.data(),
                                              static_cast<int>(name.size()));
  return size > 0 ? std::string(name.data(), static_cast<std::size_t>(size)) : std::string{};
}

}  // namespace swarmward::net
