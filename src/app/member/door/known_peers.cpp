#include "app/member/door/known_peers.h"

namespace swarmward::app {

namespace {

constexpr std::size_t kJudged = 20000;
constexpr std::chrono::seconds kJudgedFor{30};

}  // namespace

Result<cluster::Peer> KnownPeers::judge(std::string const& chain) {
  auto const now = clock_.now();
  if (auto const known = judged_.find(chain); known != judged_.end() && known->second.until > now) {
    return known->second.peer;
  }
  auto const peer = tls_.judge(chain);
  if (peer && !peer->expired) {
    if (judged_.size() >= kJudged) {
      judged_.clear();
    }
    judged_.insert_or_assign(chain, Judged{*peer, now + kJudgedFor});
  }
  return peer;
}

}  // namespace swarmward::app
