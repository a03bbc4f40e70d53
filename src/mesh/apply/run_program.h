#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace swarmward::mesh {

struct ProgramResult {
  int status = 0;      ///< What it ended with; -1 if a signal ended it.
  std::string output;  ///< Of both its streams.
};

/// Runs a program from PATH to its end, in the calling thread's network namespace, with `input` to
/// read. Errors: NotFound where there is no such program, Unavailable if it cannot be started.
[[nodiscard]] Result<ProgramResult> run_program(std::vector<std::string> const& command,
                                                std::string const& input = {});

}  // namespace swarmward::mesh
