#include "mesh/dns/message.h"

#include <algorithm>

#include "mesh/dns/ldns_types.h"
#include "mesh/dns/lower_case.h"
#include "mesh/dns/reply.h"

namespace swarmward::mesh::dns {

namespace {

/// An OPT record and a signature; more would only be work.
constexpr unsigned kMostAdditional = 2;
/// The root, type, class, time to live and a length of 0.
constexpr std::size_t kShortestRecord = 11;
/// The root and the type OPT.
constexpr std::string_view kOptStart("\0\0\x29", 3);

/// Does a name without pointers stand there? What we read has nothing before it to point to, and
/// the library takes 65535 steps to find out that pointers go round.
bool is_plain_name(std::string_view bytes, std::size_t at) {
  constexpr unsigned kLongestPart = 63;
  while (at < bytes.size()) {
    unsigned const length = wire(bytes)[at];
    if (length == 0 || length > kLongestPart) {
      return length == 0;
    }
    at += length + 1;
  }
  return false;
}

/// Null for bytes that are no record.
Ldns<ldns_rr> read_record(std::string_view bytes, std::size_t& at, ldns_pkt_section section) {
  if (!is_plain_name(bytes, at)) {
    return nullptr;
  }
  ldns_rr* record = nullptr;
  auto const status = ldns_wire2rr(&record, wire(bytes), bytes.size(), &at, section);
  return Ldns<ldns_rr>(status == LDNS_STATUS_OK ? record : nullptr);
}

std::optional<Question> read_question(ldns_rr const& record) {
  Ldns<char> const text(ldns_rdf2str(ldns_rr_owner(&record)));
  if (!text) {
    return std::nullopt;
  }
  std::string name = lower_case(text.get());
  if (!name.empty()) {
    name.pop_back();  // The dot of the root.
  }
  return Question{std::move(name),
                  static_cast<std::uint16_t>(ldns_rr_get_type(&record)),
                  static_cast<std::uint16_t>(ldns_rr_get_class(&record))};
}

/// In OPT records the class is a size, and the time to live holds a version and flags.
/// Source: RFC 6891 §6.1.
Edns read_edns(ldns_rr const& opt) {
  constexpr std::uint32_t kDnssecOk = 0x8000;
  return {std::max<std::size_t>(ldns_rr_get_class(&opt), kPlainUdpBytes),
          (ldns_rr_ttl(&opt) & kDnssecOk) != 0};
}

unsigned edns_version(ldns_rr const& opt) {
  return (ldns_rr_ttl(&opt) >> 16) & 0xffU;
}

/// Reads question and OPT record into the query, whose header is known.
Rcode read_records(std::string_view bytes, Query& query) {
  std::size_t at = LDNS_HEADER_SIZE;
  auto const asked = read_record(bytes, at, LDNS_SECTION_QUESTION);
  auto question = asked ? read_question(*asked) : std::nullopt;
  if (!question) {
    return Rcode::FormErr;
  }
  auto const* const owner = ldns_rr_owner(asked.get());
  query.owner.assign(reinterpret_cast<char const*>(ldns_rdf_data(owner)), ldns_rdf_size(owner));
  query.question = std::move(*question);
  auto rcode = Rcode::NoError;
  for (unsigned left = LDNS_ARCOUNT(wire(bytes)); left > 0; --left) {
    if (bytes.size() - at < kShortestRecord) {
      return Rcode::FormErr;
    }
    if (!bytes.substr(at).starts_with(kOptStart)) {
      break;  // A signature, which is not looked at; the OPT record stands before it.
    }
    auto const opt = read_record(bytes, at, LDNS_SECTION_ADDITIONAL);
    if (!opt || query.edns) {
      return Rcode::FormErr;
    }
    query.edns = read_edns(*opt);
    rcode = edns_version(*opt) == 0 ? Rcode::NoError : Rcode::BadVers;
  }
  return rcode;
}

Rcode read_query(std::string_view bytes, Query& query) {
  auto const* const header = wire(bytes);
  if (LDNS_OPCODE_WIRE(header) != LDNS_PACKET_QUERY) {
    return Rcode::NotImp;
  }
  if (LDNS_QDCOUNT(header) != 1 || LDNS_ANCOUNT(header) != 0 || LDNS_NSCOUNT(header) != 0 ||
      LDNS_ARCOUNT(header) > kMostAdditional || bytes.size() > kLargestQueryBytes) {
    return Rcode::FormErr;
  }
  return read_records(bytes, query);
}

}  // namespace

ParsedQuery parse_query(std::string_view bytes) {
  if (bytes.size() < LDNS_HEADER_SIZE || LDNS_QR_WIRE(wire(bytes)) != 0) {
    return Silence{};
  }
  auto const* const header = wire(bytes);
  Query query;
  query.id = LDNS_ID_WIRE(header);
  query.recursion_desired = LDNS_RD_WIRE(header) != 0;
  query.checking_disabled = LDNS_CD_WIRE(header) != 0;
  auto const rcode = read_query(bytes, query);
  if (rcode == Rcode::NoError) {
    return query;
  }
  if (rcode != Rcode::BadVers) {
    query.owner.clear();  // What could not be read is not repeated.
    query.edns.reset();
  }
  auto reply = write_failure(query, rcode);
  // Of what was asked, the reply keeps the opcode too.
  constexpr unsigned char kOpcodeBits = 0x78;
  reply[2] = static_cast<char>((reply[2] & ~kOpcodeBits) | (bytes[2] & kOpcodeBits));
  return Refusal{std::move(reply)};
}

std::size_t udp_limit(Query const& query) {
  return query.edns ? std::min(query.edns->udp_bytes, kLargestUdpBytes) : kPlainUdpBytes;
}

bool answers_question(std::string_view response, Query const& query, std::uint16_t id) {
  if (response.size() < LDNS_HEADER_SIZE || LDNS_QR_WIRE(wire(response)) == 0 ||
      LDNS_ID_WIRE(wire(response)) != id) {
    return false;
  }
  // Servers that could not read a query may leave the question out.
  if (LDNS_QDCOUNT(wire(response)) == 0) {
    return header_rcode(response) != static_cast<std::uint8_t>(Rcode::NoError);
  }
  std::size_t at = LDNS_HEADER_SIZE;
  auto const asked = read_record(response, at, LDNS_SECTION_QUESTION);
  return asked && read_question(*asked) == query.question;
}

std::string with_id(std::string_view message, std::uint16_t id) {
  std::string changed(message);
  changed[0] = static_cast<char>(id >> 8);
  changed[1] = static_cast<char>(id & 0xff);
  return changed;
}

std::uint8_t header_rcode(std::string_view response) {
  return LDNS_RCODE_WIRE(wire(response));
}

}  // namespace swarmward::mesh::dns
