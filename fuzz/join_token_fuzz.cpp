#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cluster/pki/join_token.h"
#include "cluster/pki/sealed.h"
#include "cluster/pki/unlock_key.h"

/// Join tokens, unlock keys and sealed texts. A token that parses must name its own digest, and no
/// text but the token itself may give a role.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  namespace cluster = swarmward::cluster;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  if (auto const token = cluster::parse_join_token(text)) {
    auto const digest =
        swarmward::to_base36({token->root_digest.data(), token->root_digest.size()}, 50);
    bool const same = text == "SWMTKN-1-" + digest + "-" + token->secret;
    if (!same || cluster::check_root(*token, "not the certificate")) {
      std::abort();
    }
    swarmward::model::Cluster swarm;
    swarm.worker_token = text;
    auto const role = cluster::token_role(swarm, text);
    if (!role || *role != swarmward::model::NodeRole::Worker) {
      std::abort();
    }
  }
  auto const key = cluster::parse_unlock_key(text);
  auto const lock = key ? *key : cluster::UnlockKey{};
  if (cluster::unwrap_key(text, lock) || cluster::open_sealed(lock.bytes, text, "fuzz")) {
    std::abort();  // Nobody can seal without the key.
  }
  swarmward::model::Cluster swarm;
  if (cluster::token_role(swarm, text)) {
    std::abort();
  }
  return 0;
}
