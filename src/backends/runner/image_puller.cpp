#include "backends/runner/image_puller.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "backends/runner/done.h"
#include "backends/runner/image_reference.h"
#include "backends/runner/pull_refusal.h"
#include "base/log.h"

namespace swarmward::backends {

namespace {

/// Credentials are part of the key: one user's refusal must not answer for another, nor that of an
/// old password for a new one.
std::string key_of(ImageRequest const& request) {
  auto const policy = std::to_string(static_cast<int>(request.policy));
  auto const* const from = request.from_nodes ? "\nnodes\n" : "\nregistry\n";
  auto key = request.reference + '\n' + policy + from + request.registry_auth;
  return request.stored ? key + '\n' + request.stored->registry_auth : key;
}

}  // namespace

ImagePuller::ImagePuller(asio::any_io_executor executor,
                         std::shared_ptr<Engine> engine,
                         Copy copy,
                         Clock const& clock,
                         std::chrono::seconds reuse)
    : executor_(std::move(executor)),
      engine_(std::move(engine)),
      copy_(std::move(copy)),
      clock_(clock),
      reuse_(reuse) {}

void ImagePuller::request(ImageRequest request, Done done, Tell tell) {
  auto& entry = entries_[key_of(request)];
  if (entry.waiting.empty() && clock_.now() < entry.valid_until) {
    done(Result<void>());
    return;
  }
  entry.waiting.push_back({std::move(done), std::move(tell)});
  if (entry.waiting.size() == 1) {
    asio::co_spawn(executor_, run(shared_from_this(), std::move(request)), asio::detached);
  }
}

void ImagePuller::forget(ImageRequest const& request) {
  auto const found = entries_.find(key_of(request));
  if (found != entries_.end()) {
    found->second.valid_until = Time{};
  }
}

void ImagePuller::stop() {
  stopped_ = true;
  entries_.clear();
}

asio::awaitable<void> ImagePuller::run(std::shared_ptr<ImagePuller> self, ImageRequest request) {
  auto const key = key_of(request);
  auto const result = co_await self->fetch(std::move(request));
  self->finish(key, result);
}

asio::awaitable<Result<void>> ImagePuller::fetch(ImageRequest request) {
  auto pulled = co_await pull(request);
  // A digest is a registry's: an engine that has loaded an archive does not know it.
  bool const may_come = request.policy == PullPolicy::Try || request.policy == PullPolicy::Missing;
  bool const copies = may_come && !pulled && !stopped_ && request.from_nodes &&
                      pulled.error().code != ErrorCode::Unavailable &&
                      !is_immutable_image(request.reference);
  if (copies) {
    pulled = co_await copy(std::move(request), pulled.error());
  }
  co_return pulled;
}

/// Copies what the registry did not give.
asio::awaitable<Result<void>> ImagePuller::copy(ImageRequest request, Error pull_error) {
  Tell tell = [weak = weak_from_this(), key = key_of(request)](std::string const& text) {
    if (auto const self = weak.lock()) {
      self->tell_all(key, text);
    }
  };
  auto copied = co_await copy_(request.reference, std::move(tell));
  if (!copied && copied.error().code == ErrorCode::NotFound) {
    pull_error.message += "; no other node has the image";
    co_return pull_error;
  }
  co_return copied;
}

void ImagePuller::tell_all(std::string const& key, std::string const& text) {
  auto const found = entries_.find(key);
  if (stopped_ || found == entries_.end()) {
    return;
  }
  for (auto const& waiting : found->second.waiting) {
    waiting.tell(text);
  }
}

asio::awaitable<Result<void>> ImagePuller::pull(ImageRequest request) {
  auto const& reference = request.reference;
  bool const look_first = request.policy == PullPolicy::Missing ||
                          request.policy == PullPolicy::Never || is_immutable_image(reference);
  if (look_first) {
    auto const present = co_await engine_->has_image(reference);
    if (present && *present) {
      co_return kDone;
    }
    if (!present && request.policy == PullPolicy::Never) {
      co_return present.error();
    }
  }
  if (request.policy == PullPolicy::Never) {
    co_return not_found("No such image: " + reference + " (and label ward.pull=never)");
  }
  auto pulled = co_await pull_with_logins(request);
  if (pulled || pulled.error().code == ErrorCode::Unavailable) {
    co_return pulled;
  }
  if (request.policy == PullPolicy::Always) {
    co_return pulled;
  }
  auto const present = co_await engine_->has_image(reference);
  if (present && *present) {
    room_log("backends")->warn("image.pull_failed image={} present=true", reference);
    co_return kDone;
  }
  if (!present && present.error().code == ErrorCode::Unavailable) {
    co_return present.error();
  }
  if (pulled.error().message.empty()) {
    co_return not_found("No such image: " + reference);
  }
  co_return pulled;
}

asio::awaitable<Result<void>> ImagePuller::pull_with_logins(ImageRequest request) {
  auto const& stored = request.stored;
  if (!stored || stored->registry_auth == request.registry_auth) {
    auto pulled = co_await engine_->pull_image(request.reference, std::move(request.registry_auth));
    co_return pulled;
  }
  bool const has_own = !request.registry_auth.empty();
  auto const first_auth = has_own ? request.registry_auth : stored->registry_auth;
  auto const second_auth = has_own ? stored->registry_auth : std::string{};
  auto first = co_await engine_->pull_image(request.reference, first_auth);
  if (first || stopped_ || !wants_credential(first.error())) {
    co_return first;
  }
  room_log("backends")
      ->info("image.pull_refused image={} credential={} next={}",
             request.reference,
             has_own ? "service" : "stored",
             has_own ? "stored" : "none");
  auto second = co_await engine_->pull_image(request.reference, second_auth);
  if (second || second.error().code == ErrorCode::Unavailable) {
    co_return second;
  }
  TwoPulls const failures{stored->server,
                          has_own,
                          has_own ? first.error() : second.error(),
                          has_own ? second.error() : first.error()};
  co_return explain_refusal(failures);
}

void ImagePuller::finish(std::string const& key, Result<void> const& result) {
  if (stopped_) {
    return;
  }
  // Answers of a minute ago serve nobody; dropping them here keeps the map small.
  std::erase_if(entries_, [this](auto const& item) {
    return item.second.waiting.empty() && item.second.valid_until <= clock_.now();
  });
  auto& entry = entries_[key];
  auto const waiting = std::exchange(entry.waiting, {});
  if (result) {
    entry.valid_until = clock_.now() + reuse_;
  }
  for (auto const& [done, tell] : waiting) {
    done(result);
  }
}

}  // namespace swarmward::backends
