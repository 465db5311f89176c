#include "store/chdb.h"

#include <dlfcn.h>

#include <charconv>

#include "base/env.h"
#include "base/process.h"

// The C API of libchdb 26.7 (chdb.h in chdb-io/chdb-core), declared as far as it is used.
extern "C" {
struct chdb_result;
struct chdb_connection_;
using chdb_connection = chdb_connection_*;
struct chdb_insert_stream_;
using chdb_insert_stream = chdb_insert_stream_*;
struct chdb_query_analysis_v1 {
  uint32_t struct_size;
  uint32_t statement_count;
  uint32_t flags;
  uint32_t query_class;
};
}

namespace weir::store {
namespace detail {

struct Library {
  void* handle = nullptr;
  const char* (*version)();
  void (*set_signal_handlers_enabled)(int);
  chdb_connection* (*connect)(int, char**);
  void (*close)(chdb_connection*);
  chdb_result* (*query)(chdb_connection, const char*, size_t, const char*, size_t);
  chdb_result* (*stream_query)(chdb_connection, const char*, size_t, const char*, size_t);
  chdb_result* (*stream_fetch)(chdb_connection, chdb_result*);
  void (*stream_cancel)(chdb_connection, chdb_result*);
  char* (*buffer)(chdb_result*);
  size_t (*length)(chdb_result*);
  const char* (*error)(chdb_result*);
  uint64_t (*rows_read)(chdb_result*);
  uint64_t (*bytes_read)(chdb_result*);
  uint64_t (*storage_rows_read)(chdb_result*);
  uint64_t (*storage_bytes_read)(chdb_result*);
  uint64_t (*rows_written)(chdb_result*);
  uint64_t (*bytes_written)(chdb_result*);
  void (*destroy_result)(chdb_result*);
  chdb_insert_stream (*insert)(chdb_connection, const char*, size_t, const char*, size_t);
  int (*append)(chdb_insert_stream, const void*, size_t);
  chdb_result* (*done)(chdb_insert_stream);
  void (*cancel_insert)(chdb_insert_stream);
  const char* (*insert_error)(chdb_insert_stream);
  void (*destroy_insert)(chdb_insert_stream);
  int (*classify)(chdb_connection, const char*, size_t, const char*, size_t,
                  chdb_query_analysis_v1*);
};

}  // namespace detail

namespace {

constexpr int kStdException = 1001;  // ClickHouse's code for an exception without one
constexpr int kBadArguments = 36;

chdb_connection connection_of(void* handle) { return *static_cast<chdb_connection*>(handle); }

chdb_insert_stream stream_of(void* handle) { return static_cast<chdb_insert_stream>(handle); }

// Owns a result; error() empty means success.
class ResultHandle {
 public:
  ResultHandle(const detail::Library& library, chdb_result* result)
      : library_(library), result_(result) {}
  ~ResultHandle() {
    if (result_ != nullptr) library_.destroy_result(result_);
  }
  ResultHandle(const ResultHandle&) = delete;
  ResultHandle& operator=(const ResultHandle&) = delete;

  [[nodiscard]] chdb_result* get() const { return result_; }
  [[nodiscard]] std::string error() const {
    if (result_ == nullptr) return "the engine gave no result";
    const char* text = library_.error(result_);
    return text == nullptr ? std::string() : std::string(text);
  }
  [[nodiscard]] std::string_view bytes() const {
    const size_t size = library_.length(result_);
    return size == 0 ? std::string_view() : std::string_view(library_.buffer(result_), size);
  }
  [[nodiscard]] QueryProgress progress() const {
    return {.read_rows = library_.storage_rows_read(result_),
            .read_bytes = library_.storage_bytes_read(result_),
            .written_rows = library_.rows_written(result_),
            .written_bytes = library_.bytes_written(result_),
            .result_rows = library_.rows_read(result_),
            .result_bytes = library_.length(result_)};
  }

