// Request and response headers, and the table of APIs by number.
//
// A request's header is version 1, or 2 (tagged fields after it) from the API's first flexible
// version on; a response's is 0 or 1 likewise, except that ApiVersions always answers with version
// 0, because its client does not know yet what we speak. Version 0 of the request header
// (ControlledShutdown only) is not served. Plain values; no I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "kafka/messages.h"

namespace weir::kafka {

// nullptr for an API that we do not know.
[[nodiscard]] const ApiInfo* find_api(int16_t key);

[[nodiscard]] inline bool is_served(const ApiInfo& api, int16_t version) {
  return version >= api.min_version && version <= api.max_version;
}

struct RequestHeader {
  int16_t api_key = 0;
  int16_t api_version = 0;
  int32_t correlation_id = 0;
  std::optional<std::string> client_id;

  // Leaves `in` at the body. An unknown API or version is no failure here (the server answers it):
  // an unknown version above the known ones is read as a flexible one. kCorrupt when bytes lack.
  static Result<RequestHeader> decode(ByteReader& in);
  void encode(ByteWriter& out) const;
};

struct ResponseHeader {
  int32_t correlation_id = 0;

  static Result<ResponseHeader> decode(ByteReader& in, ApiKey api, int16_t version);
  void encode(ByteWriter& out, ApiKey api, int16_t version) const;
};

}  // namespace weir::kafka
