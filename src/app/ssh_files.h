#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "model/node.h"

namespace swarmward::app {

/// What ssh needs as files: DATA-ROOT/ssh, readable for nobody else. Any thread.
class SshFiles {
 public:
  explicit SshFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Before anything else is asked for.
  Result<void> make_folder() const;
  /// A file with a key that goes when the last one lets go of it.
  [[nodiscard]] Result<std::shared_ptr<std::filesystem::path const>> write_key(
      std::string const& text) const;
  /// Host keys that the operator trusts, besides those in ~/.ssh/known_hosts.
  [[nodiscard]] std::filesystem::path known_hosts() const { return folder_ / "known_hosts"; }
  /// Where logins to a node are shared; empty if the path would be too long for a socket.
  [[nodiscard]] std::string control_path(model::NodeId const& node) const;
  /// Removes the keys that a daemon left that was killed.
  void remove_old_keys() const;

 private:
  std::filesystem::path folder_;
};

}  // namespace swarmward::app
