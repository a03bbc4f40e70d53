#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/result.h"
#include "base/time.h"

/// OpenSSL's objects with owners, and their texts. Keys and signatures take their randomness from
/// OpenSSL itself, everything else from the RandomBytes of the caller.
namespace swarmward::cluster::ossl {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
template <class T, auto Free>
using Owner = std::unique_ptr<T, Deleter<Free>>;

using Key = Owner<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Owner<X509, X509_free>;
using Request = Owner<X509_REQ, X509_REQ_free>;
using Extension = Owner<X509_EXTENSION, X509_EXTENSION_free>;
using Bio = Owner<BIO, BIO_free_all>;

/// Forgets, at its end, the errors that OpenSSL queued for this thread since its start: whoever
/// reads the queue next, such as a TLS stream, would take them for its own.
class ErrorScope {
 public:
  ErrorScope() { ERR_set_mark(); }
  ~ErrorScope() { ERR_pop_to_mark(); }
  ErrorScope(ErrorScope const&) = delete;
  ErrorScope& operator=(ErrorScope const&) = delete;
};

/// Longest text of certificates that is looked at, and how many there may be in a chain. A node's
/// certificate has under 1 KiB, and a chain has two at most.
inline constexpr std::size_t kMaxChainBytes = 64UL * 1024;
inline constexpr std::size_t kMaxChainLength = 4;

/// Null if it is not an unencrypted private key in PEM form.
[[nodiscard]] Key read_key(std::string_view pem);
/// The first certificate of a PEM text; null if there is none or the text is too long.
[[nodiscard]] Certificate read_certificate(std::string_view pem);
/// All certificates of a PEM text, the leaf first. Errors: InvalidArgument if there is none, one is
/// malformed, or there is too much.
[[nodiscard]] Result<std::vector<Certificate>> read_chain(std::string_view pem);

/// PEM; empty if it cannot be written.
[[nodiscard]] std::string to_pem(X509 const* certificate);
[[nodiscard]] std::string to_pem(EVP_PKEY const* key);

/// DER, by the i2d function of the type; empty if it cannot be written.
template <class T, class Encode>
[[nodiscard]] std::string der_of(T* object, Encode encode) {
  int const size = encode(object, nullptr);
  if (size <= 0) {
    return {};
  }
  std::string der(static_cast<std::size_t>(size), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  encode(object, &out);
  return der;
}

/// What the memory of a BIO holds.
[[nodiscard]] std::string text_of(BIO* bio);

/// A time beyond the range of Time becomes the end of that range.
[[nodiscard]] Time time_of(ASN1_TIME const* time);
/// Whole seconds; false if it cannot be written.
[[nodiscard]] bool set_time(ASN1_TIME* target, Time time);

[[nodiscard]] std::string to_hex(std::basic_string_view<unsigned char> bytes);

}  // namespace swarmward::cluster::ossl
