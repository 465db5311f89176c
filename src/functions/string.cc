// Strings: case, parts, joins. Positions count code points from 1; ASCII text takes short cuts.
//
// Source of the edges: flink-sql.md G-20 to G-22, G-25.
#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstring>

#include "base/bytes.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "types/utf8.h"

namespace weir::functions {
namespace {

using types::code_point_offset;
using types::count_code_points;

// ---- case ----

template <bool upper>
void set_case(StringResult& out, uint32_t row, std::string_view text) {
  if (types::is_ascii(text)) [[likely]] {
    char* to = out.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      const char first = upper ? 'a' : 'A';
      const bool other = c >= first && c <= first + 25;
      to[i] = static_cast<char>(other ? c ^ 0x20 : c);
    }
    out.set_written(row, to, text.size());
    return;
  }
  auto wide = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  if (upper) {
    wide.toUpper(icu::Locale::getRoot());
  } else {
    wide.toLower(icu::Locale::getRoot());
  }
  std::string changed;
  wide.toUTF8String(changed);
  out.set_copy(row, changed);
}

template <bool upper>
Result<ColumnRef> change_case(const KernelCall& call) {
  const TextArg text(*call.arguments[0]);
  StringResult out(call);
  call.selection.for_each([&](uint32_t row) { set_case<upper>(out, row, text[row].view()); });
  return std::move(out).finish();
}

// ---- joins ----

// Appends a text; most are short, and a call of memcpy takes longer than to copy them.
inline char* append(char* to, std::string_view text) {
  const char* const from = text.data();
  const size_t size = text.size();
  if (size > 16) {
    std::memcpy(to, from, size);
  } else if (size >= 8) {  // two words that may overlap
    const auto first = load_le<uint64_t>(from);
    const auto last = load_le<uint64_t>(from + size - 8);
    std::memcpy(to, &first, 8);
    std::memcpy(to + size - 8, &last, 8);
  } else if (size >= 4) {
    const auto first = load_le<uint32_t>(from);
    const auto last = load_le<uint32_t>(from + size - 4);
    std::memcpy(to, &first, 4);
    std::memcpy(to + size - 4, &last, 4);
  } else {
    for (size_t i = 0; i < size; ++i) to[i] = from[i];
  }
  return to + size;
}

Result<ColumnRef> concat(const KernelCall& call) {
  std::vector<TextArg> texts;
  for (const auto& argument : call.arguments) texts.emplace_back(*argument);
  StringResult out(call);
  call.selection.for_each([&](uint32_t row) {
    size_t size = 0;
    for (const auto& text : texts) size += text[row].size();
    char* const begin = out.reserve(size);
    char* to = begin;
    for (const auto& text : texts) to = append(to, text[row].view());
    out.set_written(row, begin, size);
  });
  return std::move(out).finish();
}

// An argument of CONCAT_WS that is not NULL in every row.
struct Joined {
  TextArg text;
  const uint8_t* validity;  // null: it has a value in every row

