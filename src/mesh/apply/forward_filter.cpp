#include "mesh/apply/forward_filter.h"

#include <array>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mesh/apply/owned_tables.h"
#include "mesh/apply/run_program.h"
#include "mesh/render/forward_accept.h"

namespace swarmward::mesh {
namespace {

/// Seconds to wait for another program that changes the rules.
constexpr char const* kLockSeconds = "5";
constexpr std::array kStacks{"iptables-nft", "iptables-legacy"};

/// Even a look at a table of the legacy stack makes it, and makes all packets pass it from then on.
/// The other one fails where the kernel has no nftables, and filters nothing there.
bool in_use(NetNamespace const& net, std::string const& stack) {
  if (stack != "iptables-legacy") {
    return has_nftables(net);
  }
  std::ifstream tables("/proc/thread-self/net/ip_tables_names");
  for (std::string table; tables >> table;) {
    if (table == "filter") {
      return true;
    }
  }
  return false;
}

Result<std::string> run_iptables(std::string const& stack, IptablesArguments const& arguments) {
  std::vector<std::string> command{stack, "-w", kLockSeconds};
  command.insert(command.end(), arguments.begin(), arguments.end());
  auto done = run_program(command);
  if (!done) {
    return done.error();
  }
  if (done->status != 0) {
    return unavailable(fmt::format("{}: {}", fmt::join(command, " "), done->output));
  }
  return std::move(done->output);
}

using Plan = std::vector<IptablesArguments> (*)(std::string_view listing);

Result<void> carry_out(std::string const& stack, Plan plan) {
  auto const listing = run_iptables(stack, {"-S"});
  if (!listing) {
    // A stack whose program is not installed filters nothing.
    return listing.error().code == ErrorCode::NotFound ? Result<void>() : listing.error();
  }
  for (auto const& command : plan(*listing)) {
    if (auto const done = run_iptables(stack, command); !done) {
      return done.error();
    }
  }
  return {};
}

Result<void> carry_out_in_all(NetNamespace const& net, Plan plan) {
  return net.run([&net, plan]() -> Result<void> {
    Result<void> result;
    for (std::string const stack : kStacks) {
      if (!in_use(net, stack)) {
        continue;
      }
      if (auto const done = carry_out(stack, plan); !done) {
        result = done;
      }
    }
    return result;
  });
}

}  // namespace

Result<void> ensure_forward_accept(NetNamespace const& net) {
  return carry_out_in_all(net, plan_forward_accept);
}

Result<void> remove_forward_accept(NetNamespace const& net) {
  return carry_out_in_all(net, plan_forward_removal);
}

Result<std::vector<std::string>> find_forward_drops(NetNamespace const& net) {
  std::vector<std::string> dropping;
  auto const looked = net.run([&net, &dropping]() -> Result<void> {
    for (std::string const stack : kStacks) {
      if (!in_use(net, stack)) {
        continue;
      }
      auto const listing = run_iptables(stack, {"-S"});
      if (!listing && listing.error().code != ErrorCode::NotFound) {
        return listing.error();
      }
      if (listing && !plan_forward_accept(*listing).empty()) {
        dropping.push_back(stack);
      }
    }
    return {};
  });
  if (!looked) {
    return looked.error();
  }
  return dropping;
}

}  // namespace swarmward::mesh
