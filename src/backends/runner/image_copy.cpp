#include "backends/runner/image_copy.h"

#include <optional>

#include "backends/runner/done.h"
#include "base/log.h"

namespace swarmward::backends {

namespace {

constexpr std::uint64_t kMegabyte = 1'000'000;
/// How far apart the words about a transfer are.
constexpr std::uint64_t kTellEvery = 20 * kMegabyte;

/// Tells from time to time.
BytesRead progress_of(Tell tell, std::string start) {
  return [tell = std::move(tell), start = std::move(start), next = kTellEvery](
             std::uint64_t bytes) mutable {
    if (bytes >= next) {
      next = bytes + kTellEvery;
      tell(start + ": " + std::to_string(bytes / kMegabyte) + " MB");
    }
  };
}

asio::awaitable<Result<void>> copy_from(std::string reference,
                                        std::shared_ptr<Engine> to,
                                        ImageHolder from,
                                        Tell tell) {
  auto const start = "copying the image from node " + from.node;
  tell(start);
  auto archive = co_await from.engine->save_image(reference);
  if (!archive) {  // NotFound would say that nobody has it.
    co_return internal_error(archive.error().message);
  }
  auto progress = progress_of(std::move(tell), start);
  auto loaded = co_await to->load_image(std::move(*archive), std::move(progress));
  if (!loaded) {
    co_return loaded;
  }
  // An engine answers 200 before it has read the archive, and an archive may end early.
  auto const present = co_await to->has_image(reference);
  if (!present) {
    co_return present.error();
  }
  if (!*present) {
    co_return internal_error("the archive of node " + from.node + " did not bring " + reference);
  }
  co_return kDone;
}

}  // namespace

asio::awaitable<Result<void>> copy_image(std::string reference,
                                         std::shared_ptr<Engine> to,
                                         std::vector<ImageHolder> holders,
                                         std::shared_ptr<Gate> copies,
                                         Tell tell) {
  auto const lease = co_await copies->enter();
  std::optional<Error> failure;
  for (auto const& holder : holders) {
    auto const present = co_await holder.engine->has_image(reference);
    if (!present || !*present) {
      continue;
    }
    auto copied = co_await copy_from(reference, to, holder, tell);
    if (copied) {
      room_log("backends")->info("image.copied image={} from={}", reference, holder.node);
      co_return copied;
    }
    room_log("backends")
        ->warn("image.not_copied image={} from={} error=\"{}\"",
               reference,
               holder.node,
               copied.error().message);
    failure = copied.error();
  }
  co_return failure.value_or(not_found("no other node has " + reference));
}

}  // namespace swarmward::backends
