#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"

namespace swarmward::cluster {

/// A key of AES-256.
using KeyBytes = std::array<std::uint8_t, 32>;

/// What `docker swarm unlock` asks for; encrypts a manager's secrets at rest.
struct UnlockKey {
  KeyBytes bytes{};
};

/// `SWMKEY-1-<32 bytes, base64 without padding>`.
[[nodiscard]] std::string make_unlock_key(RandomBytes const& random);

/// Errors: InvalidArgument with native's text `invalid key string`.
[[nodiscard]] Result<UnlockKey> parse_unlock_key(std::string_view text);

/// The error of a key that is well-formed but does not fit, with native's text (Unauthorized).
[[nodiscard]] Error wrong_unlock_key();

/// The error of secrets that need an unlock key, with native's text (Unavailable).
[[nodiscard]] Error swarm_is_locked();

}  // namespace swarmward::cluster
