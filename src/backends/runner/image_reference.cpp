#include "backends/runner/image_reference.h"

namespace swarmward::backends {

std::string familiar_image(std::string_view reference) {
  for (std::string_view const registry : {"docker.io/", "index.docker.io/"}) {
    if (reference.starts_with(registry)) {
      reference.remove_prefix(registry.size());
      constexpr std::string_view kOfficial = "library/";
      auto const rest = reference.substr(std::min(reference.size(), kOfficial.size()));
      if (reference.starts_with(kOfficial) && rest.find('/') == std::string_view::npos) {
        reference = rest;
      }
      break;
    }
  }
  std::string image(reference);
  if (is_immutable_image(image)) {
    return image;
  }
  // A colon before the last slash is the registry's port.
  auto const last_slash = image.rfind('/');
  auto const name_at = last_slash == std::string::npos ? 0 : last_slash;
  if (image.find(':', name_at) == std::string::npos) {
    image += ":latest";
  }
  return image;
}

bool is_immutable_image(std::string_view reference) {
  return reference.find('@') != std::string_view::npos || reference.starts_with("sha256:");
}

}  // namespace swarmward::backends
