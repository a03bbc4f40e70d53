#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace swarmward::mesh::dns {

/// Response codes. Sources: RFC 1035 §4.1.1, RFC 6891 §9.
enum class Rcode : std::uint8_t {
  NoError = 0,
  FormErr = 1,
  ServFail = 2,
  NotImp = 4,
  Refused = 5,
  BadVers = 16,
};

/// Types and classes that answers tell apart. Source: RFC 1035 §3.2.
inline constexpr std::uint16_t kTypeA = 1;
inline constexpr std::uint16_t kTypePtr = 12;
inline constexpr std::uint16_t kTypeAny = 255;
inline constexpr std::uint16_t kClassIn = 1;

/// What a datagram may hold without EDNS. Source: RFC 1035 §2.3.4.
inline constexpr std::size_t kPlainUdpBytes = 512;
/// The longest datagram that is sent or offered. Askers are on this host, so fragments are no risk.
inline constexpr std::size_t kLargestUdpBytes = 4096;
/// The longest query that is read. One question and an OPT record are far below.
inline constexpr std::size_t kLargestQueryBytes = 4096;
/// What the length before a message on TCP can say.
inline constexpr std::size_t kLargestTcpBytes = 65535;

struct Question {
  std::string name;  ///< Lower case, no dot at the end, odd characters escaped; "" is the root.
  std::uint16_t type = 0;
  std::uint16_t klass = 0;
  bool operator==(Question const&) const = default;
};

/// What a client says of itself by an OPT record.
struct Edns {
  std::size_t udp_bytes = kPlainUdpBytes;
  bool dnssec_ok = false;
};

/// A well-formed message that asks one question.
struct Query {
  std::uint16_t id = 0;
  bool recursion_desired = false;
  bool checking_disabled = false;
  Question question;
  std::string owner;  ///< The name as the client spelled it, in wire form; replies repeat it.
  std::optional<Edns> edns;
};

/// No answer at all: too short for a header, or a response, to which a reply could start a loop.
struct Silence {};

/// A message that cannot be asked; the client is told by these bytes.
struct Refusal {
  std::string reply;
};

using ParsedQuery = std::variant<Silence, Refusal, Query>;

/// Reads what a client sent. Anything is allowed as input; the work is bounded by its length.
[[nodiscard]] ParsedQuery parse_query(std::string_view bytes);

/// The longest datagram that this client takes.
[[nodiscard]] std::size_t udp_limit(Query const& query);

/// Is this a response to the question, under this id? For answers of servers that were asked.
[[nodiscard]] bool answers_question(std::string_view response,
                                    Query const& query,
                                    std::uint16_t id);

/// The id of a message of at least two bytes, and the same message under another one.
[[nodiscard]] std::string with_id(std::string_view message, std::uint16_t id);

/// The response code in the header of a response of at least 12 bytes, without EDNS's upper bits.
[[nodiscard]] std::uint8_t header_rcode(std::string_view response);

}  // namespace swarmward::mesh::dns
