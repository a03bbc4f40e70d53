#include "wire/payload.h"

#include <nlohmann/json.hpp>

#include "wire/codec/writer.h"
#include "wire/fields/payload.h"

namespace swarmward::wire {

namespace {

template <class T>
nlohmann::json written_payload(T const& payload) {
  nlohmann::json document;
  Writer writer(document);
  describe(writer, payload);
  return document;
}

template <class Spec>
Result<Spec> payload_spec(nlohmann::json const& document) {
  Spec spec;
  if (auto const read = Reader(document, Form::Api).into(spec); !read) {
    return read.error();
  }
  return spec;
}

}  // namespace

nlohmann::json to_json(model::Secret const& secret) {
  return written_payload(secret);
}
nlohmann::json to_json(model::Config const& config) {
  return written_payload(config);
}

Result<model::SecretSpec> secret_spec_from_json(nlohmann::json const& document) {
  return payload_spec<model::SecretSpec>(document);
}
Result<model::ConfigSpec> config_spec_from_json(nlohmann::json const& document) {
  return payload_spec<model::ConfigSpec>(document);
}

}  // namespace swarmward::wire
