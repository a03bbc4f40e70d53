#include "cluster/external/cfssl.h"

#include <array>

#include <nlohmann/json.hpp>

#include "cluster/pki/subject_name.h"

namespace swarmward::cluster {

namespace {

using nlohmann::json;

/// What a CA's page of errors is cut to: it ends up in a log line.
constexpr std::size_t kLongestQuote = 300;

std::string render(json const& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

json subject_of(std::string const& name, json fields) {
  json names = json::array();
  names.push_back(std::move(fields));
  return {{"CN", name}, {"names", std::move(names)}};
}

/// On one line, for a log.
std::string quoted(std::string text) {
  if (text.size() > kLongestQuote) {
    text.resize(kLongestQuote);
  }
  for (auto& c : text) {
    if (static_cast<unsigned char>(c) < ' ') {
      c = ' ';
    }
  }
  return text;
}

/// As Go prints the list: [{code text} …].
std::string errors_of(json const& document) {
  std::string text;
  auto const errors = document.find("errors");
  if (errors == document.end() || !errors->is_array()) {
    return text;
  }
  for (auto const& error : *errors) {
    auto const code = error.is_object() ? error.value("code", json()) : json();
    auto const message = error.is_object() ? error.value("message", json()) : json();
    text += text.empty() ? "{" : " {";
    text += code.is_number_integer() ? std::to_string(code.get<std::int64_t>()) : "0";
    text += message.is_string() ? " " + message.get<std::string>() + "}" : " }";
  }
  return text;
}

Result<std::string> make_ca_request(X509 const* certificate, EVP_PKEY* key) {
  ossl::Request const request(X509_REQ_new());
  ossl::Bio const pem(BIO_new(BIO_s_mem()));
  bool const made =
      request && pem && X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) == 1 &&
      X509_REQ_set_subject_name(request.get(), X509_get_subject_name(certificate)) == 1 &&
      X509_REQ_set_pubkey(request.get(), key) == 1 &&
      X509_REQ_sign(request.get(), key, EVP_sha256()) > 0 &&
      PEM_write_bio_X509_REQ(pem.get(), request.get()) == 1;
  if (!made) {
    return internal_error("the request for a cross-signed certificate could not be made");
  }
  return ossl::text_of(pem.get());
}

/// CFSSL takes no extension out of a request, so the one that lets a CA sign is named beside it.
json basic_constraints(X509 const* certificate) {
  json list = json::array();
  int const at = X509_get_ext_by_NID(certificate, NID_basic_constraints, -1);
  if (at >= 0) {
    auto* const extension = X509_get_ext(certificate, at);
    auto const* const value = X509_EXTENSION_get_data(extension);
    auto const size = static_cast<std::size_t>(ASN1_STRING_length(value));
    list.push_back({{"id", "2.5.29.19"},
                    {"critical", X509_EXTENSION_get_critical(extension) == 1},
                    {"value", ossl::to_hex({ASN1_STRING_get0_data(value), size})}});
  }
  return list;
}

}  // namespace

std::string render_sign_request(std::string const& request, Subject const& subject) {
  json hosts{role_unit(subject.role), subject.node.view()};
  if (subject.role == model::NodeRole::Manager) {
    hosts.push_back("swarm-ca");
  }
  json fields{{"OU", role_unit(subject.role)}, {"O", subject.cluster.view()}};
  json const document{{"hosts", std::move(hosts)},
                      {"certificate_request", request},
                      {"subject", subject_of(subject.node.str(), std::move(fields))},
                      {"profile", ""}};
  return render(document);
}

Result<std::string> render_cross_sign_request(RootCa const& next) {
  ossl::ErrorScope const scope;
  auto const certificate = ossl::read_certificate(next.certificate);
  auto const key = ossl::read_key(next.key);
  if (!certificate || !key || X509_check_private_key(certificate.get(), key.get()) != 1) {
    return invalid_argument("the next root's key does not fit its certificate");
  }
  auto const request = make_ca_request(certificate.get(), key.get());
  if (!request) {
    return request.error();
  }
  auto const* const name = X509_get_subject_name(certificate.get());
  constexpr std::array kFields{std::pair{"C", NID_countryName},
                               std::pair{"ST", NID_stateOrProvinceName},
                               std::pair{"L", NID_localityName},
                               std::pair{"O", NID_organizationName},
                               std::pair{"OU", NID_organizationalUnitName}};
  json fields = json::object();
  for (auto const& [field, nid] : kFields) {
    if (auto const value = only_field(name, nid)) {
      fields[field] = *value;
    }
  }
  auto const common = only_field(name, NID_commonName).value_or("");
  json const document{{"hosts", nullptr},
                      {"certificate_request", *request},
                      {"subject", subject_of(common, std::move(fields))},
                      {"profile", "CA"},
                      {"extensions", basic_constraints(certificate.get())}};
  return render(document);
}

Result<std::string> read_sign_answer(long status, std::string const& body) {
  if (status != 200) {
    return unavailable("unexpected status code in CSR response: " + std::to_string(status) + " - " +
                       quoted(body));
  }
  auto const document = json::parse(body, nullptr, false);
  if (!document.is_object()) {
    return unavailable("unable to parse JSON response");
  }
  auto const success = document.find("success");
  auto const result = document.find("result");
  bool const agreed = success != document.end() && success->is_boolean() && success->get<bool>();
  if (!agreed || result == document.end() || result->is_null()) {
    auto const errors = errors_of(document);
    return internal_error(errors.empty() ? "certificate signing request failed"
                                         : quoted("response errors: [" + errors + "]"));
  }
  auto const certificate = result->is_object() ? result->find("certificate") : result->end();
  if (certificate == result->end() || !certificate->is_string()) {
    return internal_error("the CA's answer holds no certificate");
  }
  return certificate->get<std::string>();
}

}  // namespace swarmward::cluster
