#include <csignal>
#include <cstdio>

#include "app/daemon.h"
#include "base/heap.h"
#include "base/log.h"

int main(int argc, char** argv) {
  auto const invocation = swarmward::app::read_command_line(argc, argv);
  if (invocation.exit_now) {
    std::fputs(invocation.output.c_str(), invocation.exit_code == 0 ? stdout : stderr);
    return invocation.exit_code;
  }
  if (!swarmward::set_log_level(invocation.options.log_level)) {
    std::fprintf(stderr,
                 "swarmward: --log-level %s: use debug, info, warn, error or fatal\n",
                 invocation.options.log_level.c_str());
    return 1;
  }
  swarmward::give_memory_back_at_once();
  std::signal(SIGPIPE, SIG_IGN);  // A client that has gone is an error of the write, no more.
  swarmward::app::Daemon daemon(invocation.options);
  if (auto started = daemon.start(); !started) {
    std::fprintf(stderr, "swarmward: %s\n", started.error().message.c_str());
    return 1;
  }
  daemon.run();
  return 0;
}
