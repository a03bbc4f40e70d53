#include "cluster/pki/unlock_key.h"

#include <algorithm>

#include "cluster/pki/base64.h"

namespace swarmward::cluster {

namespace {

constexpr std::string_view kUnlockPrefix = "SWMKEY-1-";

}  // namespace

std::string make_unlock_key(RandomBytes const& random) {
  std::string secret(KeyBytes{}.size(), '\0');
  random(reinterpret_cast<std::uint8_t*>(secret.data()), secret.size());
  return std::string(kUnlockPrefix) + to_base64(secret);
}

Result<UnlockKey> parse_unlock_key(std::string_view text) {
  UnlockKey key;
  auto const bytes = text.starts_with(kUnlockPrefix) && text.size() == kUnlockPrefix.size() + 43
                         ? from_base64(text.substr(kUnlockPrefix.size()))
                         : std::nullopt;
  if (!bytes || bytes->size() != key.bytes.size()) {
    return invalid_argument("invalid key string");
  }
  std::ranges::copy(*bytes, key.bytes.begin());
  return key;
}

Error wrong_unlock_key() {
  return {ErrorCode::Unauthorized, "swarm could not be unlocked: invalid key provided"};
}

Error swarm_is_locked() {
  return unavailable(
      "Swarm is encrypted and needs to be unlocked before it can be used. Please use \"docker "
      "swarm unlock\" to unlock it.");
}

}  // namespace swarmward::cluster
