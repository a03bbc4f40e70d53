#include "cluster/root_ca.h"

#include <array>
#include <memory>
#include <vector>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

namespace swarmward::cluster {

namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

constexpr long kValidSeconds = 20L * 365 * 24 * 3600;  // Source: swarm mode's root.
constexpr long kBackdateSeconds = 3600;                // Clocks of joining hosts may be behind.

std::string text_of(BIO* bio) {
  char* data = nullptr;
  auto const size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

bool add_extension(X509* certificate, int nid, char const* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  Extension const extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool describe(X509* certificate) {
  std::array<std::uint8_t, 16> serial{};
  system_random()(serial.data(), serial.size());
  serial[0] &= 0x7F;  // Serials are positive.
  std::unique_ptr<BIGNUM, Deleter<BN_free>> const number(
      BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  auto* name = X509_get_subject_name(certificate);
  static constexpr unsigned char kName[] = "swarm-ca";
  return X509_set_version(certificate, X509_VERSION_3) == 1 && number &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -kBackdateSeconds) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), kValidSeconds) != nullptr &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, kName, -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1 &&
         add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE") &&
         add_extension(certificate, NID_key_usage, "critical,keyCertSign,cRLSign") &&
         add_extension(certificate, NID_subject_key_identifier, "hash");
}

template <class T, class Encode>
std::string der_of(T* object, Encode encode) {
  int const size = encode(object, nullptr);
  if (size <= 0) {
    return {};
  }
  std::string der(static_cast<std::size_t>(size), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  encode(object, &out);
  return der;
}

}  // namespace

Result<RootCa> make_root_ca() {
  Key const key(EVP_EC_gen("P-256"));
  Certificate const certificate(X509_new());
  bool const made = key && certificate && X509_set_pubkey(certificate.get(), key.get()) == 1 &&
                    describe(certificate.get()) &&
                    X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0;
  Bio const pem(BIO_new(BIO_s_mem()));
  Bio const key_pem(BIO_new(BIO_s_mem()));
  if (!made || PEM_write_bio_X509(pem.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return internal_error("the root certificate could not be made");
  }
  return RootCa{text_of(pem.get()), text_of(key_pem.get())};
}

Result<model::TlsInfo> tls_info(std::string const& certificate) {
  Bio const pem(BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size())));
  Certificate const parsed(PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr));
  if (!parsed) {
    return invalid_argument("not a certificate in PEM form");
  }
  model::TlsInfo info;
  info.trust_root = certificate;
  info.issuer_subject = der_of(X509_get_subject_name(parsed.get()), i2d_X509_NAME);
  info.issuer_public_key = der_of(X509_get_X509_PUBKEY(parsed.get()), i2d_X509_PUBKEY);
  return info;
}

std::string make_join_token(std::string const& certificate, RandomBytes const& random) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<unsigned char const*>(certificate.data()),
         certificate.size(),
         digest.data());
  std::array<std::uint8_t, 16> secret{};
  random(secret.data(), secret.size());
  return "SWMTKN-1-" + to_base36({digest.data(), digest.size()}, 50) + "-" +
         to_base36({secret.data(), secret.size()}, 25);
}

std::string make_unlock_key(RandomBytes const& random) {
  std::array<std::uint8_t, 32> secret{};
  random(secret.data(), secret.size());
  std::array<unsigned char, 64> text{};
  int const size = EVP_EncodeBlock(text.data(), secret.data(), static_cast<int>(secret.size()));
  std::string key(reinterpret_cast<char const*>(text.data()), static_cast<std::size_t>(size));
  while (key.ends_with('=')) {
    key.pop_back();
  }
  return "SWMKEY-1-" + key;
}

}  // namespace swarmward::cluster
