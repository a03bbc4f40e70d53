#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace swarmward::app {

enum class TarKind { File, Folder };

/// One member of a tar archive, owned by root, of the beginning of time: archives of the same
/// contents are the same, byte for byte.
struct TarEntry {
  std::string name;  ///< Without a leading slash, at most 100 bytes.
  std::uint64_t size = 0;
  unsigned mode = 0644;
  TarKind kind = TarKind::File;
};

/// Pure. The block in front of a member's bytes, in the format of POSIX.1-1988 (ustar). Errors:
/// InvalidArgument (a name or a size that it has no room for).
[[nodiscard]] Result<std::string> tar_header(TarEntry const& entry);
/// Pure. What follows a member's bytes, up to the next block.
[[nodiscard]] std::string tar_padding(std::uint64_t size);
/// Pure. The bytes of the first file in an archive; nothing if there is none, or it is cut off.
[[nodiscard]] std::optional<std::string> first_file(std::string_view archive);
/// Pure. What ends an archive.
[[nodiscard]] std::string tar_end();

}  // namespace swarmward::app
