#include "api/cluster/cluster_images.h"

#include <boost/asio/this_coro.hpp>

#include "api/passthrough/body_parts.h"
#include "base/net/as_result.h"
#include "base/percent_encode.h"

namespace swarmward::api {

namespace {

/// The image's id on that engine. Errors: the engine's.
asio::awaitable<Result<std::string>> image_id(std::shared_ptr<backends::Engine> engine,
                                              std::string reference) {
  auto path = "/images/" + percent_encode(reference, "/:@") + "/json";
  auto const document = co_await engine->get_document(std::move(path));
  if (!document) {
    co_return document.error();
  }
  auto const shown = OrderedJson::parse(*document, nullptr, false);
  co_return text_of_part(shown, "Id");
}

}  // namespace

/// A copy; at its end, whatever that is, who waits for it goes on.
class ClusterImages::UnderWay {
 public:
  UnderWay(std::shared_ptr<Copies> copies, Coming key, asio::any_io_executor const& executor)
      : copies_(std::move(copies)), key_(std::move(key)) {
    (*copies_)[key_] =
        std::make_shared<asio::steady_timer>(executor, asio::steady_timer::time_point::max());
  }
  UnderWay(UnderWay const&) = delete;
  UnderWay& operator=(UnderWay const&) = delete;
  ~UnderWay() {
    auto const own = copies_->find(key_);
    own->second->cancel();
    copies_->erase(own);
  }

 private:
  std::shared_ptr<Copies> copies_;
  Coming key_;
};

asio::awaitable<Result<std::string>> ClusterImages::bring(ContainerHost const* host,
                                                          std::string reference) {
  auto const here = context_.control.local_engine();
  if (host->engine == here) {
    co_return reference;
  }
  auto const id = co_await image_id(here, reference);
  if (!id) {
    co_return id.error();
  }
  // An archive carries names, but no digests of a registry.
  auto const known_as = reference.find('@') == std::string::npos ? reference : *id;
  Coming const coming{host->node, *id};
  for (auto other = copies_->find(coming); other != copies_->end(); other = copies_->find(coming)) {
    auto const timer = other->second;
    co_await timer->async_wait(net::kAsResult);
  }
  auto const there = co_await image_id(host->engine, known_as);
  if (there && *there == *id) {
    co_return known_as;
  }
  auto const executor = co_await asio::this_coro::executor;
  UnderWay const under_way(copies_, coming, executor);
  auto const copied = co_await copy(host, reference);
  if (!copied) {
    co_return in_context("copying image " + reference + " to its node", copied.error());
  }
  co_return known_as;
}

asio::awaitable<Result<void>> ClusterImages::copy(ContainerHost const* host,
                                                  std::string reference) {
  auto const here = context_.control.local_engine();
  auto archive = co_await here->save_image(std::move(reference));
  if (!archive) {
    co_return archive.error();
  }
  backends::BytesRead const nobody = [](std::uint64_t /*bytes*/) {};
  auto loaded = co_await host->engine->load_image(std::move(*archive), nobody);
  co_return loaded;
}

}  // namespace swarmward::api
