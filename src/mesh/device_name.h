#pragma once

#include <string>
#include <string_view>

namespace swarmward::mesh {

/// A name for a network device (or a file) that stands for an id of any length: the prefix and 12
/// characters [a-v0-9], made from 60 bits of a digest. Devices have at most 15 characters, so the
/// prefix at most 3. The same on every start and every host.
[[nodiscard]] std::string device_name(std::string_view prefix, std::string_view id);

}  // namespace swarmward::mesh
