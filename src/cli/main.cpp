#include <csignal>
#include <iostream>

#include <curl/curl.h>

#include "cli/connect/curl_requests.h"
#include "cli/keyboard.h"
#include "cli/plugin.h"

int main(int argc, char** argv) {
  using namespace swarmward::cli;
  std::signal(SIGPIPE, SIG_IGN);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  auto const connect = [](Values const& global_flags) -> std::unique_ptr<Requests> {
    return std::make_unique<CurlRequests>(global_flags, real_surroundings());
  };
  RealKeyboard keyboard;
  Plugin plugin(connect, std::cout, std::cerr, keyboard);
  auto const status = plugin.run(std::vector<std::string>(argv + 1, argv + argc));
  std::cout.flush();
  return status;
}
