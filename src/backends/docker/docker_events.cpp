#include "backends/docker/docker_events.h"

#include <utility>

#include "backends/docker/engine_documents.h"
#include "backends/docker/line_splitter.h"

namespace swarmward::backends {

namespace {

/// No event is near it; a stream without line ends must not fill the memory.
constexpr std::size_t kLongestLine = 4 << 20;

class DockerEvents final : public EventStream {
 public:
  explicit DockerEvents(std::unique_ptr<BodyStream> bytes) : bytes_(std::move(bytes)) {}

  void listen(Take take) override {
    auto const reader = std::make_shared<Reader>(Reader{std::move(take), {}});
    bytes_->listen([reader](Result<std::string> const& piece) { reader->read(piece); });
  }
  void close() override { bytes_->close(); }

 private:
  /// Outlives the stream as long as it is about to be told of its end.
  struct Reader {
    Take take;
    LineSplitter lines;

    void read(Result<std::string> const& piece) {
      if (!take) {
        return;
      }
      if (!piece) {
        return end(piece.error());
      }
      lines.add(*piece);
      while (auto line = lines.next()) {
        auto event = parse_container_event(*line);
        if (event) {
          take(std::move(event));
        }
      }
      if (piece->empty() || lines.size() > kLongestLine) {
        end(unavailable("the engine's event stream has ended"));
      }
    }
    void end(Error error) {
      auto const last = std::exchange(take, nullptr);
      last(std::move(error));
    }
  };

  std::unique_ptr<BodyStream> bytes_;
};

}  // namespace

std::unique_ptr<EventStream> make_event_stream(std::unique_ptr<BodyStream> bytes) {
  return std::make_unique<DockerEvents>(std::move(bytes));
}

}  // namespace swarmward::backends
