#pragma once

#include <string>
#include <string_view>

namespace swarmward::model {

/// The registry of images that name none.
inline constexpr std::string_view kDockerHub = "docker.io";

/// One form for all ways to write a registry's address: host and port in lower case, without scheme
/// and path; Docker Hub's names and the URL of its index are "docker.io". Nothing is checked.
/// Source: the docker CLI, which stores its credentials so.
[[nodiscard]] std::string normal_registry(std::string_view address);

/// Whether that is a host name, an IPv4 address or an IPv6 one in brackets, each with or without a
/// port.
[[nodiscard]] bool is_registry(std::string_view server);

/// The registry of an image, in the form of normal_registry(). Source of the rule:
/// distribution/reference.
[[nodiscard]] std::string registry_of_image(std::string_view reference);

}  // namespace swarmward::model
