#include "mesh/apply/owned_chains.h"

#include <fstream>
#include <utility>

#include <fmt/format.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "mesh/apply/netlink.h"
#include "mesh/apply/run_program.h"

namespace swarmward::mesh {
namespace {

/// Seconds to wait for another program that changes the rules.
constexpr char const* kRestoreLockSeconds = "5";

Result<std::string> run_in(NetNamespace const& net,
                           std::vector<std::string> const& command,
                           std::string const& input) {
  std::string output;
  auto const ran = net.run([&]() -> Result<void> {
    auto done = run_program(command, input);
    if (!done) {
      return done.error();
    }
    if (done->status != 0) {
      return unavailable(fmt::format("{}: {}", command.front(), done->output));
    }
    output = std::move(done->output);
    return {};
  });
  if (!ran) {
    return ran.error();
  }
  return output;
}

Result<std::string> restore(NetNamespace const& net,
                            std::string const& iptables,
                            std::string const& text) {
  return run_in(net, {iptables + "-restore", "-w", kRestoreLockSeconds, "--noflush"}, text);
}

}  // namespace

OwnedChains::OwnedChains(NetNamespace const& net, std::string iptables, std::string_view prefix)
    : net_(net), iptables_(std::move(iptables)), prefix_(prefix) {}

Result<void> OwnedChains::put(Chains const& wanted) {
  if (!wanted_ || *wanted_ != wanted) {
    wanted_ = wanted;
    seen_.reset();
  }
  return reassert();
}

Result<void> OwnedChains::reassert() {
  if (!wanted_) {
    return {};
  }
  auto const there = list_chains(net_, iptables_, prefix_);
  if (!there) {
    return there.error();
  }
  return *there == seen_ ? Result<void>() : write(*wanted_, *there);
}

Result<void> OwnedChains::remove() {
  wanted_.reset();
  auto const there = list_chains(net_, iptables_, prefix_);
  if (!there) {
    return there.error();
  }
  return write({}, *there);
}

Result<void> OwnedChains::write(Chains const& wanted, std::string const& before) {
  seen_.reset();
  if (auto const text = render_chains(wanted, before); !text.empty()) {
    if (auto const written = restore(net_, iptables_, text); !written) {
      return written.error();
    }
  }
  if (wanted.empty()) {
    return {};
  }
  auto there = list_chains(net_, iptables_, prefix_);
  if (!there) {
    return there.error();
  }
  seen_ = std::move(*there);
  return {};
}

Result<std::string> list_chains(NetNamespace const& net,
                                std::string const& iptables,
                                std::string_view prefix) {
  auto const saved = run_in(net, {iptables + "-save"}, {});
  if (!saved) {
    return saved.error();
  }
  return own_part(*saved, prefix);
}

Result<std::string> list_chains_once_put(Chains const& wanted,
                                         std::string const& iptables,
                                         std::string_view prefix) {
  std::string told;
  auto const tried = NetNamespace::run_in_new([&](NetNamespace const& net) -> Result<void> {
    auto const put = restore(net, iptables, render_chains(wanted, {}));
    if (!put) {
      return put.error();
    }
    auto listed = list_chains(net, iptables, prefix);
    if (!listed) {
      return listed.error();
    }
    told = std::move(*listed);
    return {};
  });
  if (!tried) {
    return tried.error();
  }
  return told;
}

bool may_have_chains(NetNamespace const& net, std::string const& iptables) {
  if (iptables == "iptables-legacy") {
    // Even a look at a table of this flavour makes it, and makes all packets pass it from then on.
    bool any = false;
    auto const looked = net.run([&any]() -> Result<void> {
      std::ifstream names("/proc/thread-self/net/ip_tables_names");
      std::string name;
      any = static_cast<bool>(names >> name);
      return {};
    });
    return looked && any;
  }
  auto netlink = Netlink::open(net, NETLINK_NETFILTER);
  bool found = false;
  if (netlink) {
    NetlinkMessage message(
        static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8U | NFT_MSG_GETCHAIN), 0);
    message.fixed_part<nfgenmsg>().nfgen_family = NFPROTO_IPV4;
    static_cast<void>(netlink->dump("listing chains", message, [&found](nlmsghdr const* chain) {
      auto const name = text_of(NetlinkAttributes(chain, sizeof(nfgenmsg)).find(NFTA_CHAIN_NAME));
      for (auto const prefix : kAllChains) {
        found |= name.starts_with(prefix);
      }
    }));
  }
  return found;
}

}  // namespace swarmward::mesh
