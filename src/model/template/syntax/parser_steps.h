#pragma once

#include <optional>
#include <string>

#include "model/template/syntax/lexer.h"
#include "model/template/syntax/parser.h"

namespace swarmward::model::templates {

/// The work of parse(): parser.cpp has the statements, pipeline_parser.cpp what stands in them.
/// The first error is kept; after it every token reads as the end of the template, so that all
/// loops come to rest.
class Parser {
 public:
  Parser(std::string_view text, KnowsFunction const& knows_function)
      : tokens_(tokenize(text)), knows_function_(knows_function) {}

  Result<std::vector<Statement>> run();

 private:
  /// Control structures and parentheses within each other. Real templates stay below five.
  static constexpr int kMaxDepth = 100;
  /// What ended a list of statements.
  enum class ListEnd { Template, End, Else };

  [[nodiscard]] bool failed() const { return error_.has_value(); }

  void fail(std::string const& message);
  void unexpected(Token const& token, std::string_view context);

  Token const& peek();
  /// The last token is given again and again.
  Token const& take();
  Token const& peek_word();
  Token const& take_word();
  bool is_keyword(std::string_view word);
  void expect_right(std::string_view context);

  class Deeper {
   public:
    explicit Deeper(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > kMaxDepth) {
        parser_.fail("nested too deeply");
      }
    }
    ~Deeper() { --parser_.depth_; }
    Deeper(Deeper const&) = delete;
    Deeper& operator=(Deeper const&) = delete;

   private:
    Parser& parser_;
  };

  ListEnd read_list(std::vector<Statement>& out);
  Statement read_action(Token const& left);
  Statement read_keyword(Token const& keyword);
  void read_control(Statement& out, std::string_view context);
  Pipeline read_pipeline(std::string_view context, TokenKind end);
  static bool starts_operand(TokenKind kind);

  /// `$a :=`, `$a =`, and for range `$a, $b :=`.
  void read_variables(Pipeline& pipeline, std::string_view context);
  void check(Pipeline const& pipeline, std::string_view context);
  Command read_command();
  std::optional<Operand> read_operand();
  std::optional<Operand> read_term();
  void read_constant(Token const& token, Operand& out);

  std::vector<Token> tokens_;
  KnowsFunction const& knows_function_;
  std::size_t next_ = 0;
  std::size_t line_ = 1;
  int depth_ = 0;
  int loops_ = 0;
  std::vector<std::string> variables_;
  std::optional<std::string> error_;
  Token end_;
};

}  // namespace swarmward::model::templates
