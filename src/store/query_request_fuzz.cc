// The URL and the headers of a request to the store: names and values that a client chose become
// the statements that prepare its session, and never more than that.
#include "base/check.h"
#include "net/http_text.h"
#include "store/query_request.h"
#include "store/statement.h"

namespace weir::store {
namespace {

constexpr const char* kHeaders[] = {
    "Authorization",    "Accept-Encoding",     "Content-Encoding",      "X-ClickHouse-User",
    "X-ClickHouse-Key", "X-ClickHouse-Format", "X-ClickHouse-Database", "X-ClickHouse-Query-Id"};

// The first line is the target, the others are values of the headers in order; "-": not there.
void run(std::string_view input) {
  net::HttpRequest request;
  request.method = "POST";
  size_t line = 0;
  while (line <= std::size(kHeaders)) {
    const size_t end = std::min(input.find('\n'), input.size());
    const std::string_view text = input.substr(0, end);
    if (line == 0) {
      net::parse_target(text, request.path, request.query);
    } else if (text != "-") {
      request.headers.set(kHeaders[line - 1], std::string(text));
    }
    if (end == input.size()) break;
    input.remove_prefix(end + 1);
    ++line;
  }
  const auto parsed = parse_query_request(request, "id");
  if (!parsed.has_value()) {
    WEIR_CHECK(http_status_of(parsed.error().code) < 500, "the mistake is the client's");
    return;
  }
  WEIR_CHECK(parsed->session_timeout_s >= 1, "a session has a time");
  for (const auto& statement : preparing_statements(*parsed)) {
    const auto split = split_script(statement, "request");
    WEIR_CHECK(split.has_value() && split->size() == 1 && split->front().text == statement,
               "a value stays inside its quotes");
  }
  (void)content_type_of(parsed->default_format);
}

}  // namespace
}  // namespace weir::store

std::vector<std::string> weir_fuzz_corpus() {
  return {
      "/?query=SELECT%201&database=d%60x&param_a=%27%5C&max_threads=2\nBasic dXNlcjpwYXNz\ngzip",
      "/?session_id=s&session_timeout=1e9&session_check=1&wait_end_of_query=true\n-\nbr;q=0.1, "
      "zstd\nlz4\nuser\nkey\nJSON\ndb\nid",
      "/a?default_format=CSVWithNames&user=u&password=p"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  weir::store::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
