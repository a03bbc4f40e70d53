#include <csignal>
#include <cstdio>

#include <malloc.h>

#include "app/daemon.h"
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
  // One heap for all threads: what one makes another lets go of, and each heap keeps holes of its
  // own. With thousands of engines that was a fifth of the memory, for no time gained.
  ::mallopt(M_ARENA_MAX, 1);
  std::signal(SIGPIPE, SIG_IGN);  // A client that has gone is an error of the write, no more.
  swarmward::app::Daemon daemon(invocation.options);
  if (auto started = daemon.start(); !started) {
    std::fprintf(stderr, "swarmward: %s\n", started.error().message.c_str());
    return 1;
  }
  daemon.run();
  return 0;
}
