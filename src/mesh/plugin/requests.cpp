#include "mesh/plugin/requests.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include <nlohmann/json.hpp>

#include "mesh/overlay_spec.h"
#include "wire/body.h"

namespace swarmward::mesh {

namespace {

using nlohmann::json;

/// The engine's ids have 64 characters, the swarm's 25.
constexpr std::size_t kMaxIdLength = 128;
constexpr std::uint32_t kMaxVni = 0xffffff;

Result<json> object_from(std::string_view body) {
  if (body.size() > kMaxRequestBytes) {
    return invalid_argument("the request is too large");
  }
  auto document = wire::parse_body(body);
  if (document && !document->is_object()) {
    return invalid_argument("the request is no JSON object");
  }
  return document;
}

/// Null where it is not there.
json const& member(json const& object, char const* key) {
  static json const kNothing;
  if (!object.is_object()) {
    return kNothing;
  }
  auto const found = object.find(key);
  return found == object.end() ? kNothing : *found;
}

/// Empty where it is absent or no text.
std::string text_in(json const& object, char const* key) {
  auto const& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdLength &&
         std::ranges::all_of(text, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

Result<std::string> id_in(json const& object, char const* key) {
  auto id = text_in(object, key);
  if (!is_id(id)) {
    return invalid_argument(std::string(key) + " is no id");
  }
  return id;
}

Error bad_option(std::string const& name, std::string const& value) {
  return invalid_argument("the option " + name + " has no valid value: \"" + value.substr(0, 64) +
                          "\"");
}

Result<std::uint32_t> number_in(json const& options,
                                char const* key,
                                std::uint32_t least,
                                std::uint32_t most) {
  auto const text = text_in(options, key);
  std::uint32_t number = 0;
  auto const* const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || number < least || number > most) {
    return bad_option(key, text);
  }
  return number;
}

/// For members: at least two of them.
std::optional<Subnet> members_subnet(std::string_view text) {
  auto const subnet = parse_subnet(text);
  return subnet && subnet->length <= 30 && subnet->length >= 8 ? subnet : std::nullopt;
}

Result<void> read_addresses(json const& options, NetworkOptions& network) {
  auto const subnet = members_subnet(text_in(options, "ward.subnet"));
  if (!subnet) {
    return bad_option("ward.subnet", text_in(options, "ward.subnet"));
  }
  network.subnet = *subnet;
  auto const others = text_in(options, "ward.more-subnets");
  std::istringstream texts(others);
  for (std::string text; std::getline(texts, text, ',');) {
    auto const other = members_subnet(text);
    if (!other) {
      return bad_option("ward.more-subnets", others);
    }
    network.more_subnets.push_back(*other);
  }
  auto const node = parse_address(text_in(options, "ward.node"));
  if (!node || subnet_of(*node, network.subnet, network.more_subnets) == nullptr) {
    return bad_option("ward.node", text_in(options, "ward.node"));
  }
  network.node = *node;
  return {};
}

Result<NetworkOptions> options_from(json const& options) {
  NetworkOptions network;
  network.network = text_in(options, "ward.network");
  if (!is_id(network.network)) {
    return bad_option("ward.network", network.network);
  }
  auto const vni = number_in(options, "ward.vni", 1, kMaxVni);
  if (!vni) {
    return vni.error();
  }
  network.vni = *vni;
  if (auto const read = read_addresses(options, network); !read) {
    return read.error();
  }
  if (options.contains("ward.mtu")) {
    auto const mtu = number_in(options, "ward.mtu", kMinMtu, kMaxMtu);
    if (!mtu) {
      return mtu.error();
    }
    network.mtu = *mtu;
  }
  network.encrypted = options.contains("ward.encrypted");
  return network;
}

/// The address: "ward.ip" of the endpoint's options, or the engine's own choice.
Result<void> read_address(json const& given, json const& options, CreateEndpointRequest& request) {
  auto const engines = text_in(given, "Address");
  request.address_from_engine = !engines.empty();
  auto const text =
      engines.empty() ? text_in(options, "ward.ip") : engines.substr(0, engines.find('/'));
  auto const address = parse_address(text);
  if (!address) {
    return text.empty() ? invalid_argument("an endpoint needs the option ward.ip")
                        : bad_option("ward.ip", text);
  }
  request.address = *address;
  return {};
}

Result<void> read_mac(json const& given, CreateEndpointRequest& request) {
  auto const text = text_in(given, "MacAddress");
  if (text.empty()) {
    return {};
  }
  request.mac = parse_mac(text);
  // The lowest bit of the first byte: an address of a group, which no device may have.
  if (!request.mac || (request.mac->bytes[0] & 1U) != 0) {
    return invalid_argument("the hardware address is not valid: \"" + text.substr(0, 64) + "\"");
  }
  return {};
}

}  // namespace

Result<CreateNetworkRequest> create_network_from(std::string_view body) {
  auto const document = object_from(body);
  if (!document) {
    return document.error();
  }
  auto const id = id_in(*document, "NetworkID");
  if (!id) {
    return id.error();
  }
  auto const& options = member(*document, "Options");
  auto network = options_from(member(options, "com.docker.network.generic"));
  if (!network) {
    return network.error();
  }
  auto const& internal = member(options, "com.docker.network.internal");
  network->internal = internal.is_boolean() && internal.get<bool>();
  return CreateNetworkRequest{.network = *id, .options = *network};
}

Result<EndpointRequest> endpoint_from(std::string_view body) {
  auto const document = object_from(body);
  if (!document) {
    return document.error();
  }
  auto const network = id_in(*document, "NetworkID");
  auto const endpoint = id_in(*document, "EndpointID");
  if (!network || !endpoint) {
    return !network ? network.error() : endpoint.error();
  }
  auto sandbox = text_in(*document, "SandboxKey");
  if (sandbox.find('\0') != std::string::npos) {
    sandbox.clear();
  }
  return EndpointRequest{.network = *network, .endpoint = *endpoint, .sandbox = std::move(sandbox)};
}

Result<CreateEndpointRequest> create_endpoint_from(std::string_view body) {
  auto const ids = endpoint_from(body);
  if (!ids) {
    return ids.error();
  }
  auto const document = object_from(body);
  if (!document) {
    return document.error();
  }
  CreateEndpointRequest request;
  request.network = ids->network;
  request.endpoint = ids->endpoint;
  auto const& given = member(*document, "Interface");
  auto const& options = member(*document, "Options");
  if (auto const read = read_address(given, options, request); !read) {
    return read.error();
  }
  if (auto const read = read_mac(given, request); !read) {
    return read.error();
  }
  request.ward_network = text_in(options, "ward.network");
  if (!request.ward_network.empty() && !is_id(request.ward_network)) {
    return bad_option("ward.network", request.ward_network);
  }
  return request;
}

Result<std::string> network_from(std::string_view body) {
  auto const document = object_from(body);
  if (!document) {
    return document.error();
  }
  return id_in(*document, "NetworkID");
}

}  // namespace swarmward::mesh
