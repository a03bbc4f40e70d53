#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "api/server/http_message.h"
#include "api/server/target.h"
#include "backends/docker/engine_requests.h"
#include "base/percent_encode.h"

/// Version strings of clients and engines, and the percent-encoding around them.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  namespace api = swarmward::api;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  if (auto const version = api::parse_api_version(text)) {
    if (api::parse_api_version(api::to_string(*version)) != version) {
      std::abort();
    }
    static_cast<void>(api::refuse_version(*version, api::ApiVersion{1, 44}));
  }
  if (auto const spoken = swarmward::backends::spoken_version(text)) {
    if (!api::parse_api_version(*spoken)) {
      std::abort();
    }
  }
  auto const encoded = swarmward::percent_encode(text);
  if (api::percent_decode(encoded) != std::string(text)) {
    std::abort();
  }
  static_cast<void>(api::percent_decode(text));
  static_cast<void>(api::parse_query(text));
  return 0;
}
