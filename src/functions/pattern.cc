// Patterns: LIKE by a matcher of our own, regular expressions by RE2 (linear time).
#include <re2/re2.h>

#include <optional>

#include "functions/families.h"
#include "functions/kernel.h"
#include "types/utf8.h"

namespace weir::functions {
namespace {

// '%' is any text, '_' any character; backtracks only to the last '%'.
class LikeMatcher {
 public:
  LikeMatcher(std::string_view pattern, char escape) : pattern_(pattern), escape_(escape) {}

  [[nodiscard]] bool matches(std::string_view text) const {
    size_t at = 0;
    size_t in_pattern = 0;
    size_t any_pattern = std::string_view::npos;
    size_t any_text = 0;
    while (at < text.size()) {
      size_t next = in_pattern;
      const Step step = read(next);
      if (step.kind == Step::kAny) {
        any_pattern = in_pattern = next;
        any_text = at;
        continue;
      }
      const size_t size = std::min(types::code_point_bytes(text[at]), text.size() - at);
      if (step.kind == Step::kOne) {
        at += size;
        in_pattern = next;
        continue;
      }
      if (step.kind == Step::kByte && step.byte == text[at]) {
        ++at;
        in_pattern = next;
        continue;
      }
      if (any_pattern == std::string_view::npos) return false;
      any_text += std::min(types::code_point_bytes(text[any_text]), text.size() - any_text);
      at = any_text;
      in_pattern = any_pattern;
    }
    while (in_pattern < pattern_.size()) {
      if (read(in_pattern).kind != Step::kAny) return false;
    }
    return true;
  }

 private:
  struct Step {
    enum Kind : uint8_t { kEnd, kByte, kOne, kAny } kind;
    char byte = 0;
  };
  Step read(size_t& at) const {
    if (at == pattern_.size()) return {Step::kEnd};
    const char c = pattern_[at++];
    if (c == escape_ && escape_ != '\0' && at < pattern_.size()) {
      return {Step::kByte, pattern_[at++]};
    }
    if (c == '%') return {Step::kAny};
    if (c == '_') return {Step::kOne};
    return {Step::kByte, c};
  }

  std::string_view pattern_;
  char escape_;
};

// A pattern that is a text with '%' at most at its ends: no matcher is needed.
struct PlainPattern {
  std::string_view text;
  bool any_before;
  bool any_behind;
};

std::optional<PlainPattern> plain_pattern(std::string_view pattern) {
  PlainPattern plain{pattern, pattern.starts_with('%'), false};
  if (plain.any_before) plain.text.remove_prefix(1);
  plain.any_behind = plain.text.ends_with('%');
  if (plain.any_behind) plain.text.remove_suffix(1);
  if (plain.text.find_first_of("%_") != std::string_view::npos) return std::nullopt;
  return plain;
}

ColumnRef like_plain(const KernelCall& call, const PlainPattern& pattern) {
  const TextArg text(*call.arguments[0]);
  const std::string_view part = pattern.text;
  const auto where = [&](auto&& fits) {
    return map_rows<uint8_t>(
        call, [&](uint32_t row) -> uint8_t { return fits(text[row].view()) ? 1 : 0; });
  };
  if (pattern.any_before && pattern.any_behind) {
    return where([&](std::string_view all) { return all.contains(part); });
  }
  if (pattern.any_before) return where([&](std::string_view all) { return all.ends_with(part); });
  if (pattern.any_behind) return where([&](std::string_view all) { return all.starts_with(part); });
  return where([&](std::string_view all) { return all == part; });
}

Result<ColumnRef> like(const KernelCall& call) {
  if (call.arguments.size() == 2 && call.arguments[1]->is_constant()) {
    if (const auto plain = plain_pattern(call.arguments[1]->text(0))) {
      return like_plain(call, *plain);
    }
  }
  const TextArg text(*call.arguments[0]);
  const TextArg pattern(*call.arguments[1]);
  const bool has_escape = call.arguments.size() == 3;
  return map_rows<uint8_t>(call, [&](uint32_t row) -> uint8_t {
    char escape = '\0';
    if (has_escape) {
      const std::string_view mark = call.arguments[2]->text(row);
      if (mark.size() != 1) {
        call.context.errors->add(row, "the escape of LIKE must be one character");
        return 0;
      }
      escape = mark[0];
    }
    return LikeMatcher(pattern[row].view(), escape).matches(text[row].view()) ? 1 : 0;
  });
}

std::shared_ptr<const RE2> compile(std::string_view pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  auto regex =
      std::make_shared<const RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  return regex;
}

Result<KernelState> prepare_regex(std::span<const types::Value* const> literals) {
  if (literals.size() < 2 || literals[1] == nullptr || types::is_null(*literals[1])) {
    return KernelState{};
  }
  auto regex = compile(std::get<std::string>(*literals[1]));
  // What Java refuses as well gives NULL or FALSE, as in Flink; what only Java has is told.
  if (regex->error_code() == RE2::ErrorBadPerlOp || regex->error_code() == RE2::ErrorBadEscape) {
    return invalid(fmt::format("not a regular expression: {}", regex->error()))
        .hint("look-around and back references are not offered");
  }
  return KernelState(std::move(regex));
}

class Regexes {
 public:
  explicit Regexes(const KernelCall& call)
      : fixed_(static_cast<const RE2*>(call.state)), patterns_(*call.arguments[1]) {}
  // Null: the row's pattern is none.
  const RE2* at(uint32_t row) {
    if (fixed_ != nullptr) return fixed_->ok() ? fixed_ : nullptr;
    if (!last_ || last_->pattern() != patterns_[row].view()) last_ = compile(patterns_[row].view());
    return last_->ok() ? last_.get() : nullptr;
  }

