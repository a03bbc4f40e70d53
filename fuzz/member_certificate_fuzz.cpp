#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cluster/pki/node_certificate.h"
#include "cluster/pki/root_rotation.h"
#include "cluster/pki/verify_member.h"
#include "cluster/root_ca.h"

namespace {

namespace cluster = swarmward::cluster;
namespace model = swarmward::model;

model::ClusterId const kCluster("clusterclusterclusterclus");
swarmward::Time const kNow{std::chrono::sys_days(std::chrono::year(2030) / 1 / 2)};

/// The root of the seeds; its key is nowhere, so what it did not sign must be refused.
std::string const kRoot = R"(-----BEGIN CERTIFICATE-----
MIIBhzCCAS2gAwIBAgIQRzrFheEoyoZrIzjj1vfTAzAKBggqhkjOPQQDAjATMREw
DwYDVQQDDAhzd2FybS1jYTAeFw0zMDAxMDEyMzAwMDBaFw00OTEyMjgwMDAwMDBa
MBMxETAPBgNVBAMMCHN3YXJtLWNhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
VRT1plcj3bNkYI7hNClGSZ+A1z/WcU7+H0vimy6onmHTWMWQzKEV6lBrFpmhb2EX
/mk2NX5QRv0jhL+wd1hoK6NjMGEwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8E
BAMCAQYwHQYDVR0OBBYEFG1bCGczyGycPP+JTA+SuADcyHZmMB8GA1UdIwQYMBaA
FG1bCGczyGycPP+JTA+SuADcyHZmMAoGCCqGSM49BAMCA0gAMEUCIA8vgohoD1Em
d1Ck/gkPmNJymAGEUKkS1GufiKdrHy8cAiEAhxf6fV7bd6ihr7iqfvMWpAuSfT+r
GKJxG/Mk7upXcuE=
-----END CERTIFICATE-----
)";

/// The very nodes of the seeds.
bool is_known(cluster::Peer const& peer) {
  return peer.node == model::NodeId("nodenodenodenodenodenoden");
}

/// A CA of this process, which must issue something that it accepts or nothing.
void check_request(std::string const& text) {
  static auto const ca = cluster::make_root_ca(kNow, swarmward::system_random()).value();
  cluster::CertificateTerms const terms{
      {model::NodeId("othernodeothernodeotherno"), kCluster, model::NodeRole::Worker},
      kNow,
      std::chrono::hours(24)};
  auto const issued = cluster::issue_certificate(
      {ca.certificate, ca.key, {}}, text, terms, swarmward::system_random());
  if (!issued) {
    return;
  }
  auto const peer = cluster::verify_member(*issued, {{ca.certificate}, kCluster, kNow});
  if (!peer || peer->role != model::NodeRole::Worker || peer->node != terms.subject.node) {
    std::abort();
  }
}

}  // namespace

/// Chains, requests and roots as others send them.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string const text(reinterpret_cast<char const*>(data), size);
  auto const peer = cluster::verify_member(text, {{kRoot}, kCluster, kNow});
  auto const read = cluster::read_certificate(text);
  if (peer && (!is_known(*peer) || !read || read->subject.node != peer->node)) {
    std::abort();
  }
  // As the only root: no member can be verified by what merely looks like one.
  static_cast<void>(cluster::verify_member(text, {{text}, kCluster, kNow}));
  check_request(text);
  static_cast<void>(cluster::check_desired_root({{}, text, {}}, kNow));
  static_cast<void>(cluster::check_desired_root({{}, kRoot, text}, kNow));
  return 0;
}
