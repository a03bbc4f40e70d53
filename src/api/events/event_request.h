#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/server/http_message.h"
#include "base/result.h"
#include "base/time.h"
#include "wire/filters.h"

namespace swarmward::api {

/// How an event stands in the stream.
struct EventFormat {
  std::string content_type = "application/json";
  bool record_separators = false;  ///< JSON text sequences: 0x1E before each.
  bool old_members = true;         ///< The engine's `status`, `id` and `from`.
};

/// What a client of `GET /events` asks for.
struct EventRequest {
  std::optional<Time> since;
  std::optional<Time> until;
  wire::Filters filters;
  std::string raw_filters;  ///< As sent: the engine knows all keys.
  EventFormat format;

  [[nodiscard]] bool replays() const { return since || until; }
  [[nodiscard]] bool ends_before(Time now) const { return until && *until < now; }
};

/// Errors, with dockerd's texts: Internal (a time that is no number), InvalidArgument (`until`
/// before `since`, filters that cannot be read).
[[nodiscard]] Result<EventRequest> event_request_of(Request const& request);

/// The target for the host's engine, without the version: its events of that time through the
/// client's filters.
[[nodiscard]] std::string engine_events_target(EventRequest const& request,
                                               std::optional<Time> since,
                                               std::optional<Time> until);

/// One of the engine's lines as the client shall see it.
[[nodiscard]] std::string engine_line(EventFormat const& format, std::string line);
/// A rendered event as one record of the stream.
[[nodiscard]] std::string framed(EventFormat const& format, std::string_view event);

}  // namespace swarmward::api
