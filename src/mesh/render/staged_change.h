#pragma once

#include <string>

namespace swarmward::mesh {

/// Commands of nft that change a table while it is in use: three transactions, one after another.
/// A packet that meets a transaction goes on by the rules it started with, but looks elements up
/// in the new maps. So nothing goes in the transaction that ends its use, and nothing is used in
/// the one that brings it; else such a packet would find neither, and its connection be refused.
struct StagedChange {
  std::string add;     ///< Chains and elements that nothing uses yet.
  std::string turn;    ///< Elements that get another value, appear to clients or go from them.
  std::string remove;  ///< What nothing uses any more.
  bool operator==(StagedChange const&) const = default;
};

}  // namespace swarmward::mesh