 private:
  const RE2* fixed_;
  TextArg patterns_;
  std::shared_ptr<const RE2> last_;
};

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

Result<ColumnRef> regexp(const KernelCall& call) {
  const TextArg text(*call.arguments[0]);
  Regexes regexes(call);
  NullableResult<uint8_t> out(call);
  call.selection.for_each([&](uint32_t row) {
    const RE2* regex = regexes.at(row);
    if (regex == nullptr) return out.set(row, 0);
    out.set(row, RE2::PartialMatch(piece(text[row].view()), *regex) ? 1 : 0);
  });
  return std::move(out).finish();
}

// The replacement as RE2 writes plain text: Flink knows no groups in it.
std::string rewrite_of(std::string_view replacement) {
  std::string out;
  for (const char c : replacement) {
    if (c == '\\') out += '\\';
    out += c;
  }
  return out;
}

Result<ColumnRef> regexp_replace(const KernelCall& call) {
  const TextArg text(*call.arguments[0]);
  const TextArg replacement(*call.arguments[2]);
  Regexes regexes(call);
  StringResult out(call);
  call.selection.for_each([&](uint32_t row) {
    const RE2* regex = regexes.at(row);
    if (regex == nullptr) return out.set_null(row);
    std::string made(text[row].view());
    RE2::GlobalReplace(&made, *regex, rewrite_of(replacement[row].view()));
    out.set_copy(row, made);
  });
  return std::move(out).finish();
}

// REGEXP_EXTRACT(text, pattern[, group]): NULL without a match.
Result<ColumnRef> regexp_extract(const KernelCall& call) {
  const TextArg text(*call.arguments[0]);
  const bool has_group = call.arguments.size() == 3;
  Regexes regexes(call);
  StringResult out(call);
  out.keep_alive(*call.arguments[0]);
  std::vector<re2::StringPiece> groups;
  call.selection.for_each([&](uint32_t row) {
    const RE2* regex = regexes.at(row);
    const int group = has_group ? call.arguments[2]->value<int32_t>(row) : 0;
    if (regex == nullptr || group < 0 || group > regex->NumberOfCapturingGroups()) {
      return out.set_null(row);
    }
    groups.resize(static_cast<size_t>(group) + 1);
    const auto all = piece(text[row].view());
    if (!regex->Match(all, 0, all.size(), RE2::UNANCHORED, groups.data(), group + 1) ||
        groups.back().data() == nullptr) {
      return out.set_null(row);
    }
    out.set(row, part_of({groups.back().data(), groups.back().size()}));
  });
  return std::move(out).finish();
}

// Texts first, then perhaps one whole number.
Result<Resolution> match(std::string_view signature, std::span<const LogicalType> arguments,
                         size_t texts, bool number, size_t fewest, LogicalType result,
                         Kernel kernel, Prepare prepare) {
  const size_t most = texts + (number ? 1 : 0);
  if (arguments.size() < fewest || arguments.size() > most) {
    return no_such_call("this function", signature, arguments);
  }
  std::vector<LogicalType> types;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const bool fits = i < texts ? is_text(arguments[i]) : is_whole(arguments[i]);
    if (!fits) return no_such_call("this function", signature, arguments);
    types.push_back(i < texts ? LogicalType::string() : LogicalType::integer());
    if (arguments[i].is_character()) types.back() = arguments[i];
  }
  return resolved(arguments, std::move(types), std::move(result), kernel, prepare);
}

LogicalType truth(std::span<const LogicalType> arguments) {
  return LogicalType::boolean().with_nullable(any_nullable(arguments));
}

Result<Resolution> resolve_like(std::span<const LogicalType> arguments) {
  return match("text LIKE pattern [ESCAPE character]", arguments, 3, false, 2, truth(arguments),
               &like, nullptr);
}
Result<Resolution> resolve_regexp(std::span<const LogicalType> arguments) {
  return match("REGEXP(text, pattern)", arguments, 2, false, 2, truth(arguments), &regexp,
               &prepare_regex);
}
Result<Resolution> resolve_regexp_replace(std::span<const LogicalType> arguments) {
  return match("REGEXP_REPLACE(text, pattern, replacement)", arguments, 3, false, 3,
               LogicalType::string(), &regexp_replace, &prepare_regex);
}
Result<Resolution> resolve_regexp_extract(std::span<const LogicalType> arguments) {
  return match("REGEXP_EXTRACT(text, pattern[, group INT])", arguments, 2, true, 2,
               LogicalType::string(), &regexp_extract, &prepare_regex);
}

}  // namespace

