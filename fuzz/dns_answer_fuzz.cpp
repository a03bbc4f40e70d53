// The whole way from a client's bytes to the reply. The first byte chooses who asks, and how.
#include <cstdint>
#include <cstdlib>

#include "mesh/dns/responder.h"

namespace {

using namespace swarmward::mesh::dns;
namespace model = swarmward::model;

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

Names make_names() {
  model::PlannedNetwork front;
  front.id = "n1";
  front.name = "front";
  front.local = {"10.0.1.5"};
  front.vips = {{"10.0.1.4", {"10.0.1.5"}}};
  model::PlannedName many{"tasks.web", {}};
  for (int i = 1; i <= 120; ++i) {
    many.addresses.push_back("10.0.1." + std::to_string(i));
  }
  front.names = {many, {"web", {"10.0.1.4"}}, {"web.1.x", {"10.0.1.5"}}};
  // With names that DNS cannot carry, and one that does not fit beside its question.
  front.reverse = {{"web.1.x", {"10.0.1.5"}},
                   {std::string(64, 'a'), {"10.0.1.6"}},
                   {"..", {"10.0.1.7"}},
                   {"\\", {"10.0.1.8"}}};
  auto back = front;
  back.id = "n2";
  back.name = "back.end";
  back.local = {"10.0.2.5"};
  back.names = {{"db", {"10.0.2.8"}}, {"web.1.x", {"10.0.2.5"}}};
  return Names({front, back});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static Names const kNames = make_names();
  if (size == 0) {
    return 0;
  }
  std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
  auto const transport = (data[0] & 1) != 0 ? Transport::Tcp : Transport::Udp;
  Asker const asker{(data[0] & 2) != 0 ? "n1" : "n2",
                    {(data[0] & 4) != 0 ? 0x0a000105U : 0x0a000205U}};
  std::uint64_t turn = data[0];
  auto const response = respond(kNames, asker, bytes, transport, turn);
  auto const* const reply = std::get_if<std::string>(&response);
  if (reply == nullptr) {
    return 0;
  }
  require(reply->size() >= 12 && (reply->at(2) & '\x80') != 0);
  require(reply->substr(0, 2) == bytes.substr(0, 2));
  auto const parsed = parse_query(bytes);
  auto const* const query = std::get_if<Query>(&parsed);
  if (query != nullptr) {
    require(answers_question(*reply, *query, query->id));
    require(reply->size() <= (transport == Transport::Udp ? udp_limit(*query) : kLargestTcpBytes));
  }
  return 0;
}
