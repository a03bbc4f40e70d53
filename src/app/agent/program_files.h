#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace swarmward::app {

/// A file that was opened for reading and stays the same one, whatever is put at its path.
class OpenFile {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  ~OpenFile();
  OpenFile(OpenFile const&) = delete;
  OpenFile& operator=(OpenFile const&) = delete;
  /// At most `size` bytes from `offset` on, fewer only at the end. Errors: Internal.
  [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t size) const;

 private:
  int descriptor_;
};

/// Bytes of an archive: a text, then a part of a file.
struct Bytes {
  std::string text;
  std::shared_ptr<OpenFile const> file;  ///< May be null.
  std::uint64_t from = 0;                ///< In the file.
  std::uint64_t length = 0;              ///< Of the file.
  [[nodiscard]] std::uint64_t size() const { return text.size() + length; }
};

/// One of the files that a program consists of.
struct ProgramFile {
  std::string path;  ///< Below the root of the agent's image.
  Bytes bytes;
};

/// Where the program and its libraries are in the agent's image.
inline constexpr char const* kProgramPath = "swarmward";
inline constexpr char const* kLibraryFolder = "lib/swarmward";

/// The running program, the loader that it names, and the libraries that it has loaded. Blocks for
/// as long as opening files takes. Errors: Internal, naming the file.
[[nodiscard]] Result<std::vector<ProgramFile>> running_program();

/// Without what is not loaded to run it: symbols and debug information, which are most of the file.
/// `file` as it is if it is not of this machine's format. Errors: Internal.
[[nodiscard]] Result<Bytes> loadable_part(std::shared_ptr<OpenFile const> file, std::uint64_t size);

}  // namespace swarmward::app
