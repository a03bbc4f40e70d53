#include "scheduler/allocator/address_pool.h"

#include <algorithm>
#include <charconv>

namespace swarmward::scheduler {

namespace {

constexpr unsigned kAddressBits = 32;

constexpr std::uint64_t size_of(unsigned prefix_length) {
  return std::uint64_t{1} << (kAddressBits - prefix_length);
}

/// Takes a number off the front of `text`, and `end` after it unless that is 0.
std::optional<unsigned> take_number(std::string_view& text, unsigned limit, char end) {
  unsigned number = 0;
  auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number > limit) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  if (end == '\0') {
    return text.empty() ? std::optional(number) : std::nullopt;
  }
  if (!text.starts_with(end)) {
    return std::nullopt;
  }
  text.remove_prefix(1);
  return number;
}

}  // namespace

std::optional<Subnet> parse_subnet(std::string_view text) {
  Subnet subnet;
  for (char const end : {'.', '.', '.', '/'}) {
    auto const part = take_number(text, 255, end);
    if (!part) {
      return std::nullopt;
    }
    subnet.base = subnet.base << 8U | *part;
  }
  auto const length = take_number(text, kAddressBits, '\0');
  if (!length) {
    return std::nullopt;
  }
  subnet.prefix_length = *length;
  subnet.base &= static_cast<Address>(~(size_of(*length) - 1));
  return subnet;
}

std::string dotted(Address address) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += std::to_string((address >> static_cast<unsigned>(shift)) & 0xFFU);
    text += shift > 0 ? "." : "";
  }
  return text;
}

bool overlap(Subnet const& a, Subnet const& b) {
  return a.base < b.base + size_of(b.prefix_length) && b.base < a.base + size_of(a.prefix_length);
}

std::optional<Address> parse_address(std::string_view text) {
  text = text.substr(0, text.find('/'));
  auto const host = parse_subnet(std::string(text) + "/32");
  return host ? std::optional(host->base) : std::nullopt;
}

std::string to_string(Subnet const& subnet) {
  return to_cidr(subnet.base, subnet);
}

std::string to_cidr(Address address, Subnet const& subnet) {
  return dotted(address) + "/" + std::to_string(subnet.prefix_length);
}

std::uint64_t SubnetPool::count() const {
  std::uint64_t total = 0;
  for (auto const& pool : config_.pools) {
    total += size_of(pool.prefix_length) / size_of(config_.subnet_prefix_length);
  }
  return total;
}

Subnet SubnetPool::at(std::uint64_t index) const {
  auto const size = size_of(config_.subnet_prefix_length);
  for (auto const& pool : config_.pools) {
    auto const here = size_of(pool.prefix_length) / size;
    if (index < here) {
      return {pool.base + static_cast<Address>(index * size), config_.subnet_prefix_length};
    }
    index -= here;
  }
  return {};
}

std::optional<Subnet> SubnetPool::next(std::set<Subnet> const& taken) {
  auto const total = count();
  for (std::uint64_t tried = 0; tried < total; ++tried) {
    auto const subnet = at(cursor_);
    cursor_ = (cursor_ + 1) % total;
    if (std::ranges::none_of(taken, [&](Subnet const& other) { return overlap(subnet, other); })) {
      return subnet;
    }
  }
  return std::nullopt;
}

std::optional<Address> AddressPool::next(std::set<Address> const& taken) {
  // Without the network's own, the gateway's and the broadcast address.
  auto const first = std::max<std::uint64_t>(std::uint64_t{subnet_.base} + 2, range_.base);
  auto const end = std::min(subnet_.base + size_of(subnet_.prefix_length) - 1,
                            range_.base + size_of(range_.prefix_length));
  auto const usable = end > first ? end - first : 0;
  for (std::uint64_t tried = 0; tried < usable; ++tried) {
    auto const address = static_cast<Address>(first + cursor_);
    cursor_ = (cursor_ + 1) % usable;
    if (!taken.contains(address)) {
      return address;
    }
  }
  return std::nullopt;
}

}  // namespace swarmward::scheduler
