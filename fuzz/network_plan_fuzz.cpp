#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/network_plan.h"

/// What a node takes from its manager, or from its own disk. A plan that was read must be the same
/// once it was written and read again.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace swarmward;
  auto const plan =
      wire::network_plan_from(std::string_view(reinterpret_cast<char const*>(data), size));
  if (!plan) {
    return 0;
  }
  auto const again = wire::network_plan_from(wire::network_plan_text(*plan));
  if (!again || !(*again == *plan)) {
    std::abort();
  }
  return 0;
}
