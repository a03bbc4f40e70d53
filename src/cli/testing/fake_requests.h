#pragma once

#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "cli/connect/requests.h"

namespace swarmward::cli {

/// Gives prepared answers by "METHOD path"; each once but for the last, which stays.
class FakeRequests final : public Requests {
 public:
  Result<Answer> send(std::string const& method,
                      std::string const& path,
                      std::string const& body) override {
    asked.emplace_back(method + " " + path);
    bodies.push_back(body);
    auto const found = answers.find(asked.back());
    if (unreachable) {
      return unavailable("Cannot connect to the Docker daemon at " + address +
                         ". Is the docker daemon running?");
    }
    if (found == answers.end()) {
      return Answer{404, R"({"message":"page not found"})"};
    }
    auto answer = found->second.front();
    if (found->second.size() > 1) {
      found->second.pop_front();
    }
    return answer;
  }
  Result<std::string> where() override { return address; }

  void say(std::string const& request, std::string const& body, long status = 200) {
    answers[request].push_back({status, body});
  }

  std::map<std::string, std::deque<Answer>> answers;
  std::vector<std::string> asked;
  std::vector<std::string> bodies;
  std::string address = "unix:///run/swarmward/docker.sock";
  bool unreachable = false;
};

}  // namespace swarmward::cli
