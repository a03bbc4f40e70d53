#include "backends/docker/event_reader.h"

#include <utility>

namespace swarmward::backends {

bool EventReader::key(std::string& name) {
  key_.swap(name);
  return true;
}

bool EventReader::string(std::string& value) {
  if (unknown_ > 0) {
    return true;
  }
  if (place_ == Place::Event && key_ == "Action") {
    event_.action = std::move(value);
  } else if (place_ == Place::Actor && key_ == "ID") {
    event_.container_id = std::move(value);
  } else if (place_ == Place::Attributes) {
    event_.labels.insert_or_assign(std::move(key_), std::move(value));
  }
  return true;
}

bool EventReader::start_object(std::size_t /*size*/) {
  if (unknown_ > 0) {
    ++unknown_;
  } else if (place_ == Place::Outside) {
    place_ = Place::Event;
  } else if (place_ == Place::Event && key_ == "Actor") {
    place_ = Place::Actor;
  } else if (place_ == Place::Actor && key_ == "Attributes") {
    place_ = Place::Attributes;
  } else {
    ++unknown_;
  }
  return true;
}

bool EventReader::end_object() {
  if (unknown_ > 0) {
    --unknown_;
    return true;
  }
  place_ = place_ == Place::Attributes ? Place::Actor
           : place_ == Place::Actor    ? Place::Event
                                       : Place::Outside;
  return true;
}

bool EventReader::start_array(std::size_t /*size*/) {
  ++unknown_;
  return place_ != Place::Outside;  // An event is an object.
}

bool EventReader::end_array() {
  --unknown_;
  return true;
}

}  // namespace swarmward::backends
