#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/stored/stored.h"

namespace {

namespace wire = swarmward::wire;

/// What we read from the store must be written as it was read.
template <class T>
void check_stored(swarmward::Result<T> const& object,
                  swarmward::Result<T> (*read)(std::string_view)) {
  if (!object) {
    return;
  }
  auto const text = wire::stored(*object);
  auto const again = read(text);
  if (!again || wire::stored(*again) != text) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  check_stored(wire::service_from_stored(text), wire::service_from_stored);
  check_stored(wire::task_from_stored(text), wire::task_from_stored);
  check_stored(wire::node_from_stored(text), wire::node_from_stored);
  check_stored(wire::cluster_from_stored(text), wire::cluster_from_stored);
  check_stored(wire::secret_from_stored(text), wire::secret_from_stored);
  check_stored(wire::config_from_stored(text), wire::config_from_stored);
  check_stored(wire::credential_from_stored(text), wire::credential_from_stored);
  return 0;
}
