#include <ctime>
#include <memory>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "app/doctor/host_checks.h"

namespace swarmward::app {

namespace {

using api::Check;
using Status = api::Check::Status;

/// Time enough to renew it by hand.
constexpr int kWarnDays = 30;

struct Freer {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};

}  // namespace

Check certificate_check(std::string const& what, std::string const& pem, Time now) {
  std::unique_ptr<BIO, Freer> const bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::unique_ptr<X509, Freer> const certificate(
      bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  std::tm end{};
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1) {
    return {"certificate", what, Status::Fail, "it cannot be read", "rotate it: docker swarm ca"};
  }
  auto const until = Time(std::chrono::seconds(::timegm(&end)));
  auto const days = std::chrono::floor<std::chrono::days>(until - now).count();
  auto const date = format_time(until).substr(0, 10);
  if (days < 0) {
    return {"certificate",
            what,
            Status::Fail,
            "has expired on " + date,
            "rotate it: docker swarm ca --rotate"};
  }
  if (days < kWarnDays) {
    return {"certificate",
            what,
            Status::Warn,
            "expires on " + date + ", in " + std::to_string(days) + " days",
            "rotate it: docker swarm ca --rotate"};
  }
  return {"certificate", what, Status::Ok, "good until " + date};
}

}  // namespace swarmward::app
