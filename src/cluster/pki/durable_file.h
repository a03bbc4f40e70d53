#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/result.h"

namespace swarmward::cluster {

/// Writes a new file with this mode and has it on disk at return. An older one of the same name is
/// removed first, so that nobody's rights to it live on. Errors: Internal, naming the file.
[[nodiscard]] Result<void> write_durably(std::filesystem::path const& path,
                                         std::string_view text,
                                         mode_t mode);

/// Has the names in a folder on disk at return. Errors: Internal.
[[nodiscard]] Result<void> sync_folder(std::filesystem::path const& folder);

/// Nothing if there is no such file, or it cannot be read, or it is larger than `limit` bytes.
[[nodiscard]] std::optional<std::string> read_small(std::filesystem::path const& path,
                                                    std::size_t limit);

}  // namespace swarmward::cluster
