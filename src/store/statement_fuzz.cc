// Fuzzes the scanner, the splitter and the checks: whatever comes, tokens advance and stay inside.
#include "base/check.h"
#include "store/sql_scanner.h"
#include "store/statement.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir::store;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  SqlScanner scanner(text);
  size_t end = 0;
  for (SqlToken token = scanner.next(); token.kind != SqlTokenKind::kEnd; token = scanner.next()) {
    WEIR_CHECK(token.begin >= end && token.end > token.begin && token.end <= size, "order");
    end = token.end;
    static_cast<void>(token.name());
  }
  for (const bool complete : {false, true}) {
    const InsertHead head = parse_insert_head(text, complete);
    WEIR_CHECK(head.rows_at <= size, "rows begin inside");
  }
  static_cast<void>(format_clause(text));
  static_cast<void>(check_allowed(text));
  const auto statements = split_script(text, "fuzz.sql");
  if (statements.has_value()) {
    for (const auto& statement : *statements) {
      WEIR_CHECK(!statement.text.empty(), "no statement is empty");
    }
  }
  return 0;
}

std::vector<std::string> weir_fuzz_corpus() {
  return {"INSERT INTO t (a) VALUES (1,'a;b'); SELECT 1 FORMAT JSON",
          "INSERT INTO t FORMAT TSV\na\n\nSELECT $x$;$x$ -- c\n",
          "CREATE DICTIONARY d SOURCE(FILE(path 'x')) /* */ ;; # x",
          "‘a’ “b” `c\\`` \"d\"\"\" 'e'''"};
}
