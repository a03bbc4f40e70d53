#pragma once

#include <map>
#include <string>

#include "base/result.h"

namespace swarmward::cli {

/// What matters here of the docker CLI's config.json.
struct ConfigFile {
  std::string current_context;
  std::map<std::string, std::string> http_headers;
};

/// Empty if the file is missing. Errors: InvalidArgument (not JSON).
[[nodiscard]] Result<ConfigFile> read_config_file(std::string const& directory);

/// A context of the docker CLI, as far as it concerns the engine's endpoint.
struct StoredContext {
  std::string host;
  bool skip_verify = false;
  std::string ca_file;  ///< PEM files; empty if the context has none.
  std::string cert_file;
  std::string key_file;
};

/// Errors: NotFound with docker's text; InvalidArgument (unreadable, no endpoint for docker).
[[nodiscard]] Result<StoredContext> read_context(std::string const& directory,
                                                 std::string const& name);

/// All of it. Errors: NotFound.
[[nodiscard]] Result<std::string> read_text_file(std::string const& path);

}  // namespace swarmward::cli
