#pragma once

#include <string>
#include <unordered_map>

#include "app/member/member_tls.h"

namespace swarmward::app {

/// Who shows a certificate, remembered for half a minute: members come twice a second, and a
/// signature is dear to check. Io thread only.
class KnownPeers {
 public:
  KnownPeers(MemberTls const& tls, Clock const& clock) : tls_(tls), clock_(clock) {}

  /// As MemberTls::judge(). An expired certificate is checked each time.
  [[nodiscard]] Result<cluster::Peer> judge(std::string const& chain);
  /// The roots change: all are checked again.
  void forget() { judged_.clear(); }

 private:
  /// A certificate that was found good lately.
  struct Judged {
    cluster::Peer peer;
    Time until{};
  };

  MemberTls const& tls_;
  Clock const& clock_;
  std::unordered_map<std::string, Judged> judged_;
};

}  // namespace swarmward::app
