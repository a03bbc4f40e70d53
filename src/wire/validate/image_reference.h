#pragma once

#include <string_view>

namespace swarmward::wire {

/// Docker's grammar of image references, familiar names included: `[domain/]path[:tag][@digest]`.
/// Source: distribution/reference, ParseNormalizedNamed.
[[nodiscard]] bool is_image_reference(std::string_view text);

}  // namespace swarmward::wire
