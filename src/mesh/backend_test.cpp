#include "mesh/backend.h"

#include <gtest/gtest.h>

namespace swarmward::mesh {
namespace {

TEST(Backend, IsNamedAsTheFlagHasIt) {
  for (auto const backend : {Backend::Nftables, Backend::Ipvs, Backend::Iptables}) {
    EXPECT_EQ(parse_backend(to_text(backend)), backend);
  }
  EXPECT_EQ(parse_backend("ipvs"), Backend::Ipvs);
  EXPECT_EQ(parse_backend("auto"), std::nullopt);
  EXPECT_EQ(parse_backend(""), std::nullopt);
}

}  // namespace
}  // namespace swarmward::mesh
