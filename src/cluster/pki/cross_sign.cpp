#include "cluster/pki/cross_sign.h"

#include <algorithm>

#include "cluster/pki/certificate_fields.h"

namespace swarmward::cluster {

Result<std::string> cross_sign(RootCa const& present,
                               std::string const& next,
                               RandomBytes const& random) {
  ossl::ErrorScope const scope;
  auto const issuer = ossl::read_certificate(present.certificate);
  auto const key = ossl::read_key(present.key);
  auto const crossed = ossl::read_certificate(next);
  bool const usable =
      issuer && key && crossed && X509_check_private_key(issuer.get(), key.get()) == 1;
  bool const made = usable && ossl::set_serial(crossed.get(), random) &&
                    ossl::set_validity(crossed.get(),
                                       std::max(ossl::time_of(X509_get0_notBefore(crossed.get())),
                                                ossl::time_of(X509_get0_notBefore(issuer.get()))),
                                       std::min(ossl::time_of(X509_get0_notAfter(crossed.get())),
                                                ossl::time_of(X509_get0_notAfter(issuer.get())))) &&
                    X509_set_issuer_name(crossed.get(), X509_get_subject_name(issuer.get())) == 1 &&
                    ossl::set_key_ids(crossed.get(), issuer.get()) &&
                    X509_sign(crossed.get(), key.get(), EVP_sha256()) > 0;
  if (!made) {
    return rpc_error("Internal", "unable to generate a cross-signed certificate for root rotation");
  }
  return ossl::to_pem(crossed.get());
}

}  // namespace swarmward::cluster
