// What a client or an engine sends first: heads, targets, and the frames of bodies.
#include <cstdint>
#include <cstdlib>

#include "api/passthrough/shaping.h"
#include "api/server/http_head.h"
#include "api/server/target.h"

namespace {

using namespace swarmward::api;

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

/// However the body arrives, its end and its content are the same.
void check_framing(BodyFraming const& framing, std::string_view bytes) {
  auto whole = framing;
  std::string payload;
  auto const used = whole.feed(bytes, &payload);
  auto cut = framing;
  std::string cut_payload;
  std::size_t cut_used = 0;
  while (cut_used < bytes.size() && !cut.done() && !cut.failed()) {
    cut_used += cut.feed(bytes.substr(cut_used, 1), &cut_payload);
  }
  require(used == cut_used && payload == cut_payload && whole.done() == cut.done());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const end = text.find("\r\n\r\n");
  check_framing(BodyFraming(BodyFraming::Kind::Chunked), text);
  if (end == std::string_view::npos) {
    return 0;
  }
  auto const head = text.substr(0, end + 4);
  if (auto const request = parse_request_head(head)) {
    check_framing(request->body, text.substr(end + 4));
    (void)cleaned_target(request->target);
    if (auto const target = parse_target(request->target)) {
      auto const edited = replace_target(head, render_target(*target, ApiVersion{1, 41}));
      require(parse_request_head(edited).has_value());
      (void)plan_volume_prune(target->raw_query);
    }
    auto const sized = parse_request_head(replace_length(head, 7));
    require(sized && sized->body.left() == 7);
  }
  if (auto const response = parse_response_head(head, AnswerTo::Other)) {
    auto const edited = set_header(std::string(head), "Swarm", "inactive");
    require(parse_response_head(edited, AnswerTo::Other).has_value());
  }
  return 0;
}