  [[nodiscard]] bool has_value(uint32_t row) const {
    return validity == nullptr || types::bit_is_set(validity, row);
  }
};

Result<ColumnRef> concat_ws(const KernelCall& call) {
  const types::Column& separators = *call.arguments[0];
  const TextArg separator_text(separators);
  std::vector<Joined> joined;
  for (const auto& argument : call.arguments.subspan(1)) {
    if (argument->is_constant() && argument->is_null(0)) continue;
    joined.push_back(
        {TextArg(*argument), argument->is_constant() ? nullptr : argument->validity()});
  }
  StringResult out(call);
  call.selection.for_each([&](uint32_t row) {
    if (separators.is_null(row)) return out.set_null(row);
    const std::string_view separator = separator_text[row].view();
    size_t most = 0;
    for (const auto& one : joined) most += one.text[row].size() + separator.size();
    char* const begin = out.reserve(most);
    char* to = begin;
    bool first = true;
    for (const auto& one : joined) {
      if (!one.has_value(row)) continue;
      if (!first) to = append(to, separator);
      first = false;
      to = append(to, one.text[row].view());
    }
    out.set_written(row, begin, static_cast<size_t>(to - begin));
  });
  return std::move(out).finish();
}

Result<ColumnRef> replace(const KernelCall& call) {
  const TextArg text(*call.arguments[0]);
  const TextArg wanted(*call.arguments[1]);
  const TextArg with(*call.arguments[2]);
  StringResult out(call);
  out.keep_alive(*call.arguments[0]);
  std::string changed;
  call.selection.for_each([&](uint32_t row) {
    const std::string_view all = text[row].view();
    const std::string_view search = wanted[row].view();
    const std::string_view replacement = with[row].view();
    size_t found = search.empty() ? std::string_view::npos : all.find(search);
    if (found == std::string_view::npos) return out.set(row, text[row]);
    changed.clear();
    size_t done = 0;
    for (; found != std::string_view::npos; found = all.find(search, done)) {
      changed += all.substr(done, found - done);
      changed += replacement;
      done = found + search.size();
    }
    changed += all.substr(done);
    out.set_copy(row, changed);
  });
  return std::move(out).finish();
}

// ---- parts ----

// The code points [from, from + count) of `text`, both in range of int64.
std::string_view part(std::string_view text, int64_t from, int64_t count) {
  if (count <= 0) return {};
  if (types::is_ascii(text)) [[likely]] {
    const auto size = static_cast<int64_t>(text.size());
    if (from >= size) return {};
    return text.substr(static_cast<size_t>(from), static_cast<size_t>(count));
  }
  const size_t begin = code_point_offset(text, static_cast<size_t>(from));
  const std::string_view rest = text.substr(begin);
  return rest.substr(0, code_point_offset(rest, static_cast<size_t>(count)));
}

// 1-based; 0 counts as 1; negative from the end.
Result<ColumnRef> substring(const KernelCall& call) {
  const TextArg text(*call.arguments[0]);
  const Arg<int32_t> start(*call.arguments[1]);
  const bool has_length = call.arguments.size() == 3;
  const Arg<int32_t> length(*call.arguments[has_length ? 2 : 1]);
  StringResult out(call);
  out.keep_alive(*call.arguments[0]);
  call.selection.for_each([&](uint32_t row) {
    const std::string_view all = text[row].view();
    const int64_t count = has_length ? length[row] : INT32_MAX;
    if (count < 0) return out.set_null(row);
    int64_t from = start[row];
    if (from > 0) {
      --from;
    } else if (from < 0) {
      from += static_cast<int64_t>(count_code_points(all));
      if (from < 0) return out.set(row, StringRef());
    }
    out.set(row, part_of(part(all, from, count)));
  });
  return std::move(out).finish();
}

template <bool left>
Result<ColumnRef> side(const KernelCall& call) {
  const TextArg text(*call.arguments[0]);
  const Arg<int32_t> length(*call.arguments[1]);
  StringResult out(call);
  out.keep_alive(*call.arguments[0]);
  call.selection.for_each([&](uint32_t row) {
    const std::string_view all = text[row].view();
    const int64_t count = std::max(length[row], 0);
    int64_t from = 0;
    if (!left) {
      from = std::max<int64_t>(static_cast<int64_t>(count_code_points(all)) - count, 0);
    }
    out.set(row, part_of(part(all, from, count)));
  });
  return std::move(out).finish();
}

// 0-based; beyond the end NULL; an empty separator gives NULL.
Result<ColumnRef> split_index(const KernelCall& call) {
  const TextArg text(*call.arguments[0]);
  const TextArg separator(*call.arguments[1]);
  const Arg<int32_t> index(*call.arguments[2]);
  StringResult out(call);
  out.keep_alive(*call.arguments[0]);
  call.selection.for_each([&](uint32_t row) {
    const std::string_view all = text[row].view();
    const std::string_view mark = separator[row].view();
    int32_t left = index[row];
    if (left < 0 || mark.empty() || all.empty()) return out.set_null(row);
    size_t begin = 0;
    while (true) {
      const size_t end = all.find(mark, begin);
      if (left == 0) return out.set(row, part_of(all.substr(begin, end - begin)));
      if (end == std::string_view::npos) return out.set_null(row);
      begin = end + mark.size();
      --left;
    }
  });
  return std::move(out).finish();
}

// Characters as Java counts them: two for a code point beyond the 65,536th.
int64_t java_chars(char lead) { return types::code_point_bytes(lead) == 4 ? 2 : 1; }

int64_t count_java_chars(std::string_view text) {
  int64_t count = 0;
  for (size_t at = 0; at < text.size(); at += types::code_point_bytes(text[at])) {
    count += java_chars(text[at]);
  }
  return count;
}

// The first `most` of them; half of a code point is written '?', as Java does.
void append_java_chars(std::string_view text, int64_t most, std::string& out) {
  for (size_t at = 0; at < text.size() && most > 0;) {
    const size_t size = std::min(types::code_point_bytes(text[at]), text.size() - at);
    const int64_t chars = java_chars(text[at]);
    if (chars > most) {
      out += '?';
    } else {
      out += text.substr(at, size);
    }
    most -= chars;
    at += size;
  }
}

// LPAD, RPAD(text, length, filler); lengths are Java's, as Flink's are here.
template <bool left>
Result<ColumnRef> pad(const KernelCall& call) {
  const TextArg text(*call.arguments[0]);
  const Arg<int32_t> length(*call.arguments[1]);
  const TextArg filler(*call.arguments[2]);
  StringResult out(call);
  out.keep_alive(*call.arguments[0]);
  std::string made;
  call.selection.for_each([&](uint32_t row) {
    const std::string_view all = text[row].view();
    const std::string_view fill = filler[row].view();
    const int64_t have = count_java_chars(all);
    const int64_t want = length[row];
    if (want < 0 || fill.empty()) return out.set_null(row);
    constexpr int64_t kLongest = 16 << 20;
    if (want > kLongest) return call.context.errors->add(row, "a padded text of over 16 M");
    made.clear();
    if (!left || have >= want) append_java_chars(all, want, made);
    const int64_t width = count_java_chars(fill);
    int64_t missing = want - have;
    for (; missing >= width; missing -= width) made += fill;
    if (missing > 0) append_java_chars(fill, missing, made);
    if (left && have < want) made += all;
    out.set_copy(row, made);
  });
  return std::move(out).finish();
}

// TRIM, BTRIM, LTRIM, RTRIM(text[, characters]).
enum class Side : uint8_t { kBoth, kLeading, kTrailing };

std::string_view trim(std::string_view text, std::string_view set, Side side) {
  // Whole code points of the set; blanks are by far the commonest.
  const auto in_set = [&](std::string_view point) { return set.find(point) != set.npos; };
  if (side != Side::kTrailing) {
    while (!text.empty()) {
      const size_t size = std::min(types::code_point_bytes(text[0]), text.size());
      if (!in_set(text.substr(0, size))) break;
      text.remove_prefix(size);
    }
  }
  if (side != Side::kLeading) {
    while (!text.empty()) {
      size_t begin = text.size() - 1;
      while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) --begin;
      if (!in_set(text.substr(begin))) break;
      text = text.substr(0, begin);
    }
  }
  return text;
}

