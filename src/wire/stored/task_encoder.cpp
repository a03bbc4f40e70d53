#include "wire/stored/task_encoder.h"

#include <nlohmann/json.hpp>

#include "wire/body.h"
#include "wire/codec/writer.h"
#include "wire/fields/task.h"
#include "wire/stored/stored.h"

namespace swarmward::wire {

namespace {

/// Beyond this the texts are forgotten and made anew.
constexpr std::size_t kMostBytes = std::size_t{8} << 20U;

template <class T>
nlohmann::json document_of(T const& object) {
  nlohmann::json document;
  Writer writer(document, Form::Stored);
  describe(writer, object);
  return document;
}

}  // namespace

std::string const& TaskEncoder::text_of(std::shared_ptr<model::TaskSpec const> const& spec) {
  if (auto const found = known_.find(spec.get()); found != known_.end()) {
    return found->second.text;
  }
  if (size_ > kMostBytes) {
    known_.clear();
    size_ = 0;
  }
  auto text = dump_json(document_of(*spec));
  size_ += text.size();
  return known_.emplace(spec.get(), Known{spec, std::move(text)}).first->second.text;
}

std::string TaskEncoder::encode(model::Task const& task) {
  auto rest = task;
  rest.spec = nullptr;
  auto document = document_of(rest);
  document.erase("Spec");
  document["v"] = kStoredVersion;
  auto const text = dump_json(document);
  return R"({"Spec":)" + text_of(task.spec) + "," + text.substr(1);
}

}  // namespace swarmward::wire
