#pragma once

#include <string>

#include "base/id.h"
#include "base/result.h"
#include "cluster/root_ca.h"

namespace swarmward::cluster {

/// `next` (PEM) as a certificate that the present root signs: same name, same key, so that whoever
/// trusts the present root also accepts what the next one signs. Ends with the earlier of both.
/// `random` gives the serial. Errors: Internal with native's text.
[[nodiscard]] Result<std::string> cross_sign(RootCa const& present,
                                             std::string const& next,
                                             RandomBytes const& random);

}  // namespace swarmward::cluster
