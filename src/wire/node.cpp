#include "wire/node.h"

#include <nlohmann/json.hpp>

#include "wire/codec/writer.h"
#include "wire/fields/node.h"

namespace swarmward::wire {

namespace {

template <class T>
nlohmann::json written(T const& value) {
  nlohmann::json document;
  Writer writer(document);
  describe(writer, value);
  return document;
}

}  // namespace

nlohmann::json to_json(model::Node const& node) {
  return written(node);
}
nlohmann::json to_json(model::NodeSpec const& spec) {
  return written(spec);
}
nlohmann::json to_json(model::TlsInfo const& tls) {
  return written(tls);
}

Result<model::NodeSpec> node_spec_from_json(nlohmann::json const& document) {
  model::NodeSpec spec;
  if (auto const read = Reader(document, Form::Api).into(spec); !read) {
    return read.error();
  }
  return spec;
}

}  // namespace swarmward::wire
