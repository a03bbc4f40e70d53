#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "app/member/member_documents.h"
#include "base/net/engine_address.h"

/// What members and managers tell each other. A list of managers that was read must read the same
/// once it was written again, and its addresses must be taken or refused, not more.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace swarmward;
  auto const message = app::parse_message(std::string(reinterpret_cast<char const*>(data), size));
  if (!message) {
    return 0;
  }
  for (auto const* key : {"Hostname", "Address", "Reason", "Availability", "Request"}) {
    static_cast<void>(app::text_of(*message, key));
  }
  if (app::port_of(*message, "AgentPort") > 65535) {
    std::abort();
  }
  auto const managers = app::managers_from(message->value("Managers", nlohmann::json::array()));
  if (app::managers_from(app::to_json(managers)) != managers) {
    std::abort();
  }
  for (auto const& manager : managers) {
    static_cast<void>(net::parse_engine_address("tcp://" + manager.address));
  }
  return 0;
}
