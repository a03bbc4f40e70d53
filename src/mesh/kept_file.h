#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace swarmward::mesh {

/// Unavailable: what was done to which file, and the kernel's reason.
[[nodiscard]] Error file_failed(std::string const& what,
                                std::filesystem::path const& path,
                                int error);

/// Replaces the file by one with this text, readable by its owner alone. After a power cut it has
/// the old text or the new one. Errors: Unavailable.
[[nodiscard]] Result<void> write_kept(std::filesystem::path const& path, std::string_view text);

/// Nothing where there is no file. Errors: Unavailable where it cannot be read.
[[nodiscard]] Result<std::optional<std::string>> read_kept(std::filesystem::path const& path);

/// Renames a file that makes no sense, so that a person may look at it, and says so in the log.
void put_aside(std::filesystem::path const& path, std::string_view reason);

}  // namespace swarmward::mesh
