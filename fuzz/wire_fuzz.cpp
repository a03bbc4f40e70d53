#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <nlohmann/json.hpp>

#include "wire/body.h"
#include "wire/filters.h"
#include "wire/node.h"
#include "wire/query.h"
#include "wire/service.h"
#include "wire/stored/stored.h"
#include "wire/swarm.h"
#include "wire/validate/service_spec.h"

namespace {

namespace wire = swarmward::wire;

/// A spec that we accepted must come back from its own text as it is.
void check_spec(nlohmann::json const& document) {
  auto spec = wire::service_spec_from_json(document);
  if (!spec) {
    return;
  }
  static_cast<void>(wire::validate_service_spec(*spec));
  auto const shown = wire::to_json(*spec);
  auto const again = wire::service_spec_from_json(shown);
  if (!again || wire::to_json(*again) != shown) {
    std::abort();
  }
  wire::trim_for_version(*spec, 1, 39);
  static_cast<void>(wire::to_json(wire::insert_defaults(*std::move(spec))));
}

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
  if (auto const document = wire::parse_body(text)) {
    check_spec(*document);
    static_cast<void>(wire::node_spec_from_json(*document));
    static_cast<void>(wire::swarm_spec_from_json(*document));
    static_cast<void>(wire::init_request_from_json(*document));
    static_cast<void>(wire::join_request_from_json(*document));
  }
  static_cast<void>(wire::parse_filters(text));
  static_cast<void>(wire::strict_bool("status", text));
  static_cast<void>(wire::parse_version("service", text));
  check_stored(wire::service_from_stored(text), wire::service_from_stored);
  check_stored(wire::task_from_stored(text), wire::task_from_stored);
  check_stored(wire::node_from_stored(text), wire::node_from_stored);
  check_stored(wire::cluster_from_stored(text), wire::cluster_from_stored);
  return 0;
}
