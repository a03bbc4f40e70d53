#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace swarmward::net {

/// How many TLS handshakes are under way: in all and from one address. More are turned away, so
/// that a flood from one host neither exhausts the memory nor keeps others out. One thread.
class HandshakeLimit {
 public:
  explicit HandshakeLimit(std::size_t of_one) : of_one_(of_one) {}

  /// False: turn it away. Each true wants one end().
  [[nodiscard]] bool begin(std::string const& address) {
    auto const known = by_address_.find(address);
    bool const too_many = known != by_address_.end() && known->second >= of_one_;
    if (all_ >= kMost || too_many) {
      return false;
    }
    ++all_;
    ++by_address_[address];
    return true;
  }
  void end(std::string const& address) {
    --all_;
    if (--by_address_[address] == 0) {
      by_address_.erase(address);
    }
  }

 private:
  static constexpr std::size_t kMost = 1024;

  std::size_t of_one_;
  std::size_t all_ = 0;
  std::map<std::string, std::size_t> by_address_;
};

}  // namespace swarmward::net