 private:
  const detail::Library& library_;
  chdb_result* result_;
};

template <typename Function>
bool bind_symbol(void* handle, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(handle, name));
  return function != nullptr;
}

bool bind_all(detail::Library& lib) {
  void* h = lib.handle;
  return bind_symbol(h, "chdb_version", lib.version) &&
         bind_symbol(h, "chdb_set_signal_handlers_enabled", lib.set_signal_handlers_enabled) &&
         bind_symbol(h, "chdb_connect", lib.connect) &&
         bind_symbol(h, "chdb_close_conn", lib.close) &&
         bind_symbol(h, "chdb_query_n", lib.query) &&
         bind_symbol(h, "chdb_stream_query_n", lib.stream_query) &&
         bind_symbol(h, "chdb_stream_fetch_result", lib.stream_fetch) &&
         bind_symbol(h, "chdb_stream_cancel_query", lib.stream_cancel) &&
         bind_symbol(h, "chdb_result_buffer", lib.buffer) &&
         bind_symbol(h, "chdb_result_length", lib.length) &&
         bind_symbol(h, "chdb_result_error", lib.error) &&
         bind_symbol(h, "chdb_result_rows_read", lib.rows_read) &&
         bind_symbol(h, "chdb_result_bytes_read", lib.bytes_read) &&
         bind_symbol(h, "chdb_result_storage_rows_read", lib.storage_rows_read) &&
         bind_symbol(h, "chdb_result_storage_bytes_read", lib.storage_bytes_read) &&
         bind_symbol(h, "chdb_result_rows_written", lib.rows_written) &&
         bind_symbol(h, "chdb_result_bytes_written", lib.bytes_written) &&
         bind_symbol(h, "chdb_destroy_query_result", lib.destroy_result) &&
         bind_symbol(h, "chdb_stream_insert_n", lib.insert) &&
         bind_symbol(h, "chdb_stream_append", lib.append) &&
         bind_symbol(h, "chdb_stream_done", lib.done) &&
         bind_symbol(h, "chdb_stream_cancel_insert", lib.cancel_insert) &&
         bind_symbol(h, "chdb_stream_insert_error", lib.insert_error) &&
         bind_symbol(h, "chdb_destroy_insert_stream", lib.destroy_insert) &&
         bind_symbol(h, "chdb_classify_query_n", lib.classify);
}

Result<std::unique_ptr<detail::Library>> load(const std::string& path) {
  auto library = std::make_unique<detail::Library>();
  library->handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library->handle == nullptr) {
    const char* reason = ::dlerror();
    return not_found(fmt::format("cannot load the ClickHouse engine {}: {}", path,
                                 reason == nullptr ? "unknown reason" : reason))
        .hint("tools/setup fetches libchdb.so; then build again, which puts it into build/lib");
  }
  if (!bind_all(*library)) {
    return unsupported("this libchdb.so is of another version: " + path)
        .hint("tools/setup fetches the version that weir was built for");
  }
  return library;
}

}  // namespace

EngineError engine_error(std::string text) {
  EngineError error{.code = kStdException, .text = std::move(text)};
  constexpr std::string_view kPrefix = "Code: ";
  const size_t at = error.text.find(kPrefix);
  if (at != std::string::npos) {
    const char* digits = error.text.data() + at + kPrefix.size();
    std::from_chars(digits, error.text.data() + error.text.size(), error.code);
  } else {
    error.text =
        fmt::format("Code: {}. DB::Exception: {}. (STD_EXCEPTION)", kStdException, error.text);
  }
  return error;
}

void QueryProgress::add(const QueryProgress& other) {
  read_rows += other.read_rows;
  read_bytes += other.read_bytes;
  written_rows += other.written_rows;
  written_bytes += other.written_bytes;
  result_rows += other.result_rows;
  result_bytes += other.result_bytes;
}

Connection::~Connection() { library_.close(static_cast<chdb_connection*>(handle_)); }

std::expected<QueryProgress, EngineError> Connection::query(std::string_view sql,
                                                            std::string_view format,
                                                            const ResultSink& sink) {
  const ResultHandle result(library_, library_.query(connection_of(handle_), sql.data(), sql.size(),
                                                     format.data(), format.size()));
  if (auto text = result.error(); !text.empty()) {
    return std::unexpected(engine_error(std::move(text)));
  }
  if (const auto bytes = result.bytes(); !bytes.empty()) sink(bytes);
  return result.progress();
}

