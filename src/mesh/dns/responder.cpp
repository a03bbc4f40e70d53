#include "mesh/dns/responder.h"

namespace swarmward::mesh::dns {

Response respond(Names const& names,
                 Asker const& asker,
                 std::string_view bytes,
                 Transport transport,
                 std::uint64_t& turn) {
  auto parsed = parse_query(bytes);
  if (auto* const refusal = std::get_if<Refusal>(&parsed)) {
    return std::move(refusal->reply);
  }
  auto* const query = std::get_if<Query>(&parsed);
  if (query == nullptr) {
    return Silence{};
  }
  if (query->question.klass != kClassIn) {
    return write_failure(*query, Rcode::Refused);
  }
  if (!names.knows(asker.network_id)) {
    return write_failure(*query, Rcode::ServFail);
  }
  auto const answer = find_answer(names, asker, query->question, turn);
  if (!answer && !names.may_forward(asker.network_id, asker.source)) {
    return write_failure(*query, Rcode::ServFail);  // So that the engine asks the next one.
  }
  if (!answer) {
    return std::move(*query);
  }
  turn += answer->addresses.size() > 1 ? 1 : 0;
  auto const limit = transport == Transport::Udp ? udp_limit(*query) : kLargestTcpBytes;
  return write_reply(*query, *answer, limit);
}

}  // namespace swarmward::mesh::dns