template <Side side>
Result<ColumnRef> trim_rows(const KernelCall& call) {
  const bool blanks = call.arguments.size() == 1;
  const TextArg text(*call.arguments[0]);
  const TextArg characters(*call.arguments[blanks ? 0 : 1]);
  StringResult out(call);
  out.keep_alive(*call.arguments[0]);
  call.selection.for_each([&](uint32_t row) {
    const std::string_view set = blanks ? std::string_view(" ") : characters[row].view();
    out.set(row, part_of(trim(text[row].view(), set, side)));
  });
  return std::move(out).finish();
}

Result<ColumnRef> char_length(const KernelCall& call) {
  const TextArg text(*call.arguments[0]);
  return map_rows<int32_t>(call, [&](uint32_t row) {
    return static_cast<int32_t>(count_code_points(text[row].view()));
  });
}

// POSITION(part, text), INSTR(text, part), LOCATE(part, text[, from]): 0 if absent.
template <size_t part_index>
Result<ColumnRef> position(const KernelCall& call) {
  const TextArg search(*call.arguments[part_index]);
  const TextArg text(*call.arguments[1 - part_index]);
  const bool has_start = call.arguments.size() == 3;
  return map_rows<int32_t>(call, [&](uint32_t row) -> int32_t {
    const std::string_view all = text[row].view();
    int64_t start = 1;
    if (has_start) start = call.arguments[2]->value<int32_t>(row);
    if (start < 1) return 0;
    const size_t from = code_point_offset(all, static_cast<size_t>(start - 1));
    const size_t found = all.find(search[row].view(), from);
    if (found == std::string_view::npos) return 0;
    return static_cast<int32_t>(count_code_points(all.substr(0, found))) + 1;
  });
}

