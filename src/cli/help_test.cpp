#include "cli/help.h"

#include <gtest/gtest.h>

#include "cli/table.h"

namespace swarmward::cli {
namespace {

TEST(HelpText, OfACommandWithChildren) {
  std::vector<Command const*> const path{&ward_command()};
  EXPECT_EQ(help_text(path), R"(Usage:  docker ward COMMAND

Look into a swarm of Swarmward and mend it

Management Commands:
  node        Manage the engines that are nodes of the swarm
  registry    Manage the credentials that the swarm pulls images with

Commands:
  doctor      Check the hosts, engines, certificates and networks of the swarm
  explain     Say why tasks do not run as wanted
  rebalance   Move tasks to nodes that have fewer of their service
  trace       Follow a connection to a published port, or to a service inside of a network
  version     Show the versions of the plugin and of the daemon

Run 'docker ward COMMAND --help' for more information on a command.
)");
}

TEST(HelpText, OfACommandWithFlags) {
  auto const* rebalance = find_child(ward_command(), "rebalance");
  std::vector<Command const*> const path{&ward_command(), rebalance};
  EXPECT_EQ(help_text(path), R"(Usage:  docker ward rebalance [OPTIONS] [SERVICE]

Move tasks to nodes that have fewer of their service

Options:
  -d, --detach          Make the first moves only and do not wait for them
      --dry-run         Only list the moves
      --format string   Format of the output: "table" or "json" (default "table")
)");
}

TEST(Table, ColumnsAreTenWideAtLeastAndThreeApart) {
  Table table({"ID", "NAME", "STATE"});
  table.add({"1", "a-name-that-is-long", "ready"});
  table.add({"2", "über", "down"});
  EXPECT_EQ(table.text(),
            "ID        NAME                  STATE\n"
            "1         a-name-that-is-long   ready\n"
            "2         über                  down\n");
}

}  // namespace
}  // namespace swarmward::cli
