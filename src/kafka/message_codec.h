// The frame around every generated message's write() and read(): version checks and the error.
//
// Included by the generated source alone. `version` outside a message's range is our bug when
// encoding (WEIR_CHECK) and the peer's when decoding (kUnsupported).
#pragma once

#include <fmt/format.h>

#include "base/check.h"
#include "kafka/wire.h"

namespace weir::kafka {

template <typename Message>
void encode_message(const Message& message, ByteWriter& out, int16_t version, RecordSlots* slots) {
  WEIR_CHECK(version >= Message::kMinVersion && version <= Message::kMaxVersion,
             "a message is encoded only in versions that we serve");
  WireWriter writer(out, version, version >= Message::kFlexibleFrom, slots);
  message.write(writer);
}

template <typename Message>
Status decode_message(Message& message, ByteReader& in, int16_t version) {
  if (version < Message::kMinVersion || version > Message::kMaxVersion) {
    return unsupported(fmt::format("{} version {}: served are {} to {}", Message::kName, version,
                                   Message::kMinVersion, Message::kMaxVersion));
  }
  WireReader reader(in, version, version >= Message::kFlexibleFrom);
  message.read(reader);
  if (!in.ok()) return corrupt(fmt::format("malformed {} version {}", Message::kName, version));
  return ok();
}

}  // namespace weir::kafka
