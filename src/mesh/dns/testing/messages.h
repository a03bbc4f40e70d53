#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace swarmward::mesh::dns {

/// What a test asks. Written byte by byte, without the library that the room reads with.
struct QueryText {
  std::string name;
  std::uint16_t type = 1;
  std::uint16_t klass = 1;
  std::uint16_t id = 0x1234;
  unsigned edns_bytes = 0;  ///< 0 for a client without EDNS.
  unsigned edns_version = 0;
};

/// A name in wire form: parts with their lengths before them.
[[nodiscard]] std::string wire_name(std::string_view name);
/// 16 bits in network order.
[[nodiscard]] std::string wire_16(unsigned value);
[[nodiscard]] std::string query_bytes(QueryText const& query);

/// A response with one address to a query made by query_bytes().
[[nodiscard]] std::string response_bytes(std::string_view query, std::string_view address);
/// A response that only carries a code.
[[nodiscard]] std::string failure_bytes(std::string_view query, unsigned rcode);

/// What a test sees of a reply.
struct ReplyText {
  bool readable = false;
  std::uint16_t id = 0;
  unsigned rcode = 0;  ///< With EDNS's upper bits.
  bool response = false;
  bool truncated = false;
  bool recursion_available = false;
  std::string question;  ///< As it was spelled; "" for none.
  bool edns = false;
  std::vector<std::string> records;  ///< "10.0.1.5" or "web.1.x.net.": data, in their order.
  std::vector<unsigned> ttls;
};
[[nodiscard]] ReplyText read_reply(std::string_view bytes);

}  // namespace swarmward::mesh::dns
