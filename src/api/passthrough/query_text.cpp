#include "api/passthrough/query_text.h"

#include "base/percent_encode.h"

namespace swarmward::api {

std::string query_text(std::multimap<std::string, std::string> const& query) {
  std::string text;
  for (auto const& [name, value] : query) {
    text += (text.empty() ? '?' : '&') + percent_encode(name) + "=" + percent_encode(value);
  }
  return text;
}

}  // namespace swarmward::api
