#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "model/node.h"
#include "model/task.h"

namespace swarmward::backends {

namespace asio = boost::asio;

/// Whom of its host an engine takes for root in containers: not root itself where it maps users
/// (--userns-remap); user N in there is then the Nth from here on.
struct ContainerRoot {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;

  bool operator==(ContainerRoot const&) const = default;
};

/// What an engine says of itself.
struct EngineInfo {
  model::NodeDescription description;  ///< Without TLS.
  /// Tells it from other engines: its own id, which cloned machines share, and its host's name.
  /// Empty if it does not say both.
  std::string id;
  std::string api_version;  ///< The newest it speaks, e.g. "1.41".
  unsigned cpus = 1;
  bool live_restore = false;         ///< Its containers outlive it.
  bool native_swarm_active = false;  ///< Its own swarm mode is on: it cannot be a node of ours.
  ContainerRoot root;
};

/// One container as `inspect` shows it.
struct ContainerState {
  std::string id;
  std::string name;  ///< Without the leading slash.
  model::StringMap labels;
  std::string status;  ///< created, running, paused, restarting, removing, exited or dead.
  bool running = false;
  std::int64_t pid = 0;
  std::int64_t exit_code = 0;
  std::string error;   ///< The engine's text of a failed start.
  std::string health;  ///< Empty (no healthcheck), starting, healthy or unhealthy.
  Time started_at{};   ///< Zero if it never ran.
  Time finished_at{};
  std::vector<model::PortConfig> ports;  ///< Bindings as published, in host mode.
};

/// One row of a container list.
struct ContainerSummary {
  std::string id;
  std::string name;
  model::StringMap labels;
  std::string state;  ///< As ContainerState::status.
};

/// Something happened to a container.
struct ContainerEvent {
  std::string action;  ///< start, die, destroy, oom, "health_status: healthy", …
  std::string container_id;
  model::StringMap labels;
  std::int64_t exit_code = 0;  ///< Of die.
};

/// Reads a body as it arrives.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// The next bytes; an empty string at the end. Errors: Unavailable when the connection breaks.
  virtual asio::awaitable<Result<std::string>> read() = 0;
  /// Ends a pending read() with an error; safe to call more than once.
  virtual void close() = 0;
};

class EventStream {
 public:
  using Take = std::function<void(Result<ContainerEvent>)>;

  virtual ~EventStream() = default;
  /// To be called once. `take` is given every event from the io loop, and at last Unavailable: the
  /// stream has ended, whatever the reason. No coroutine waits: nearly all streams are idle.
  virtual void listen(Take take) = 0;
  virtual void close() = 0;
};

struct LogQuery {
  bool out = true;
  bool err = true;
  bool follow = false;
  bool timestamps = false;
  bool details = false;
  std::string since;         ///< Unix seconds[.nanoseconds]; empty: all.
  std::string tail = "all";  ///< "all" or a count.
};

/// How far a transfer has come.
using BytesRead = std::function<void(std::uint64_t bytes)>;

enum class KeepVolumes { Yes, No };

/// The narrow view of one dockerd. All calls run on the io thread. Errors carry the engine's own
/// message and its status class (404 NotFound, 409 Conflict, …); Unavailable: not reached at all.
class Engine {
 public:
  virtual ~Engine() = default;

  virtual asio::awaitable<Result<EngineInfo>> info() = 0;
  /// The version spoken with it, e.g. "1.41"; empty while none has been agreed on.
  [[nodiscard]] virtual std::string api_version() const = 0;
  /// So many calls may be under way; more wait for one another in here.
  [[nodiscard]] virtual std::size_t calls_at_once() const { return 10'000; }
  /// Bounded by a few seconds; the heartbeat of liveness.
  virtual asio::awaitable<Result<void>> ping() = 0;
  /// Does it take new connections? One that is shutting down does not, while those that it has go
  /// on until it has stopped its containers (engines before 25). Errors: Unavailable.
  virtual asio::awaitable<Result<void>> knock() = 0;

  /// `body` is the JSON of POST /containers/create. Returns the id. Conflict: the name is taken.
  virtual asio::awaitable<Result<std::string>> create_container(std::string name,
                                                                std::string body) = 0;
  virtual asio::awaitable<Result<void>> start_container(std::string id) = 0;
  /// Sends the container's stop signal, SIGKILL after `grace`. Already stopped is success.
  virtual asio::awaitable<Result<void>> stop_container(std::string id,
                                                       std::chrono::seconds grace) = 0;
  /// Kills it if need be. Already gone, or being removed by somebody else, is success.
  virtual asio::awaitable<Result<void>> remove_container(std::string id, KeepVolumes volumes) = 0;
  virtual asio::awaitable<Result<ContainerState>> inspect_container(std::string id_or_name) = 0;
  /// All containers, stopped ones too, that carry `label` ("key" or "key=value").
  virtual asio::awaitable<Result<std::vector<ContainerSummary>>> list_containers(
      std::string label) = 0;

  virtual asio::awaitable<Result<bool>> has_image(std::string reference) = 0;
  /// `registry_auth`: X-Registry-Auth as the client sent it, may be empty.
  virtual asio::awaitable<Result<void>> pull_image(std::string reference,
                                                   std::string registry_auth) = 0;
  /// The image as an archive that load_image() of any engine takes. NotFound: it is not here.
  virtual asio::awaitable<Result<std::unique_ptr<ByteStream>>> save_image(
      std::string reference) = 0;
  /// Reads the archive to its end. `read` is told the bytes so far, now and then.
  virtual asio::awaitable<Result<void>> load_image(std::unique_ptr<ByteStream> archive,
                                                   BytesRead read) = 0;
  /// `body` is the JSON of POST /volumes/create; an equal volume that exists is success.
  virtual asio::awaitable<Result<void>> create_volume(std::string body) = 0;

  /// `body` is the JSON of POST /networks/create. Conflict: the name is taken.
  virtual asio::awaitable<Result<void>> create_network(std::string body) = 0;
  /// `body` is the JSON of POST /networks/ID/connect.
  virtual asio::awaitable<Result<void>> connect_network(std::string name, std::string body) = 0;
  /// Already gone is success.
  virtual asio::awaitable<Result<void>> remove_network(std::string id_or_name) = 0;

  /// Container events from now on, of containers that carry `label`.
  virtual asio::awaitable<Result<std::unique_ptr<EventStream>>> events(std::string label) = 0;
  /// The engine's log stream of a container: frames (8-byte heads) unless it has a TTY.
  virtual asio::awaitable<Result<std::unique_ptr<ByteStream>>> logs(std::string id,
                                                                    LogQuery query) = 0;
  /// GET `path` ("/info") as the engine answers it, for answers we complete.
  virtual asio::awaitable<Result<std::string>> get_document(std::string path) = 0;
  /// The same, read as it arrives: for answers that have no end of their own ("/events").
  virtual asio::awaitable<Result<std::unique_ptr<ByteStream>>> open_document(std::string path) = 0;

  using Heard = std::function<void(Result<void>)>;
  /// ping() for those who ask thousands every few seconds: no coroutine waits for the answer.
  /// `heard` is called from the io loop, later.
  virtual void ping(Heard heard) = 0;
};

}  // namespace swarmward::backends
