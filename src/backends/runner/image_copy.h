#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backends/runner/gate.h"
#include "backends/runner/runner_types.h"

namespace swarmward::backends {

/// A node whose engine may have an image.
struct ImageHolder {
  std::string node;  ///< Its name, for people.
  std::shared_ptr<Engine> engine;
};

/// Asks the holders in their order and streams the image from the first that has it; one that fails
/// on the way is passed over. `copies` bounds how many are under way. `tell` hears from where it
/// comes and how far it is. Errors: NotFound (no holder has it); that of the last holder that
/// failed. Io thread only.
asio::awaitable<Result<void>> copy_image(std::string reference,
                                         std::shared_ptr<Engine> to,
                                         std::vector<ImageHolder> holders,
                                         std::shared_ptr<Gate> copies,
                                         Tell tell);

}  // namespace swarmward::backends
