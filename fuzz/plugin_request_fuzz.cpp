#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mesh/agent_state.h"
#include "mesh/plugin/requests.h"

/// What an engine asks its network driver, and the state that is made from it: an overlay that was
/// taken must be one that can be kept and read again as it was.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace swarmward::mesh;
  std::string_view const body(reinterpret_cast<char const*>(data), size);
  AgentState state;
  if (auto const request = create_network_from(body)) {
    if (!request->options.subnet.may_have(request->options.node)) {
      std::abort();
    }
    state.networks[request->network] = request->options;
  }
  if (auto const request = create_endpoint_from(body)) {
    state.endpoints[request->endpoint] = {.network = request->network,
                                          .address = request->address,
                                          .mac = request->mac.value_or(mac_of(request->address))};
  }
  static_cast<void>(network_from(body));
  auto const again = agent_state_from(agent_state_text(state));
  if (!again || *again != state) {
    std::abort();
  }
  static_cast<void>(agent_state_from(body));
  return 0;
}
