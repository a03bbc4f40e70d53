#pragma once

#include <string>
#include <string_view>

namespace swarmward::backends {

/// The short form users write: no "docker.io/", no "library/", ":latest" where there is neither tag
/// nor digest.
[[nodiscard]] std::string familiar_image(std::string_view reference);

/// The reference names content, which cannot change: a digest or an image id.
[[nodiscard]] bool is_immutable_image(std::string_view reference);

}  // namespace swarmward::backends
