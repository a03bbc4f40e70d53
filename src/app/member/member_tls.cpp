#include "app/member/member_tls.h"

#include "app/files/remote_task_files.h"

namespace swarmward::app {

namespace {

constexpr char const* kExpired =
    "its certificate has expired, by the clock of this host: the clocks of the hosts may differ";

Error not_accepted(std::string const& text) {
  return {ErrorCode::Unauthorized, text};
}

}  // namespace

std::vector<std::string> split_pem(std::string const& text) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  std::vector<std::string> parts;
  for (auto at = text.find(kBegin); at != std::string::npos;) {
    auto const next = text.find(kBegin, at + 1);
    parts.push_back(text.substr(at, next == std::string::npos ? next : next - at));
    at = next;
  }
  return parts;
}

std::string join_pem(std::vector<std::string> const& certificates) {
  std::string text;
  for (auto const& certificate : certificates) {
    text += certificate;
  }
  return text;
}

Result<void> MemberTls::use(cluster::MemberIdentity identity) {
  auto certificate = cluster::read_certificate(identity.chain);
  if (!certificate) {
    return certificate.error();
  }
  auto context = net::make_tls_context(
      {identity.chain, identity.key}, "", net::PeerProof::Judged, net::TlsVersions::Only13);
  if (!context) {
    return context.error();
  }
  net::serve_protocol(*context, kTaskFilesProtocol);
  certificate_ = std::move(*certificate);
  context_ = std::move(*context);
  roots_ = split_pem(identity.roots);
  identity_ = std::move(identity);
  return {};
}

Result<void> MemberTls::trust(std::string const& roots) {
  identity_.roots = roots;
  roots_ = split_pem(roots);
  return roots_.empty() ? invalid_argument("no root certificate") : Result<void>{};
}

void MemberTls::clear() {
  context_.reset();
  certificate_.reset();
  roots_.clear();
  identity_ = {};
}

Result<cluster::Peer> MemberTls::judge(std::string const& chain) const {
  if (!certificate_) {
    return not_accepted("this host is not part of a swarm");
  }
  return cluster::verify_member(chain, {roots_, certificate_->subject.cluster, clock_.now()});
}

Result<void> MemberTls::judge_manager(std::string const& chain) const {
  auto const peer = judge(chain);
  if (!peer) {
    return peer.error();
  }
  if (peer->expired) {
    return not_accepted(kExpired);
  }
  if (peer->role != model::NodeRole::Manager) {
    return not_accepted("the other side is not a manager of this swarm");
  }
  return {};
}

Result<void> MemberTls::judge_node(std::string const& chain, model::NodeId const& node) const {
  auto const peer = judge(chain);
  if (!peer) {
    return peer.error();
  }
  if (peer->expired) {
    return not_accepted(kExpired);
  }
  if (peer->node != node) {
    return not_accepted("another node answers at its address");
  }
  return {};
}

}  // namespace swarmward::app
