#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/beast/http.hpp>

namespace fleet {

namespace http = boost::beast::http;

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

/// What all engines of a fleet have done so far.
struct Counters {
  std::uint64_t requests = 0;
  std::uint64_t running = 0;  ///< Containers that run now.
  std::uint64_t created = 0;
};

/// One dockerd, played: containers in memory that start and stop at once, and events about them.
/// Answers what a task runner asks; anything else is 404. Single-threaded.
class FakeEngine {
 public:
  using Listener = std::function<void(std::string const& line)>;

  FakeEngine(std::size_t index, Counters& counters) : index_(index), counters_(counters) {}

  [[nodiscard]] Response answer(Request const& request);
  /// Events from now on, one JSON document a line, until the token is given back.
  std::uint64_t listen(Listener listener);
  void forget(std::uint64_t token) { listeners_.erase(token); }

 private:
  struct Container {
    std::string name;
    std::string labels;  ///< JSON object, as it came.
    enum class State { Created, Running, Exited } state = State::Created;
  };

  [[nodiscard]] std::string info() const;
  [[nodiscard]] std::string list() const;
  [[nodiscard]] static std::string inspect(std::string const& id, Container const& container);
  Response create(Request const& request, std::string_view query);
  Response act(http::verb verb, std::string_view id, std::string_view action);
  void tell(std::string_view action, std::string const& id, Container const& container);

  std::size_t index_;
  Counters& counters_;
  std::unordered_map<std::string, Container> containers_;
  std::unordered_map<std::string, std::string> ids_;  ///< By name.
  std::unordered_map<std::uint64_t, Listener> listeners_;
  std::uint64_t next_listener_ = 0;
};

}  // namespace fleet
