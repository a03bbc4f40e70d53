#include "model/resolver_options.h"

namespace swarmward::model {

namespace {

/// What resolvers do anyway.
constexpr char const* kUsual = "timeout:5";

}  // namespace

std::vector<std::string> resolver_options(std::vector<std::string> wanted) {
  std::erase_if(wanted, [](std::string const& option) { return option.starts_with("ndots:"); });
  if (wanted.empty()) {
    wanted.emplace_back(kUsual);
  }
  return wanted;
}

}  // namespace swarmward::model
