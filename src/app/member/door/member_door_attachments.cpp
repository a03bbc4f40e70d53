// What members ask for their containers: the endpoints `attach` and `detach`.

#include "app/member/door/member_door.h"
#include "app/member/door/requests.h"
#include "app/networks/attach_messages.h"
#include "app/networks/attachments.h"

namespace swarmward::app {

MemberDoor::Answer MemberDoor::attach(api::Request const* request) {
  auto const call = call_of(*request);
  if (!call) {
    co_return call.error();
  }
  auto wishes = wishes_from(call->document.value("Networks", nlohmann::json()));
  if (!wishes) {
    co_return wishes.error();
  }
  auto const node = call->peer.node;
  auto const places = co_await attachments_.attach(node, std::move(*wishes));
  if (!places) {
    co_return places.error();
  }
  co_return json_answer({{"Places", to_json(*places)}});
}

MemberDoor::Answer MemberDoor::detach(api::Request const* request) {
  auto const call = call_of(*request);
  if (!call) {
    co_return call.error();
  }
  auto attachments = texts_from(call->document.value("Attachments", nlohmann::json()));
  auto const node = call->peer.node;
  auto const detached = co_await attachments_.detach(node, std::move(attachments));
  if (!detached) {
    co_return detached.error();
  }
  co_return json_answer(nlohmann::json::object());
}

}  // namespace swarmward::app