std::span<const Function> pattern_functions() {
  static const std::vector<Function> rows = family_of(
      "string",
      {
          function_row("LIKE", "text LIKE pattern [ESCAPE character] -> BOOLEAN",
                       "Whether the text has the form: % is any text, _ any character.",
                       {{"'apple' LIKE 'a%e'", "TRUE"},
                        {"'apple' LIKE '_pple_'", "FALSE"},
                        {"'50%' LIKE '50!%' ESCAPE '!'", "TRUE"}},
                       &resolve_like),
          function_row("REGEXP", "REGEXP(text STRING, pattern STRING) -> BOOLEAN",
                       "Whether a part of the text matches the regular expression.",
                       {{"REGEXP('abc123', '[0-9]+')", "TRUE"}}, &resolve_regexp),
          function_row("REGEXP_REPLACE",
                       "REGEXP_REPLACE(text STRING, pattern STRING, replacement STRING) -> STRING",
                       "The text with every match replaced.",
                       {{"REGEXP_REPLACE('foobar', 'oo|ar', '')", "fb"}}, &resolve_regexp_replace),
          function_row("REGEXP_EXTRACT",
                       "REGEXP_EXTRACT(text STRING, pattern STRING[, group INT]) -> STRING",
                       "The first match, or one group of it; NULL without a match.",
                       {{"REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)', 2)", "bar"},
                        {"REGEXP_EXTRACT('x', 'y')", "NULL"}},
                       &resolve_regexp_extract),
      });
  return rows;
}

}  // namespace weir::functions
