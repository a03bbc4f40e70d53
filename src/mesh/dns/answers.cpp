#include "mesh/dns/answers.h"

#include <algorithm>

namespace swarmward::mesh::dns {

namespace {

using Visible = std::vector<NetworkNames const*>;

/// What a name resolves to, and in which network.
struct Found {
  NetworkNames const* network = nullptr;
  std::vector<Address> const* addresses = nullptr;
};

/// The name as it stands goes first, so that a service may be called like NAME.NETWORK.
Found find_addresses(Visible const& visible, std::string_view name) {
  for (auto const* const network : visible) {
    if (auto const* const addresses = network->find(name)) {
      return {network, addresses};
    }
  }
  for (auto const* const network : visible) {
    if (auto const* const addresses = network->find_qualified(name)) {
      return {network, addresses};
    }
  }
  return {};
}

/// "5.1.0.10.in-addr.arpa" is 10.0.1.5.
std::optional<Address> reverse_address(std::string_view name) {
  constexpr std::string_view kZone = ".in-addr.arpa";
  if (!name.ends_with(kZone)) {
    return std::nullopt;
  }
  name.remove_suffix(kZone.size());
  std::string text;
  while (!name.empty()) {
    auto const dot = name.rfind('.');
    auto const part = dot == std::string_view::npos ? name : name.substr(dot + 1);
    text.append(text.empty() ? "" : ".").append(part);
    name = dot == std::string_view::npos ? "" : name.substr(0, dot);
  }
  return parse_address(text);
}

std::chrono::seconds ttl_of(NetworkNames const& network, std::vector<Address> const& addresses) {
  return std::ranges::all_of(addresses, [&](Address address) { return network.is_vip(address); })
             ? kVipTtl
             : kTaskTtl;
}

std::optional<Answer> find_pointer(Visible const& visible,
                                   Address address,
                                   Question const& question) {
  for (auto const* const network : visible) {
    auto const* const name = network->find_reverse(address);
    if (name == nullptr) {
      continue;
    }
    Answer answer;
    answer.ttl = ttl_of(*network, {address});
    if (question.type == kTypePtr || question.type == kTypeAny) {
      answer.pointer = *name + network->suffix();
    }
    return answer;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Answer> find_answer(Names const& names,
                                  Asker const& asker,
                                  Question const& question,
                                  std::uint64_t turn) {
  auto const visible = names.visible_to(asker.network_id, asker.source);
  if (auto const address = reverse_address(question.name)) {
    return find_pointer(visible, *address, question);
  }
  auto const found = find_addresses(visible, question.name);
  if (found.addresses == nullptr) {
    return std::nullopt;
  }
  Answer answer;
  answer.ttl = ttl_of(*found.network, *found.addresses);
  if (question.type == kTypeA || question.type == kTypeAny) {
    answer.addresses = *found.addresses;
  }
  if (auto const count = answer.addresses.size(); count > 1) {
    auto const first = answer.addresses.begin() + static_cast<std::ptrdiff_t>(turn % count);
    std::rotate(answer.addresses.begin(), first, answer.addresses.end());
  }
  return answer;
}

}  // namespace swarmward::mesh::dns
