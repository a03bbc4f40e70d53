// Messages from clients, and those of other servers that are compared with what was asked.
#include <cstdint>
#include <cstdlib>

#include "mesh/dns/message.h"
#include "mesh/dns/reply.h"

namespace {

using namespace swarmward::mesh::dns;

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

bool is_response(std::string_view bytes) {
  return bytes.size() >= 12 && (bytes[2] & '\x80') != 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const bytes(reinterpret_cast<char const*>(data), size);
  static Query const kAsked = [] {
    Query query;
    query.question = {"example.org", kTypeA, kClassIn};
    return query;
  }();
  static_cast<void>(answers_question(bytes, kAsked, 0x1234));
  auto const parsed = parse_query(bytes);
  if (auto const* const refusal = std::get_if<Refusal>(&parsed)) {
    require(is_response(refusal->reply) && refusal->reply.substr(0, 2) == bytes.substr(0, 2));
    require(refusal->reply.size() <= kPlainUdpBytes);
  }
  auto const* const query = std::get_if<Query>(&parsed);
  if (query == nullptr) {
    return 0;
  }
  // What is written for a query answers it, and the query can be passed on under another id.
  auto const failure = write_failure(*query, Rcode::ServFail);
  require(is_response(failure) && answers_question(failure, *query, query->id));
  auto const renamed = parse_query(with_id(bytes, 7));
  require(std::get<Query>(renamed).id == 7 && std::get<Query>(renamed).question == query->question);
  return 0;
}
