#pragma once

#include <string>
#include <vector>

#include "app/agent/program_files.h"

namespace swarmward::app {

/// The label of everything that is put on a host for an agent. Of its container: the swarm's id.
inline constexpr char const* kAgentLabel = "ward.agent";

/// An image of one program and nothing else, as `POST /images/load` takes it (a docker-archive of
/// one layer). The same files make the same image. Holds the files open, not their contents.
class AgentImage {
 public:
  /// Reads all files once for the layer's digest: blocks. `architecture` in Go's words. Errors:
  /// Internal, InvalidArgument.
  [[nodiscard]] static Result<AgentImage> make(std::vector<ProgramFile> const& files,
                                               std::string const& architecture);

  /// Name and tag; the tag tells different contents apart.
  [[nodiscard]] std::string const& reference() const { return reference_; }
  /// In bytes.
  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] std::vector<Bytes> const& archive() const { return archive_; }

 private:
  std::string reference_;
  std::vector<Bytes> archive_;
};

/// Reads what parts of an archive make up, piece by piece. One thread at a time.
class BytesReader {
 public:
  explicit BytesReader(std::vector<Bytes> parts) : parts_(std::move(parts)) {}
  /// Some bytes; none at the end. Blocks. Errors: Internal (a file cannot be read, or has become
  /// shorter).
  [[nodiscard]] Result<std::string> next();

 private:
  std::vector<Bytes> parts_;
  std::size_t part_ = 0;
  std::uint64_t at_ = 0;  ///< In the part.
};

}  // namespace swarmward::app
