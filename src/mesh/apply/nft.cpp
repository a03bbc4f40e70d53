#include "mesh/apply/nft.h"

#include <memory>

#include <fmt/format.h>
extern "C" {
#include <nftables/libnftables.h>
}

#include "mesh/apply/run_apart.h"

namespace swarmward::mesh {
namespace {

struct FreeContext {
  void operator()(nft_ctx* context) const { nft_ctx_free(context); }
};
using Context = std::unique_ptr<nft_ctx, FreeContext>;

/// A new one each time, made in the namespace: its socket belongs to the namespace in which it was
/// opened, and the library opens it anew by itself when another program changed the rules
/// meanwhile.
Context make_context() {
  Context context(nft_ctx_new(NFT_CTX_DEFAULT));
  if (context) {
    nft_ctx_buffer_error(context.get());
  }
  return context;
}

/// The first line of what the library says; the others repeat the command.
std::string error_text(nft_ctx* context) {
  std::string text = nft_ctx_get_error_buffer(context);
  if (auto const end = text.find('\n'); end != std::string::npos) {
    text.resize(end);
  }
  return text;
}

}  // namespace

Result<void> apply_rules(NetNamespace const& net, std::vector<std::string> const& transactions) {
  return run_apart(net, [&]() -> Result<void> {
    auto const context = make_context();
    if (!context) {
      return unavailable("nftables: no context");
    }
    Result<void> done;
    for (auto const& commands : transactions) {
      if (done && !commands.empty() &&
          nft_run_cmd_from_buffer(context.get(), commands.c_str()) != 0) {
        done = unavailable(fmt::format("nftables: {}", error_text(context.get())));
      }
    }
    // The kernel lets the socket be closed only when it has thrown away what went: some ten
    // milliseconds after the change came into force.
    close_with_thread();
    return done;
  });
}

Result<std::string> list_table_json(NetNamespace const& net, std::string const& table) {
  std::string listing;
  auto const listed = run_apart(net, [&]() -> Result<void> {
    auto const context = make_context();
    if (!context || nft_ctx_buffer_output(context.get()) != 0) {
      return unavailable("nftables: no context");
    }
    nft_ctx_output_set_flags(context.get(), NFT_CTX_OUTPUT_JSON);
    auto const command = fmt::format("list table {}", table);
    if (nft_run_cmd_from_buffer(context.get(), command.c_str()) != 0) {
      auto const text = error_text(context.get());
      // The library tells what went wrong in the kernel's words only.
      return text.find("No such file") == std::string::npos
                 ? unavailable(fmt::format("nftables: {}", text))
                 : not_found(fmt::format("there is no table {}", table));
    }
    listing = nft_ctx_get_output_buffer(context.get());
    return {};
  });
  if (!listed) {
    return listed.error();
  }
  return listing;
}

}  // namespace swarmward::mesh
