#pragma once

#include <map>

#include "api/attach_control.h"

namespace swarmward::api {

/// Gives what a test prepared, and notes what it was asked for.
class FakeAttachControl final : public AttachControl {
 public:
  std::map<std::string, Attachment> places;  ///< By what a client calls the network.
  std::optional<Error> refusal;
  std::vector<AttachWish> wishes;
  std::vector<std::string> detached;

  std::vector<model::NodeId> nodes;  ///< Where it was asked for places; empty: this host.

  boost::asio::awaitable<Result<Places>> attach(model::NodeId node,
                                                std::vector<AttachWish> asked) override {
    nodes.push_back(std::move(node));
    Places given;
    for (auto const& wish : asked) {
      wishes.push_back(wish);
      auto const place = places.find(wish.network);
      given.push_back(place == places.end() ? std::nullopt : std::optional(place->second));
    }
    if (refusal) {
      co_return *refusal;
    }
    co_return given;
  }
  boost::asio::awaitable<Result<void>> detach(model::NodeId /*node*/,
                                              std::vector<std::string> attachments) override {
    detached.insert(detached.end(), attachments.begin(), attachments.end());
    co_return Result<void>{};
  }
};

}  // namespace swarmward::api
