#pragma once

#include <nlohmann/json.hpp>

#include "backends/engine.h"

namespace swarmward::backends {

/// Picks what we need out of an engine's event while it is parsed: events are the most frequent
/// documents, and making a tree of each costs three times the reading.
class EventReader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  /// Complete when the parser was content. Its labels still hold all attributes of the actor.
  [[nodiscard]] ContainerEvent& event() { return event_; }

  bool key(std::string& name) override;
  bool string(std::string& value) override;
  bool start_object(std::size_t size) override;
  bool end_object() override;
  bool start_array(std::size_t size) override;
  bool end_array() override;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t) override { return true; }
  bool number_unsigned(std::uint64_t) override { return true; }
  bool number_float(double, std::string const&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool parse_error(std::size_t, std::string const&, nlohmann::detail::exception const&) override {
    return false;
  }

 private:
  /// The innermost object that is known.
  enum class Place { Outside, Event, Actor, Attributes };

  ContainerEvent event_;
  Place place_ = Place::Outside;
  std::size_t unknown_ = 0;  ///< Open objects and arrays that nobody asked for.
  std::string key_;
};

}  // namespace swarmward::backends
