// The bodies of POST /networks/create and POST /networks/{id}/connect.

#include <nlohmann/json.hpp>

#include "wire/fields/common.h"
#include "wire/network.h"

namespace swarmward::wire {

namespace {

struct RangeField {
  static constexpr std::string_view kGo = "network.IPAMConfig";
  model::IpamConfig config;
};
template <class A>
void describe(A& a, Ref<A, RangeField> range) {
  a.keep("Subnet", range.config.subnet);
  a.keep("IPRange", range.config.range);
  a.keep("Gateway", range.config.gateway);
  a.keep("AuxiliaryAddresses", range.config.auxiliary);
}

struct IpamField {
  static constexpr std::string_view kGo = "network.IPAM";
  model::Driver driver;
  std::vector<RangeField> ranges;
};
template <class A>
void describe(A& a, Ref<A, IpamField> ipam) {
  a.keep("Driver", ipam.driver.name);
  a.keep("Options", ipam.driver.options);
  a.keep("Config", ipam.ranges);
}

struct ConfigFromField {
  static constexpr std::string_view kGo = "network.ConfigReference";
  std::string network;
};
template <class A>
void describe(A& a, Ref<A, ConfigFromField> from) {
  a.keep("Network", from.network);
}

struct CreateFields {
  static constexpr std::string_view kGo = "types.NetworkCreateRequest";
  NetworkRequest request;
  bool check_duplicate = false;  ///< Read for its type's sake: names are always checked.
  std::optional<bool> ipv4;
  std::optional<IpamField> ipam;
  ConfigFromField from;
};
template <class A>
void describe(A& a, Ref<A, CreateFields> fields) {
  auto& spec = fields.request.spec;
  a.keep("CheckDuplicate", fields.check_duplicate);
  a.keep("Driver", spec.driver.name);
  a.keep("Scope", fields.request.scope);
  a.keep("EnableIPv4", fields.ipv4);
  a.keep("EnableIPv6", spec.ipv6);
  a.keep("IPAM", fields.ipam);
  a.keep("Internal", spec.internal);
  a.keep("Attachable", spec.attachable);
  a.keep("Ingress", spec.ingress);
  a.keep("ConfigOnly", fields.request.config_only);
  a.keep("ConfigFrom", fields.from);
  a.keep("Options", spec.driver.options);
  a.keep("Labels", spec.annotations.labels);
  a.keep("Name", spec.annotations.name);
}

struct ConnectFields {
  static constexpr std::string_view kGo = "types.NetworkConnect";
  std::string container;
};
template <class A>
void describe(A& a, Ref<A, ConnectFields> fields) {
  a.keep("Container", fields.container);
}

}  // namespace

Result<NetworkRequest> network_request_from_json(nlohmann::json const& document) {
  CreateFields fields;
  if (auto const read = Reader(document, Form::Api).into(fields); !read) {
    return read.error();
  }
  auto request = std::move(fields.request);
  request.spec.config_from = std::move(fields.from.network);
  request.ipv4 = fields.ipv4.value_or(true);
  if (fields.ipam) {
    request.spec.ipam_driver = std::move(fields.ipam->driver);
    for (auto& range : fields.ipam->ranges) {
      request.spec.ipam.push_back(std::move(range.config));
    }
  }
  return request;
}

Result<std::string> connected_container_from_json(nlohmann::json const& document) {
  ConnectFields fields;
  if (auto const read = Reader(document, Form::Api).into(fields); !read) {
    return read.error();
  }
  return std::move(fields.container);
}

void trim_for_version(NetworkRequest& request, unsigned major, unsigned minor) {
  if (major < 1 || (major == 1 && minor < 48)) {
    request.ipv4 = true;
  }
}

}  // namespace swarmward::wire
