#include "mesh/dns/reply.h"

#include <algorithm>

#include "mesh/dns/ldns_types.h"

namespace swarmward::mesh::dns {

namespace {

Ldns<ldns_rr> make_record(Query const& query, std::uint16_t type) {
  auto record = owned(ldns_rr_new());
  ldns_rr_set_owner(record.get(), make_field(LDNS_RDF_TYPE_DNAME, query.owner).release());
  ldns_rr_set_type(record.get(), static_cast<ldns_rr_type>(type));
  ldns_rr_set_class(record.get(), static_cast<ldns_rr_class>(query.question.klass));
  return record;
}

void push(ldns_pkt& packet, ldns_pkt_section section, Ldns<ldns_rr> record) {
  if (!ldns_pkt_push_rr(&packet, section, record.get())) {
    throw std::bad_alloc();
  }
  static_cast<void>(record.release());  // The packet's from now on.
}

/// Header, question and OPT record.
Ldns<ldns_pkt> start_reply(Query const& query, Rcode rcode) {
  auto const code = static_cast<std::uint8_t>(rcode);
  auto packet = owned(ldns_pkt_new());
  ldns_pkt_set_id(packet.get(), query.id);
  ldns_pkt_set_qr(packet.get(), true);
  ldns_pkt_set_rd(packet.get(), query.recursion_desired);
  ldns_pkt_set_cd(packet.get(), query.checking_disabled);
  ldns_pkt_set_ra(packet.get(), true);
  ldns_pkt_set_rcode(packet.get(), code & 0xfU);
  if (!query.owner.empty()) {
    auto question = make_record(query, query.question.type);
    ldns_rr_set_question(question.get(), true);
    push(*packet, LDNS_SECTION_QUESTION, std::move(question));
  }
  if (query.edns) {
    ldns_pkt_set_edns_udp_size(packet.get(), kLargestUdpBytes);
    ldns_pkt_set_edns_extended_rcode(packet.get(), static_cast<std::uint8_t>(code >> 4));
    ldns_pkt_set_edns_do(packet.get(), query.edns->dnssec_ok);
  }
  return packet;
}

std::string encode(ldns_pkt const& packet) {
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  if (ldns_pkt2wire(&bytes, &packet, &size) != LDNS_STATUS_OK) {
    throw std::bad_alloc();
  }
  Ldns<std::uint8_t> const freed(bytes);
  return {reinterpret_cast<char const*>(bytes), size};
}

void push_answer(ldns_pkt& packet,
                 Query const& query,
                 std::uint16_t type,
                 std::chrono::seconds ttl,
                 Ldns<ldns_rdf> field) {
  auto record = make_record(query, type);
  ldns_rr_set_class(record.get(), LDNS_RR_CLASS_IN);
  ldns_rr_set_ttl(record.get(), static_cast<std::uint32_t>(ttl.count()));
  if (!ldns_rr_push_rdf(record.get(), field.get())) {
    throw std::bad_alloc();
  }
  static_cast<void>(field.release());
  push(packet, LDNS_SECTION_ANSWER, std::move(record));
}

std::string network_order(Address address) {
  std::string bytes;
  for (unsigned const shift : {24U, 16U, 8U, 0U}) {
    bytes.push_back(static_cast<char>(address.value >> shift & 0xffU));
  }
  return bytes;
}

/// With the first `count` addresses.
std::string encode_answer(Query const& query, Answer const& answer, std::size_t count) {
  auto packet = start_reply(query, Rcode::NoError);
  ldns_pkt_set_tc(packet.get(), count < answer.addresses.size());
  for (std::size_t i = 0; i < count; ++i) {
    auto const bytes = network_order(answer.addresses[i]);
    push_answer(*packet, query, kTypeA, answer.ttl, make_field(LDNS_RDF_TYPE_A, bytes));
  }
  // A name that DNS cannot carry, as one with a part of over 63 bytes, is left out.
  if (Ldns<ldns_rdf> name(answer.pointer.empty() ? nullptr
                                                 : ldns_dname_new_frm_str(answer.pointer.c_str()));
      name) {
    push_answer(*packet, query, kTypePtr, answer.ttl, std::move(name));
  }
  return encode(*packet);
}

/// Only the mark that tells to ask again over TCP.
std::string encode_truncated(Query const& query) {
  auto packet = start_reply(query, Rcode::NoError);
  ldns_pkt_set_tc(packet.get(), true);
  return encode(*packet);
}

/// An address in a message: two bytes that point to the name, ten of header, four of data.
constexpr std::size_t kAddressBytes = 16;

}  // namespace

std::string write_reply(Query const& query, Answer const& answer, std::size_t limit) {
  // Fewer than `fits` addresses fit; `over` and more do not.
  std::size_t fits = 0;
  std::size_t over = std::min(answer.addresses.size(), limit / kAddressBytes) + 1;
  auto tried = over - 1;
  std::string best;
  while (over > fits) {
    auto reply = encode_answer(query, answer, tried);
    if (reply.size() <= limit) {
      best = std::move(reply);
      fits = tried + 1;
    } else {
      over = tried;
    }
    tried = fits + (over - fits) / 2;
  }
  return best.empty() ? encode_truncated(query) : best;
}

std::string write_failure(Query const& query, Rcode rcode) {
  return encode(*start_reply(query, rcode));
}

}  // namespace swarmward::mesh::dns
