#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>

#include <CLI/CLI.hpp>

#include "mesh/agent.h"
#include "wire/network_plan.h"

// The agent of networks alone, for tests with real engines: follows a plan that is in a file, and
// reads the file again at SIGHUP.

namespace {

using namespace swarmward;

Result<void> apply_file(mesh::Agent& agent, std::string const& path) {
  std::ifstream file(path);
  std::string const text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  auto plan = wire::network_plan_from(text);
  return plan ? agent.apply(std::move(*plan)) : Result<void>(plan.error());
}

/// Tells those who wait for a pass to end how it went.
void report(char const* what, Result<void> const& done) {
  std::cout << what << ": " << (done ? "done" : done.error().message) << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  mesh::AgentOptions options;
  std::string plan;
  CLI::App program("Serves one engine's overlay networks, as a plan in a file says.");
  program.add_option("--plugin", options.plugin_name, "name of the network driver");
  program.add_option("--run", options.run_folder)->required();
  program.add_option("--state", options.state_folder)->required();
  program.add_option("--data-path-addr", options.data_path_address);
  program.add_option("--plan", plan, "file with the plan; may appear later")->required();
  CLI11_PARSE(program, argc, argv);

  sigset_t signals;
  sigemptyset(&signals);
  for (int const number : {SIGHUP, SIGINT, SIGTERM}) {
    sigaddset(&signals, number);
  }
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  mesh::Agent agent(options);
  auto const started = agent.start();
  report("start", started);
  if (!started) {
    return 1;
  }
  int number = 0;
  while (sigwait(&signals, &number) == 0 && number == SIGHUP) {
    report("plan", apply_file(agent, plan));
  }
  agent.stop();
  return 0;
}