template <bool start>
Result<ColumnRef> has_end(const KernelCall& call) {
  const TextArg text(*call.arguments[0]);
  const TextArg end(*call.arguments[1]);
  return map_rows<uint8_t>(call, [&](uint32_t row) -> uint8_t {
    const std::string_view all = text[row].view();
    const bool has = start ? all.starts_with(end[row].view()) : all.ends_with(end[row].view());
    return has ? 1 : 0;
  });
}

// ---- resolving ----

enum class Want : uint8_t { kText, kWhole };

// A call whose arguments are of the wanted kinds; `fewest` of them must be there.
Result<Resolution> match(std::string_view name, std::string_view signature,
                         std::span<const LogicalType> arguments, std::span<const Want> wants,
                         size_t fewest, LogicalType result, Kernel kernel) {
  if (arguments.size() < fewest || arguments.size() > wants.size()) {
    return no_such_call(name, signature, arguments);
  }
  std::vector<LogicalType> types;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const bool fits = wants[i] == Want::kText ? is_text(arguments[i]) : is_whole(arguments[i]);
    if (!fits) return no_such_call(name, signature, arguments);
    if (wants[i] == Want::kWhole) {
      types.push_back(LogicalType::integer());
    } else {
      types.push_back(arguments[i].is_character() ? arguments[i] : LogicalType::string());
    }
  }
  return resolved(arguments, std::move(types), std::move(result), kernel);
}

LogicalType text_result(std::span<const LogicalType> arguments) {
  return LogicalType::string().with_nullable(any_nullable(arguments));
}
LogicalType int_result(std::span<const LogicalType> arguments) {
  return LogicalType::integer().with_nullable(any_nullable(arguments));
}

template <bool upper>
Result<Resolution> resolve_case(std::span<const LogicalType> arguments) {
  static constexpr Want kWants[] = {Want::kText};
  return match(upper ? "UPPER" : "LOWER", "UPPER(text STRING)", arguments, kWants, 1,
               text_result(arguments), &change_case<upper>);
}

// Flink casts what is no string in CONCAT and CONCAT_WS only when asked to; so do we.
Result<Resolution> resolve_joined(std::string_view name, std::span<const LogicalType> arguments,
                                  size_t fewest, Kernel kernel, bool nullable) {
  if (arguments.size() < fewest || !std::ranges::all_of(arguments, is_text)) {
    return no_such_call(name, "(STRING, ...)", arguments);
  }
  std::vector<LogicalType> types;
  for (const auto& argument : arguments) {
    types.push_back(argument.is_character() ? argument : LogicalType::string());
  }
  return resolved(arguments, std::move(types), LogicalType::string().with_nullable(nullable),
                  kernel);
}

