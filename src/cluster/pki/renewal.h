#pragma once

#include "base/id.h"
#include "base/time.h"

namespace swarmward::cluster {

/// When a certificate is to be renewed in the normal course: a random moment between 50 and 80 % of
/// its lifetime, so that the nodes of a swarm do not all come at once. Source: swarm mode. Drawn
/// once per certificate.
[[nodiscard]] Time plan_renewal(Time not_before, Time not_after, RandomBytes const& random);

/// What is known of the renewal of one certificate.
struct RenewalState {
  Time planned{};         ///< Of plan_renewal().
  Time not_after{};       ///< Of the certificate.
  bool told = false;      ///< A manager asked for it: a new root, or a new role.
  unsigned failures = 0;  ///< Attempts since the last success, all in vain.
  Time last_failure{};    ///< Of those.
};

/// When to try next; not before `now`. At once if told so or expired; after n failures in a row
/// 5 s · n later, 1 h at most. Source: swarm mode.
[[nodiscard]] Time next_renewal(RenewalState const& state, Time now);

/// The pause after `failures` failures in a row.
[[nodiscard]] Duration renewal_pause(unsigned failures);

}  // namespace swarmward::cluster
