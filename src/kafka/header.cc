#include "kafka/header.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::kafka {
namespace {

bool is_flexible(int16_t key, int16_t version) {
  const ApiInfo* api = find_api(key);
  return api != nullptr && version >= api->flexible_from;
}

bool has_response_tags(ApiKey api, int16_t version) {
  return api != ApiKey::kApiVersions && is_flexible(static_cast<int16_t>(api), version);
}

}  // namespace

const ApiInfo* find_api(int16_t key) {
  const auto* found = std::ranges::lower_bound(kApis, key, {}, &ApiInfo::key);
  return found != std::end(kApis) && found->key == key ? found : nullptr;
}

Result<RequestHeader> RequestHeader::decode(ByteReader& in) {
  RequestHeader header;
  header.api_key = in.be<int16_t>();
  header.api_version = in.be<int16_t>();
  header.correlation_id = in.be<int32_t>();
  // The client id keeps its int16 length even in the flexible header.
  WireReader client(in, 1, false);
  client.get_nullable(header.client_id, true);
  WireReader(in, 2, is_flexible(header.api_key, header.api_version)).skip_tags();
  if (!in.ok()) return corrupt("malformed request header");
  return header;
}

void RequestHeader::encode(ByteWriter& out) const {
  out.be(api_key);
  out.be(api_version);
  out.be(correlation_id);
  WireWriter(out, 1, false, nullptr).put_nullable(client_id, true);
  WireWriter(out, 2, is_flexible(api_key, api_version), nullptr).no_tags();
}

Result<ResponseHeader> ResponseHeader::decode(ByteReader& in, ApiKey api, int16_t version) {
  ResponseHeader header;
  header.correlation_id = in.be<int32_t>();
  WireReader(in, 1, has_response_tags(api, version)).skip_tags();
  if (!in.ok()) return corrupt("malformed response header");
  return header;
}

void ResponseHeader::encode(ByteWriter& out, ApiKey api, int16_t version) const {
  out.be(correlation_id);
  WireWriter(out, 1, has_response_tags(api, version), nullptr).no_tags();
}

}  // namespace weir::kafka
