#include "cluster/pki/certificate_fields.h"

#include <array>

namespace swarmward::cluster::ossl {

namespace {

using KeyId = Owner<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;

/// The certificate's subject key identifier; if it has none, what it would be.
KeyId key_id(X509* certificate) {
  if (auto const* own = X509_get0_subject_key_id(certificate)) {
    return KeyId(ASN1_OCTET_STRING_dup(own));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  KeyId id(ASN1_OCTET_STRING_new());
  // SHA-1 as a name for the key, as RFC 5280 has it; nothing rests on its strength.
  bool const made = id && X509_pubkey_digest(certificate, EVP_sha1(), digest.data(), &size) == 1 &&
                    ASN1_OCTET_STRING_set(id.get(), digest.data(), static_cast<int>(size)) == 1;
  return made ? std::move(id) : nullptr;
}

}  // namespace

bool set_serial(X509* certificate, RandomBytes const& random) {
  std::array<std::uint8_t, 16> serial{};
  random(serial.data(), serial.size());
  serial[0] &= 0x7F;
  serial[15] |= 0x01;  // Never zero.
  Owner<BIGNUM, BN_free> const number(
      BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  return number && X509_set_version(certificate, X509_VERSION_3) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_validity(X509* certificate, Time from, Time until) {
  return set_time(X509_getm_notBefore(certificate), from) &&
         set_time(X509_getm_notAfter(certificate), until);
}

bool add_extension(X509* certificate, int nid, char const* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  Extension const extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_key_ids(X509* certificate, X509* issuer) {
  auto const own = key_id(certificate);
  Owner<AUTHORITY_KEYID, AUTHORITY_KEYID_free> const authority(AUTHORITY_KEYID_new());
  if (!own || !authority) {
    return false;
  }
  authority->keyid = key_id(issuer).release();
  return authority->keyid != nullptr &&
         X509_add1_ext_i2d(
             certificate, NID_subject_key_identifier, own.get(), 0, X509V3_ADD_REPLACE) == 1 &&
         X509_add1_ext_i2d(
             certificate, NID_authority_key_identifier, authority.get(), 0, X509V3_ADD_REPLACE) ==
             1;
}

bool add_name(X509_NAME* name, char const* field, std::string_view value) {
  return X509_NAME_add_entry_by_txt(name,
                                    field,
                                    MBSTRING_ASC,
                                    reinterpret_cast<unsigned char const*>(value.data()),
                                    static_cast<int>(value.size()),
                                    -1,
                                    0) == 1;
}

bool may_sign(EVP_PKEY const* key) {
  int const bits = EVP_PKEY_get_bits(key);
  return (EVP_PKEY_is_a(key, "EC") == 1 && bits >= 256) ||
         (EVP_PKEY_is_a(key, "RSA") == 1 && bits >= 2048);
}

}  // namespace swarmward::cluster::ossl
