#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "mesh/address.h"
#include "mesh/dns/message.h"

namespace swarmward::mesh::dns {

/// What is known of a name. All empty: the name exists, but has nothing of the type asked for.
struct Answer {
  std::vector<Address> addresses;
  std::string pointer;  ///< The name of an address, for a reverse look-up.
  std::chrono::seconds ttl{0};
};

/// The answer as a message of at most `limit` bytes, which is 512 or more. With more addresses than
/// fit, those that fit, and the mark that tells the client to ask again over TCP.
[[nodiscard]] std::string write_reply(Query const& query, Answer const& answer, std::size_t limit);

/// A reply that only says why there is no answer.
[[nodiscard]] std::string write_failure(Query const& query, Rcode rcode);

}  // namespace swarmward::mesh::dns
