// RecordMetadata: the metadata columns of Kafka records.
//
// topic, partition, offset, timestamp, timestamp-type, headers, leader-epoch; types as in Flink.
// Views: what it is given must outlive the calls to make(). One reader.
#pragma once

#include <optional>
#include <string>

#include "connectors/scan_format.h"
#include "kafka/record_reader.h"

namespace weir::connectors {

class RecordMetadata final : public MetadataColumns {
 public:
  // `leader_epoch`: null where the client is not told.
  RecordMetadata(std::string topic, int32_t partition, std::optional<int32_t> leader_epoch)
      : topic_(std::move(topic)), partition_(partition), leader_epoch_(leader_epoch) {}

  // The block being decoded: records [first, ...) of `records`; one flag a record, whether its
  // timestamp is the broker's.
  void set_block(const kafka::RecordColumns& records, const std::vector<uint8_t>& log_append,
                 size_t first) {
    records_ = &records;
    log_append_ = &log_append;
    first_ = first;
  }

  [[nodiscard]] types::ColumnRef make(const plan::ScanColumn& column,
                                      std::span<const uint16_t> records) override;

 private:
  [[nodiscard]] types::ColumnRef make_headers(const types::LogicalType& type,
                                              std::span<const uint16_t> records) const;

  std::string topic_;
  int32_t partition_;
  std::optional<int32_t> leader_epoch_;
  const kafka::RecordColumns* records_ = nullptr;
  const std::vector<uint8_t>* log_append_ = nullptr;
  size_t first_ = 0;
};

}  // namespace weir::connectors
