#include "mesh/dns/testing/messages.h"

#include <boost/asio/ip/address_v4.hpp>

#include "mesh/dns/ldns_types.h"

namespace swarmward::mesh::dns {

std::string wire_16(unsigned value) {
  return {static_cast<char>(value >> 8 & 0xff), static_cast<char>(value & 0xff)};
}

std::string wire_name(std::string_view name) {
  std::string bytes;
  while (!name.empty()) {
    auto const part = name.substr(0, name.find('.'));
    bytes += static_cast<char>(part.size());
    bytes += part;
    name.remove_prefix(std::min(name.size(), part.size() + 1));
  }
  return bytes + '\0';
}

std::string query_bytes(QueryText const& query) {
  constexpr unsigned kRecursionDesired = 0x0100;
  constexpr unsigned kOpt = 41;
  bool const edns = query.edns_bytes != 0;
  auto bytes = wire_16(query.id) + wire_16(kRecursionDesired) + wire_16(1) + wire_16(0) +
               wire_16(0) + wire_16(edns ? 1 : 0) + wire_name(query.name) + wire_16(query.type) +
               wire_16(query.klass);
  if (edns) {
    bytes += '\0' + wire_16(kOpt) + wire_16(query.edns_bytes) + wire_16(query.edns_version) +
             wire_16(0) + wire_16(0);
  }
  return bytes;
}

std::string response_bytes(std::string_view query, std::string_view address) {
  auto bytes = failure_bytes(query, 0);
  bytes[7] = 1;  // One answer.
  auto const data = boost::asio::ip::make_address_v4(address).to_bytes();
  bytes += wire_16(0xc00c) + wire_16(1) + wire_16(1) + wire_16(0) + wire_16(60) + wire_16(4);
  return bytes.append(reinterpret_cast<char const*>(data.data()), data.size());
}

std::string failure_bytes(std::string_view query, unsigned rcode) {
  std::string bytes(query);
  auto const name_end = query.find('\0', 12);
  bytes.resize(name_end + 5);  // Without OPT.
  bytes[2] = static_cast<char>(bytes[2] | '\x80');
  bytes[3] = static_cast<char>(rcode | 0x80U);
  bytes[11] = 0;
  return bytes;
}

ReplyText read_reply(std::string_view bytes) {
  ldns_pkt* parsed = nullptr;
  if (ldns_wire2pkt(&parsed, wire(bytes), bytes.size()) != LDNS_STATUS_OK) {
    return {};
  }
  Ldns<ldns_pkt> const packet(parsed);
  ReplyText reply;
  reply.readable = true;
  reply.id = ldns_pkt_id(parsed);
  reply.rcode = static_cast<unsigned>(ldns_pkt_get_rcode(parsed)) |
                static_cast<unsigned>(ldns_pkt_edns_extended_rcode(parsed)) << 4;
  reply.response = ldns_pkt_qr(parsed);
  reply.truncated = ldns_pkt_tc(parsed);
  reply.recursion_available = ldns_pkt_ra(parsed);
  reply.edns = ldns_pkt_edns(parsed);
  auto const text_of = [](ldns_rdf const* field) {
    return std::string(Ldns<char>(ldns_rdf2str(field)).get());
  };
  if (ldns_pkt_qdcount(parsed) == 1) {
    reply.question = text_of(ldns_rr_owner(ldns_rr_list_rr(ldns_pkt_question(parsed), 0)));
  }
  for (std::size_t i = 0; i < ldns_pkt_ancount(parsed); ++i) {
    auto const* const record = ldns_rr_list_rr(ldns_pkt_answer(parsed), i);
    reply.records.push_back(text_of(ldns_rr_rdf(record, 0)));
    reply.ttls.push_back(ldns_rr_ttl(record));
  }
  return reply;
}

}  // namespace swarmward::mesh::dns
