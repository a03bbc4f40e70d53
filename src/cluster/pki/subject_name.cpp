#include "cluster/pki/subject_name.h"

#include <algorithm>

#include "cluster/pki/certificate_fields.h"

namespace swarmward::cluster {

namespace {

constexpr std::string_view kManager = "swarm-manager";
constexpr std::string_view kWorker = "swarm-worker";

bool is_id(std::string_view text) {
  return text.size() == kIdLength && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
         });
}

}  // namespace

std::string_view role_unit(model::NodeRole role) {
  return role == model::NodeRole::Manager ? kManager : kWorker;
}

std::optional<std::string> only_field(X509_NAME const* name, int nid) {
  int const at = X509_NAME_get_index_by_NID(name, nid, -1);
  if (at < 0 || X509_NAME_get_index_by_NID(name, nid, at) >= 0) {
    return std::nullopt;
  }
  unsigned char* text = nullptr;
  int const size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size < 0) {
    return std::nullopt;
  }
  std::string value(reinterpret_cast<char const*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return value;
}

bool well_formed(Subject const& subject) {
  return is_id(subject.node.view()) && is_id(subject.cluster.view());
}

bool write_subject(X509_NAME* name, Subject const& subject) {
  return ossl::add_name(name, "O", subject.cluster.view()) &&
         ossl::add_name(name, "OU", role_unit(subject.role)) &&
         ossl::add_name(name, "CN", subject.node.view());
}

Result<Subject> read_subject(X509_NAME const* name) {
  auto const node = only_field(name, NID_commonName);
  auto const cluster = only_field(name, NID_organizationName);
  auto const role = only_field(name, NID_organizationalUnitName);
  bool const complete = node && cluster && role && is_id(*node) && is_id(*cluster) &&
                        (*role == kManager || *role == kWorker);
  if (!complete) {
    return invalid_argument("the certificate is not one of a swarm node");
  }
  return Subject{model::NodeId(*node),
                 model::ClusterId(*cluster),
                 *role == kManager ? model::NodeRole::Manager : model::NodeRole::Worker};
}

std::string alternative_names(Subject const& subject) {
  auto names = "DNS:" + subject.node.str() + ",DNS:" + std::string(role_unit(subject.role));
  if (subject.role == model::NodeRole::Manager) {
    names += ",DNS:swarm-ca";
  }
  return names;
}

}  // namespace swarmward::cluster
