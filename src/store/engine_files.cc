#include "store/engine_files.h"

#include <fmt/format.h>

namespace weir::store {
namespace {

// A fixed UUID: a data folder has one database `default`.
constexpr std::string_view kDefaultDatabase =
    "ATTACH DATABASE _ UUID '77656972-0000-4000-8000-64656661756c'\nENGINE = Atomic\n";

std::string xml_escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out.push_back(c); break;
    }
  }
  return out;
}

std::string config_xml(const std::string& folder, uint64_t memory_bytes) {
  std::string out = "<clickhouse>\n";
  out += fmt::format("  <users_config>{}</users_config>\n",
                     xml_escape(join_path(folder, "users.xml")));
  // No overlay; `default` comes from its metadata file.
  out += "  <default_database></default_database>\n  <database>default</database>\n";
  out += fmt::format("  <format_schema_path>{}</format_schema_path>\n",
                     xml_escape(join_path(folder, "format_schemas/")));
  // Without it, CREATE TABLE ... ENGINE = File would need no right at all.
  out +=
      "  <access_control_improvements><table_engines_require_grant>true"
      "</table_engines_require_grant></access_control_improvements>\n";
  // A consumer of a store that was killed must leave its group soon, else the next start waits.
  out +=
      "  <kafka><session_timeout_ms>6000</session_timeout_ms>"
      "<heartbeat_interval_ms>1000</heartbeat_interval_ms></kafka>\n";
  if (memory_bytes > 0) {
    out += fmt::format("  <max_server_memory_usage>{}</max_server_memory_usage>\n", memory_bytes);
  }
  return out + "</clickhouse>\n";
}

// The engine knows one user, whom every connection is; who may call at all is decided by the HTTP
// endpoint.
std::string users_xml(bool allow_file_access) {
  std::string grants = "<query>GRANT ALL ON *.*</query>";
  if (!allow_file_access) {
    grants += "<query>REVOKE FILE, URL, HDFS, SQLITE, ODBC, JDBC, HIVE ON *.*</query>";
    for (const auto* engine :
         {"File", "URL", "HDFS", "Executable", "ExecutablePool", "SQLite", "FileLog",
          "IcebergLocal", "DeltaLakeLocal", "PaimonLocal", "ODBC", "JDBC", "Hive"}) {
      grants += fmt::format("<query>REVOKE TABLE ENGINE ON {}</query>", engine);
    }
  }
  grants += "<query>REVOKE SYSTEM SHUTDOWN ON *.*</query>";
  return fmt::format(
      "<clickhouse><profiles><default></default></profiles><users><default><password></password>"
      "<networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>"
      "<grants>{}</grants></default></users><quotas><default></default></quotas></clickhouse>\n",
      grants);
}

}  // namespace

Result<std::vector<std::string>> prepare_engine_files(Env& env, const std::string& data_dir,
                                                      bool allow_file_access,
                                                      uint64_t memory_bytes) {
  const std::string path = join_path(data_dir, "clickhouse");
  const std::string config = join_path(data_dir, "config");
  const std::string metadata = join_path(path, "metadata");
  WEIR_TRY(env.make_dirs(config));
  WEIR_TRY(env.make_dirs(metadata));
  WEIR_TRY(
      write_file_atomic(env, join_path(config, "config.xml"), config_xml(config, memory_bytes)));
  WEIR_TRY(write_file_atomic(env, join_path(config, "users.xml"), users_xml(allow_file_access)));
  const std::string database = join_path(metadata, "default.sql");
  if (!env.exists(database)) WEIR_TRY(write_file_atomic(env, database, kDefaultDatabase));
  return std::vector<std::string>{"--path=" + path,
                                  "--config-file=" + join_path(config, "config.xml")};
}

}  // namespace weir::store