Result<Resolution> resolve_concat(std::span<const LogicalType> arguments) {
  return resolve_joined("CONCAT", arguments, 1, &concat, any_nullable(arguments));
}
Result<Resolution> resolve_concat_ws(std::span<const LogicalType> arguments) {
  return resolve_joined("CONCAT_WS", arguments, 1, &concat_ws,
                        !arguments.empty() && arguments[0].nullable());
}
Result<Resolution> resolve_replace(std::span<const LogicalType> arguments) {
  static constexpr Want kWants[] = {Want::kText, Want::kText, Want::kText};
  return match("REPLACE", "REPLACE(text, search, replacement)", arguments, kWants, 3,
               text_result(arguments), &replace);
}
Result<Resolution> resolve_substring(std::span<const LogicalType> arguments) {
  static constexpr Want kWants[] = {Want::kText, Want::kWhole, Want::kWhole};
  return match("SUBSTRING", "SUBSTRING(text FROM start [FOR length])", arguments, kWants, 2,
               LogicalType::string(), &substring);
}
template <bool left>
Result<Resolution> resolve_side(std::span<const LogicalType> arguments) {
  static constexpr Want kWants[] = {Want::kText, Want::kWhole};
  return match(left ? "LEFT" : "RIGHT", "LEFT(text, length INT)", arguments, kWants, 2,
               text_result(arguments), &side<left>);
}
Result<Resolution> resolve_split_index(std::span<const LogicalType> arguments) {
  static constexpr Want kWants[] = {Want::kText, Want::kText, Want::kWhole};
  return match("SPLIT_INDEX", "SPLIT_INDEX(text, separator, index INT)", arguments, kWants, 3,
               LogicalType::string(), &split_index);
}
template <bool left>
Result<Resolution> resolve_pad(std::span<const LogicalType> arguments) {
  static constexpr Want kWants[] = {Want::kText, Want::kWhole, Want::kText};
  return match(left ? "LPAD" : "RPAD", "LPAD(text, length INT, filler)", arguments, kWants, 3,
               LogicalType::string(), &pad<left>);
}
template <Side side>
Result<Resolution> resolve_trim(std::span<const LogicalType> arguments) {
  static constexpr Want kWants[] = {Want::kText, Want::kText};
  return match("TRIM", "TRIM([BOTH|LEADING|TRAILING] [characters FROM] text)", arguments, kWants, 1,
               text_result(arguments), &trim_rows<side>);
}
Result<Resolution> resolve_length(std::span<const LogicalType> arguments) {
  static constexpr Want kWants[] = {Want::kText};
  return match("CHAR_LENGTH", "CHAR_LENGTH(text)", arguments, kWants, 1, int_result(arguments),
               &char_length);
}
template <size_t part_index>
Result<Resolution> resolve_position(std::span<const LogicalType> arguments) {
  static constexpr Want kWants[] = {Want::kText, Want::kText, Want::kWhole};
  return match("POSITION", "POSITION(part IN text)", arguments, kWants, 2, int_result(arguments),
               &position<part_index>);
}
template <bool start>
Result<Resolution> resolve_end(std::span<const LogicalType> arguments) {
  static constexpr Want kWants[] = {Want::kText, Want::kText};
  return match(start ? "STARTSWITH" : "ENDSWITH", "STARTSWITH(text, start)", arguments, kWants, 2,
               LogicalType::boolean().with_nullable(any_nullable(arguments)), &has_end<start>);
}

}  // namespace

