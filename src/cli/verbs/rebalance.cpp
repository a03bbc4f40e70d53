#include <chrono>
#include <ostream>
#include <thread>

#include "base/percent_encode.h"
#include "cli/table.h"
#include "cli/verbs/format.h"
#include "cli/verbs/verbs.h"

namespace swarmward::cli {

namespace {

constexpr std::chrono::milliseconds kPoll{300};

/// How a move ended, or nothing while it goes on.
enum class Outcome { UnderWay, Done, Failed };

Outcome outcome_of(nlohmann::json const& task) {
  auto const state = text_at(task.value("Status", nlohmann::json::object()), "State");
  auto const wanted = text_at(task, "DesiredState");
  if (state == "running" && wanted == "running") {
    return Outcome::Done;
  }
  bool const given_up = wanted == "shutdown" || wanted == "remove";
  bool const ended = state == "failed" || state == "rejected" || state == "shutdown" ||
                     state == "orphaned" || state == "complete";
  return given_up || ended ? Outcome::Failed : Outcome::UnderWay;
}

std::string move_text(nlohmann::json const& move) {
  return text_at(move, "Task") + ": " + text_at(move, "From") + " -> " + text_at(move, "To");
}

/// Waits until the new task runs. Returns whether it came to that. Errors: those of asking.
Result<bool> await_move(Session& session, nlohmann::json const& move) {
  auto const path = "/tasks/" + percent_encode(text_at(move, "NewTaskID"));
  for (;;) {
    auto const answer = session.daemon.send("GET", path, {});
    if (!answer) {
      return answer.error();
    }
    if (answer->status == 404) {
      return false;
    }
    auto const task = ask(session.daemon, "GET", path);
    if (!task) {
      return task.error();
    }
    if (auto const outcome = outcome_of(*task); outcome != Outcome::UnderWay) {
      auto const status = task->value("Status", nlohmann::json::object());
      auto const err = text_at(status, "Err");
      session.out << move_text(move) << "  "
                  << (outcome == Outcome::Done ? "running" : text_at(status, "State"))
                  << (err.empty() ? "" : ": " + err) << std::endl;
      return outcome == Outcome::Done;
    }
    std::this_thread::sleep_for(kPoll);
  }
}

void print_notes(Session& session, nlohmann::json const& document) {
  for (auto const& note : list_at(document, "Notes")) {
    session.err << text_at(note, "Service") << ": " << text_at(note, "Reason") << "\n";
  }
}

void print_moves(Session& session, nlohmann::json const& document) {
  auto const& moves = list_at(document, "Moves");
  if (moves.empty()) {
    session.out << "Nothing to move\n";
    return;
  }
  Table table({"SERVICE", "TASK", "FROM", "TO"});
  for (auto const& move : moves) {
    table.add({text_at(move, "Service"),
               text_at(move, "Task"),
               text_at(move, "From"),
               text_at(move, "To")});
  }
  session.out << table.text();
}

std::string path_for(Values const& values, bool dry_run) {
  auto path = std::string("/ward/rebalance?dry-run=") + (dry_run ? "1" : "0");
  return values.arguments.empty() ? path
                                  : path + "&service=" + percent_encode(values.arguments.front());
}

/// The moves that have been made, out of those of one round.
nlohmann::json made_of(nlohmann::json const& document) {
  auto made = nlohmann::json::array();
  for (auto const& move : list_at(document, "Moves")) {
    if (!text_at(move, "NewTaskID").empty()) {
      made.push_back(move);
    }
  }
  return made;
}

/// Round after round, each of as many moves as the services' update settings allow, until nothing
/// is left to move.
Result<int> move_all(Session& session, Values const& values, nlohmann::json document) {
  std::size_t moved = 0;
  for (;;) {
    auto const made = made_of(document);
    if (made.empty()) {
      break;
    }
    for (auto const& move : made) {
      auto const done = await_move(session, move);
      if (!done) {
        return done.error();
      }
      if (!*done) {
        return internal_error("a move failed: no more are made. See docker ward explain " +
                              text_at(move, "Service"));
      }
      ++moved;
    }
    auto next = ask(session.daemon, "POST", path_for(values, false));
    if (!next) {
      return next.error();
    }
    document = std::move(*next);
  }
  session.out << (moved == 0
                      ? "Nothing to move\n"
                      : "Moved " + std::to_string(moved) + (moved == 1 ? " task\n" : " tasks\n"));
  return 0;
}

}  // namespace

Result<int> rebalance(Session& session, Values const& values) {
  auto const format = asked_format(values);
  if (!format) {
    return format.error();
  }
  bool const dry_run = values.on("dry-run");
  auto document = ask(session.daemon, "POST", path_for(values, dry_run));
  if (!document) {
    return document.error();
  }
  if (*format == Format::Json) {
    print_json(session, *document);
    return 0;
  }
  print_notes(session, *document);
  if (dry_run || values.on("detach")) {
    print_moves(session, *document);
    return 0;
  }
  return move_all(session, values, std::move(*document));
}

}  // namespace swarmward::cli
