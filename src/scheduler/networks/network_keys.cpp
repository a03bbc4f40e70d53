#include "scheduler/networks/network_keys.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/log.h"
#include "scheduler/networks/network_plan.h"

namespace swarmward::scheduler {

namespace {

constexpr std::size_t kKeys = 3;

std::string new_secret(RandomBytes const& random) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<std::uint8_t, 32> bytes{};
  random(bytes.data(), bytes.size());
  std::string text;
  for (auto const byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xfU];
  }
  return text;
}

void add_key(std::vector<model::NetworkKey>& keys, RandomBytes const& random) {
  auto const number = keys.empty() ? 1 : keys.back().number + 1;
  keys.push_back({number, new_secret(random)});
}

bool has_encrypted_network(state::Snapshot const& snapshot) {
  for (auto const [id, network] : snapshot.networks) {
    if (is_encrypted(*network)) {
      return true;
    }
  }
  return false;
}

}  // namespace

NetworkKeyPlan plan_network_keys(state::Snapshot const& snapshot,
                                 RandomBytes const& random,
                                 Time now) {
  auto const& cluster = snapshot.cluster;
  if (!cluster || !has_encrypted_network(snapshot)) {
    return {};
  }
  auto keys = cluster->network_keys;
  auto const due = cluster->network_keys_changed + kNetworkKeyLife;
  if (keys.size() >= kKeys && now < due) {
    return {std::nullopt, due};
  }
  if (keys.size() >= kKeys) {
    keys.erase(keys.begin());
  }
  while (keys.size() < kKeys) {
    add_key(keys, random);
  }
  return {std::move(keys), now + kNetworkKeyLife};
}

Time keep_network_keys(state::StateStore& store, RandomBytes const& random, Time now) {
  auto plan = plan_network_keys(store.head(), random, now);
  if (!plan.keys) {
    return plan.wake;
  }
  auto const change = [&](state::Draft& draft) -> Result<void> {
    auto cluster = *draft.view().cluster;
    cluster.network_keys = *plan.keys;
    cluster.network_keys_changed = now;
    draft.put(std::move(cluster));
    return {};
  };
  if (auto const changed = store.apply(change); !changed) {
    room_log("scheduler")->error("network_keys.not_changed reason=\"{}\"", changed.error().message);
    return now + std::chrono::minutes(1);
  }
  room_log("scheduler")->info("network_keys.changed newest={}", plan.keys->back().number);
  return plan.wake;
}

}  // namespace swarmward::scheduler