std::span<const Function> string_functions() {
  static const std::vector<Function> rows = family_of(
      "string",
      {
          function_row("UPPER", "UPPER(text STRING) -> STRING", "The text in upper case.",
                       {{"UPPER('straße')", "STRASSE"}, {"UPPER('ab')", "AB"}},
                       &resolve_case<true>),
          function_row("LOWER", "LOWER(text STRING) -> STRING", "The text in lower case.",
                       {{"LOWER('ÄB')", "äb"}}, &resolve_case<false>),
          function_row("||", "a || b -> STRING",
                       "Both texts, one behind the other; NULL if one is NULL.",
                       {{"'a' || 'b'", "ab"}}, &resolve_concat),
          function_row(
              "CONCAT", "CONCAT(text STRING, ...) -> STRING",
              "All texts, one behind the other; NULL if one is NULL.",
              {{"CONCAT('a', 'b', 'c')", "abc"}, {"CONCAT('a', CAST(NULL AS STRING))", "NULL"}},
              &resolve_concat),
          function_row("CONCAT_WS", "CONCAT_WS(separator STRING, text STRING, ...) -> STRING",
                       "The texts that are not NULL with the separator between them.",
                       {{"CONCAT_WS('-', 'a', CAST(NULL AS STRING), 'b')", "a-b"},
                        {"CONCAT_WS('-', '', 'b')", "-b"}},
                       &resolve_concat_ws, NullRule::kCustom),
          function_row("REPLACE",
                       "REPLACE(text STRING, search STRING, replacement STRING) -> STRING",
                       "The text with every occurrence of `search` replaced.",
                       {{"REPLACE('user_clicks', 'user_', '')", "clicks"},
                        {"REPLACE('aaa', 'a', 'bb')", "bbbbbb"}},
                       &resolve_replace),
          function_row("SUBSTRING",
                       "SUBSTRING(text STRING FROM start INT [FOR length INT]) -> STRING",
                       "A part of the text; positions count from 1, negative ones from the end.",
                       {{"SUBSTRING('abcdef' FROM 2 FOR 3)", "bcd"},
                        {"SUBSTRING('abc', -2)", "bc"},
                        {"SUBSTRING('abc', 0, 2)", "ab"},
                        {"SUBSTRING('abc', 9)", ""}},
                       &resolve_substring),
          function_row("SUBSTR", "SUBSTR(text STRING, start INT[, length INT]) -> STRING",
                       "The same as SUBSTRING.", {{"SUBSTR('abc', 2)", "bc"}}, &resolve_substring),
          function_row("LEFT", "LEFT(text STRING, length INT) -> STRING", "The first characters.",
                       {{"LEFT('abc', 2)", "ab"}}, &resolve_side<true>),
          function_row("RIGHT", "RIGHT(text STRING, length INT) -> STRING", "The last characters.",
                       {{"RIGHT('abc', 2)", "bc"}}, &resolve_side<false>),
          function_row(
              "SPLIT_INDEX", "SPLIT_INDEX(text STRING, separator STRING, index INT) -> STRING",
              "The part of that number, from 0, between separators; NULL beyond the last.",
              {{"SPLIT_INDEX('a,b,c', ',', 1)", "b"}, {"SPLIT_INDEX('a,b', ',', 5)", "NULL"}},
              &resolve_split_index),
          function_row("LPAD", "LPAD(text STRING, length INT, filler STRING) -> STRING",
                       "The text cut, or filled up in front, to a length.",
                       {{"LPAD('7', 3, '0')", "007"}, {"LPAD('abcd', 2, '0')", "ab"}},
                       &resolve_pad<true>),
          function_row("RPAD", "RPAD(text STRING, length INT, filler STRING) -> STRING",
                       "The text cut, or filled up behind, to a length.",
                       {{"RPAD('a', 3, 'xy')", "axy"}}, &resolve_pad<false>),
          function_row("TRIM",
                       "TRIM([BOTH | LEADING | TRAILING] [characters FROM] text STRING) -> STRING",
                       "The text without blanks, or the given characters, at its ends.",
                       {{"TRIM('  a ')", "a"}, {"TRIM(LEADING 'x' FROM 'xxax')", "ax"}},
                       &resolve_trim<Side::kBoth>),
          function_row("LTRIM", "LTRIM(text STRING) -> STRING", "The text without blanks in front.",
                       {{"LTRIM('  a')", "a"}}, &resolve_trim<Side::kLeading>),
          function_row("RTRIM", "RTRIM(text STRING) -> STRING", "The text without blanks behind.",
                       {{"RTRIM('a  ')", "a"}}, &resolve_trim<Side::kTrailing>),
          function_row("BTRIM", "BTRIM(text STRING[, characters STRING]) -> STRING",
                       "The text without blanks, or the given characters, at its ends.",
                       {{"BTRIM('xax', 'x')", "a"}}, &resolve_trim<Side::kBoth>),
          function_row("CHAR_LENGTH", "CHAR_LENGTH(text STRING) -> INT",
                       "How many characters the text has.", {{"CHAR_LENGTH('añb')", "3"}},
                       &resolve_length),
          function_row("CHARACTER_LENGTH", "CHARACTER_LENGTH(text STRING) -> INT",
                       "The same as CHAR_LENGTH.", {{"CHARACTER_LENGTH('ab')", "2"}},
                       &resolve_length),
          function_row("POSITION", "POSITION(part STRING IN text STRING) -> INT",
                       "Where the part begins, from 1; 0 if it is absent.",
                       {{"POSITION('c' IN 'abc')", "3"}, {"POSITION('x' IN 'abc')", "0"}},
                       &resolve_position<0>),
          function_row("LOCATE", "LOCATE(part STRING, text STRING[, from INT]) -> INT",
                       "Where the part begins, from 1; 0 if it is absent.",
                       {{"LOCATE('a', 'banana', 3)", "4"}}, &resolve_position<0>),
          function_row("INSTR", "INSTR(text STRING, part STRING) -> INT",
                       "Where the part begins, from 1; 0 if it is absent.",
                       {{"INSTR('abc', 'b')", "2"}}, &resolve_position<1>),
          function_row("STARTSWITH", "STARTSWITH(text STRING, start STRING) -> BOOLEAN",
                       "Whether the text begins so.", {{"STARTSWITH('abc', 'ab')", "TRUE"}},
                       &resolve_end<true>),
          function_row("ENDSWITH", "ENDSWITH(text STRING, end STRING) -> BOOLEAN",
                       "Whether the text ends so.", {{"ENDSWITH('abc', 'ab')", "FALSE"}},
                       &resolve_end<false>),
      });
  return rows;
}

}  // namespace weir::functions
