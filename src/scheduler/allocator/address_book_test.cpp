#include "scheduler/allocator/address_book.h"

#include <gtest/gtest.h>

namespace swarmward::scheduler {
namespace {

class AddressBookTest : public ::testing::Test {
 protected:
  AddressBookTest() {
    auto network = std::make_shared<model::Network>();
    network->id = net_;
    network->ipam = {{"10.7.0.0/29", "", "10.7.0.1", {}}};
    state::Touched touched;
    touched.networks.push_back({nullptr, std::move(network)});
    book_.touch(touched);
  }
  /// The node has that address in the network; none if it is empty.
  void has(std::string const& address) {
    auto node = std::make_shared<model::Node>();
    node->id = node_;
    if (!address.empty()) {
      node->attachments.push_back({net_, address});
    }
    state::Touched touched;
    touched.nodes.push_back({before_, node});
    before_ = node;
    book_.touch(touched);
  }

  model::NetworkId net_{"net"};
  model::NodeId node_{"node"};
  state::NodePtr before_;
  AddressBook book_;
};

TEST_F(AddressBookTest, ANodeThatComesBackHasTheAddressThatItHad) {
  auto const own = book_.take_own(net_, node_);
  EXPECT_EQ(own, "10.7.0.2/29");
  has(*own);
  has("");
  EXPECT_EQ(book_.take(net_), "10.7.0.3/29");
  EXPECT_EQ(book_.take_own(net_, node_), own);
}

TEST_F(AddressBookTest, UnlessSomebodyElseHasItByNow) {
  has(*book_.take_own(net_, node_));
  has("");
  EXPECT_TRUE(book_.take(net_, "10.7.0.2"));
  EXPECT_EQ(book_.take_own(net_, node_), "10.7.0.3/29");
}

TEST(AddressBookOfSeveralSubnets, TheNextOneIsUsedWhenTheFirstIsFull) {
  auto network = std::make_shared<model::Network>();
  network->id = model::NetworkId("net");
  network->ipam = {{"10.7.0.0/30", "", "10.7.0.1", {}}, {"10.9.0.0/29", "", "10.9.0.1", {}}};
  state::Touched touched;
  touched.networks.push_back({nullptr, network});
  AddressBook book;
  book.touch(touched);
  EXPECT_EQ(book.take(network->id), "10.7.0.2/30");
  EXPECT_EQ(book.take(network->id), "10.9.0.2/29");
  EXPECT_EQ(book.take(network->id, "10.9.0.4").value(), "10.9.0.4/29");
  EXPECT_EQ(book.take(network->id, "10.8.0.4").error().message,
            "the address 10.8.0.4 is not one for members of the subnet 10.7.0.0/30, 10.9.0.0/29");
  EXPECT_EQ(book.subnets().size(), 2U);
  book.give_back(network->id, "10.7.0.2");
  EXPECT_EQ(book.take(network->id), "10.7.0.2/30");
}

}  // namespace
}  // namespace swarmward::scheduler