std::expected<QueryProgress, EngineError> Connection::query_in_blocks(std::string_view sql,
                                                                      std::string_view format,
                                                                      const ResultSink& sink) {
  const auto connection = connection_of(handle_);
  const ResultHandle stream(library_, library_.stream_query(connection, sql.data(), sql.size(),
                                                            format.data(), format.size()));
  if (auto text = stream.error(); !text.empty()) {
    auto error = engine_error(std::move(text));
    if (error.code == kBadArguments &&
        error.text.find("Streaming query is not supported") != std::string::npos) {
      error.code = kNotStreamable;
    }
    return std::unexpected(std::move(error));
  }
  QueryProgress progress;
  while (true) {
    const ResultHandle block(library_, library_.stream_fetch(connection, stream.get()));
    if (auto text = block.error(); !text.empty()) {
      return std::unexpected(engine_error(std::move(text)));
    }
    if (block.bytes().empty()) return progress;
    progress.add(block.progress());
    if (!sink(block.bytes())) {
      library_.stream_cancel(connection, stream.get());
      return progress;
    }
  }
}

std::expected<std::unique_ptr<InsertStream>, EngineError> Connection::insert(
    std::string_view sql, std::string_view format) {
  auto* handle =
      library_.insert(connection_of(handle_), sql.data(), sql.size(), format.data(), format.size());
  if (const char* text = library_.insert_error(handle); text != nullptr && *text != '\0') {
    auto error = engine_error(text);
    library_.destroy_insert(handle);
    return std::unexpected(std::move(error));
  }
  return std::unique_ptr<InsertStream>(new InsertStream(library_, handle));
}

StatementAnalysis Connection::analyze(std::string_view sql) {
  chdb_query_analysis_v1 found{};
  found.struct_size = sizeof(found);
  const int failed =
      library_.classify(connection_of(handle_), sql.data(), sql.size(), nullptr, 0, &found);
  if (failed != 0 || found.query_class > 3) return {};
  return {.statement_class = static_cast<StatementClass>(found.query_class),
          .statements = found.statement_count};
}

InsertStream::~InsertStream() { library_.destroy_insert(stream_of(handle_)); }

bool InsertStream::append(std::string_view bytes) {
  return library_.append(stream_of(handle_), bytes.data(), bytes.size()) == 0;
}

std::expected<QueryProgress, EngineError> InsertStream::finish() {
  const ResultHandle result(library_, library_.done(stream_of(handle_)));
  if (auto text = result.error(); !text.empty()) {
    return std::unexpected(engine_error(std::move(text)));
  }
  return result.progress();
}

Engine::Engine() = default;
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::open(const EngineOptions& options) {
  std::unique_ptr<Engine> engine(new Engine());
  engine->library_ = WEIR_TRY(load(options.library_path));
  // weir handles its own signals; the engine's handlers would print and re-raise them.
  engine->library_->set_signal_handlers_enabled(0);
  engine->arguments_ = options.arguments;
  engine->arguments_.insert(engine->arguments_.begin(), "weir");
  engine->keeper_ = WEIR_TRY(engine->connect());
  return engine;
}

Result<std::unique_ptr<Connection>> Engine::connect() const {
  std::vector<std::string> copies = arguments_;
  std::vector<char*> argv;
  for (auto& copy : copies) argv.push_back(copy.data());
  auto* handle = library_->connect(static_cast<int>(argv.size()), argv.data());
  if (handle == nullptr || *handle == nullptr) {
    return io_error("the ClickHouse engine does not start; its message stands above");
  }
  return std::unique_ptr<Connection>(new Connection(*library_, handle));
}

std::string Engine::version() const { return library_->version(); }

std::string default_library_path() {
  return join_path(join_path(parent_path(executable_path()), "lib"), "libchdb.so");
}

}  // namespace weir::store
