#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "api/server/http_message.h"

namespace swarmward::api {

/// Appends the text of the element at that place of a list.
using AppendElement = std::function<void(std::string&, std::size_t)>;

/// Sends a JSON array of `count` elements: a short one with its length, a long one in pieces as
/// they are made, so that no list is ever whole in memory. Ends early if the client goes.
asio::awaitable<void> send_list(Responder* responder, std::size_t count, AppendElement append);

}  // namespace swarmward::api
