#include "model/template/run/executor.h"

#include "model/template/run/evaluator.h"
#include "model/template/run/format.h"

namespace swarmward::model::templates {

namespace {

/// What a list of statements asks of the loop around it.
enum class Flow { Next, Break, Continue };

class Executor {
 public:
  Executor(std::string_view text, Record const& root, std::span<TemplateFunction const> functions)
      : evaluator_(text, root, functions) {}

  Result<std::string> run(std::vector<Statement> const& statements, Value const& dot) {
    walk_all(statements, dot);
    if (auto const& error = evaluator_.error()) {
      return invalid_argument(*error);
    }
    return std::move(out_);
  }

 private:
  Flow walk_all(std::vector<Statement> const& statements, Value const& dot) {
    for (auto const& statement : statements) {
      auto const flow = walk(statement, dot);
      if (evaluator_.error()) {
        return Flow::Break;
      }
      if (flow != Flow::Next) {
        return flow;
      }
    }
    return Flow::Next;
  }

  Flow walk(Statement const& statement, Value const& dot) {
    switch (statement.kind) {
      case Statement::Kind::Text:
        append(statement.text);
        return Flow::Next;
      case Statement::Kind::Action: {
        auto const value = evaluator_.run(statement.pipeline, dot);
        if (statement.pipeline.variables.empty() && !evaluator_.error()) {
          append(print_result(value));
        }
        return Flow::Next;
      }
      case Statement::Kind::If:
      case Statement::Kind::With:
        return walk_if(statement, dot);
      case Statement::Kind::Range:
        return walk_range(statement, dot);
      case Statement::Kind::Break:
        return Flow::Break;
      case Statement::Kind::Continue:
        return Flow::Continue;
    }
    return Flow::Next;
  }

  Flow walk_if(Statement const& statement, Value const& dot) {
    auto const scope = evaluator_.open_scope();
    auto const value = evaluator_.run(statement.pipeline, dot);
    if (evaluator_.error()) {
      return Flow::Break;
    }
    bool const with = statement.kind == Statement::Kind::With;
    auto const flow = is_true(value) ? walk_all(statement.body, with ? value : dot)
                                     : walk_all(statement.otherwise, dot);
    evaluator_.close_scope(scope);
    return flow;
  }

  Flow walk_range(Statement const& statement, Value const& dot) {
    auto const scope = evaluator_.open_scope();
    auto const over = evaluator_.run(statement.pipeline, dot);
    if (evaluator_.error()) {
      return Flow::Break;
    }
    auto const* map = over.map();
    if (map == nullptr) {
      evaluator_.fail("range can't iterate over " + print_result(over));
      return Flow::Break;
    }
    auto const flow =
        map->empty() ? walk_all(statement.otherwise, dot) : walk_entries(statement, *map);
    evaluator_.close_scope(scope);
    return flow;
  }

  Flow walk_entries(Statement const& statement, StringMap const& map) {
    auto const& names = statement.pipeline.variables;
    for (auto const& [key, entry] : map) {
      auto const scope = evaluator_.open_scope();
      if (!names.empty()) {
        evaluator_.set(names.front(), {names.size() > 1 ? key : entry});
      }
      if (names.size() > 1) {
        evaluator_.set(names[1], {entry});
      }
      evaluator_.charge(entry.size());
      auto const flow = walk_all(statement.body, {entry});
      evaluator_.close_scope(scope);
      if (evaluator_.error() || flow == Flow::Break) {
        break;
      }
    }
    return Flow::Next;
  }

  void append(std::string const& text) {
    evaluator_.charge(text.size());
    out_ += text;
  }

  Evaluator evaluator_;
  std::string out_;
};

}  // namespace

Result<std::string> execute(std::vector<Statement> const& statements,
                            std::string_view text,
                            Record const& root,
                            std::span<TemplateFunction const> functions) {
  return Executor(text, root, functions).run(statements, {&root});
}

}  // namespace swarmward::model::templates
