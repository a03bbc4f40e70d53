#include "api/routes/service_names.h"

#include <array>
#include <cstring>
#include <string_view>

namespace swarmward::api {

namespace {

constexpr auto kAdjectives = std::to_array<std::string_view>({
    "agile",   "amber",     "ample",  "ardent",  "autumn",  "balmy",   "breezy",  "brisk",
    "calm",    "candid",    "clear",  "cordial", "cosy",    "daring",  "deft",    "earnest",
    "fabled",  "fair",      "fleet",  "fluent",  "frank",   "gallant", "genial",  "gilded",
    "glad",    "graceful",  "hardy",  "hearty",  "humble",  "jaunty",  "joyful",  "keen",
    "lively",  "lucid",     "mellow", "merry",   "mindful", "nimble",  "noble",   "patient",
    "placid",  "plucky",    "polite", "prudent", "quiet",   "radiant", "robust",  "serene",
    "sincere", "sprightly", "steady", "sunny",   "tactful", "tidy",    "valiant", "vivid",
});

constexpr auto kSurnames = std::to_array<std::string_view>({
    "abel",      "ampere",  "avogadro",   "babbage",  "bernoulli",  "boole",      "brahe",
    "cantor",    "carnot",  "cauchy",     "celsius",  "copernicus", "coulomb",    "dijkstra",
    "dirac",     "edison",  "erdos",      "euclid",   "faraday",    "fourier",    "franklin",
    "galois",    "germain", "goodall",    "hamilton", "hawking",    "hilbert",    "hooke",
    "huygens",   "jacobi",  "joule",      "kepler",   "knuth",      "kolmogorov", "lagrange",
    "laplace",   "leibniz", "linnaeus",   "lovelace", "maxwell",    "mendel",     "napier",
    "neumann",   "nobel",   "noether",    "ohm",      "pascal",     "planck",     "poincare",
    "ramanujan", "riemann", "rutherford", "shannon",  "tesla",      "torvalds",   "volta",
});

static_assert(kAdjectives.size() >= 40 && kSurnames.size() >= 40);

std::size_t random_index(RandomBytes const& random, std::size_t count) {
  std::array<std::uint8_t, sizeof(std::uint32_t)> bytes{};
  random(bytes.data(), bytes.size());
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data(), bytes.size());
  return number % count;
}

bool is_taken(state::Snapshot const& snapshot, std::string const& name) {
  return snapshot.service_names.find(name) != nullptr;
}

}  // namespace

std::string free_service_name(state::Snapshot const& snapshot, RandomBytes const& random) {
  auto const first = kAdjectives.at(random_index(random, kAdjectives.size()));
  auto const second = kSurnames.at(random_index(random, kSurnames.size()));
  auto const name = std::string(first) + "_" + std::string(second);
  if (!is_taken(snapshot, name)) {
    return name;
  }
  // Counting up ends for sure, also where nearly all pairs are taken.
  for (std::size_t number = 1;; ++number) {
    if (auto numbered = name + std::to_string(number); !is_taken(snapshot, numbered)) {
      return numbered;
    }
  }
}

}  // namespace swarmward::api
