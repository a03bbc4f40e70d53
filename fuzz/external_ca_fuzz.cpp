#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "cluster/external/cfssl.h"
#include "cluster/external/issued_check.h"
#include "cluster/testing/pki_samples.h"

/// Answers of external CAs. Whatever they hold, no certificate is taken that the root did not sign,
/// and errors stay short enough for a log.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace swarmward::cluster;
  static auto const root = fakes::root();
  static auto const request = make_request(make_key().value()).value();
  std::string const body(reinterpret_cast<char const*>(data), size);
  for (long const status : {200L, 500L}) {
    auto const certificate = read_sign_answer(status, body);
    if (!certificate && certificate.error().message.size() > 1000) {
      std::abort();
    }
    if (status != 200 && certificate) {
      std::abort();
    }
    auto const& text = certificate ? *certificate : body;
    if (check_issued(text, {request, fakes::terms().subject, root.certificate, fakes::kNow})) {
      std::abort();
    }
    auto const next = root.certificate;
    if (check_crossed(text, next, root.certificate, fakes::kNow)) {
      std::abort();
    }
  }
  return 0;
}
