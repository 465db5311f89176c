#include "kafka/record_batch.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"
#include "kafka/record_builder.h"
#include "kafka/record_reader.h"

namespace weir::kafka {
namespace {

constexpr std::array kCompressions = {Compression::kNone, Compression::kGzip, Compression::kSnappy,
                                      Compression::kLz4, Compression::kZstd};

BufferRef three_records(BatchOptions options = {}) {
  RecordBatchBuilder builder(options);
  const std::vector<RecordHeader> headers = {{"trace", "1"}, {"none", {}}, {"empty", ""}};
  builder.add(1000, "k1", "value one", headers);
  builder.add(900, {}, "value two");
  builder.add(2000, "", {});
  return builder.finish().value();
}

std::shared_ptr<Buffer> changed(const BufferRef& batch, size_t at, int byte) {
  auto copy = Buffer::copy_of(batch->bytes());
  copy->mutable_data()[at] = static_cast<std::byte>(byte);
  return copy;
}

TEST(RecordBatchTest, RecordsSurviveEveryCompression) {
  for (const auto compression : kCompressions) {
    const auto batch = three_records({.compression = compression, .base_offset = 500});
    const auto header = RecordBatchHeader::read(batch->bytes());
    ASSERT_TRUE(header.has_value()) << header.error().to_string();
    EXPECT_EQ(header->size(), batch->size());
    EXPECT_EQ(header->last_offset(), 502);
    EXPECT_EQ(header->compression(), compression);
    EXPECT_EQ(header->base_timestamp_ms, 1000);
    EXPECT_EQ(header->max_timestamp_ms, 2000);
    EXPECT_TRUE(check_crc(batch->bytes()).has_value());

    RecordReader reader;
    RecordColumns records;
    for (int times = 0; times < 2; ++times) {  // contexts are used again
      ASSERT_TRUE(reader.append(*header, batch->bytes(), batch, records).has_value());
    }
    ASSERT_EQ(records.size(), 6U);
    EXPECT_EQ(records.offsets, (std::vector<int64_t>{500, 501, 502, 500, 501, 502}));
    EXPECT_EQ(records.timestamps_ms, (std::vector<int64_t>{1000, 900, 2000, 1000, 900, 2000}));
    EXPECT_EQ(records.keys[3], "k1");
    EXPECT_EQ(records.keys[4].data(), nullptr);
    EXPECT_NE(records.keys[5].data(), nullptr);
    EXPECT_EQ(records.values[3], "value one");
    EXPECT_EQ(records.values[5].data(), nullptr);
    EXPECT_TRUE(records.headers[4].empty());
    HeaderCursor cursor(records.headers[3]);
    EXPECT_EQ(cursor.next()->value, "1");
    EXPECT_EQ(cursor.next()->value.data(), nullptr);
    const auto last = cursor.next();
    EXPECT_EQ(last->key, "empty");
    EXPECT_NE(last->value.data(), nullptr);
    EXPECT_FALSE(cursor.next().has_value());
  }
}

TEST(RecordBatchTest, UncompressedRecordsAreViewsOfTheBatch) {
  const auto batch = three_records();
  RecordReader reader;
  RecordColumns records;
  ASSERT_TRUE(
      reader.append(*RecordBatchHeader::read(batch->bytes()), batch->bytes(), batch, records)
          .has_value());
  ASSERT_EQ(records.buffers.size(), 1U);
  EXPECT_EQ(records.buffers[0], batch);
  EXPECT_GT(records.values[0].data(), reinterpret_cast<const char*>(batch->data()));
}

TEST(RecordBatchTest, OffsetAndEpochLieOutsideTheChecksum) {
  auto batch = Buffer::copy_of(three_records()->bytes());
  const std::span<std::byte> bytes(batch->mutable_data(), batch->size());
  set_base_offset(bytes, 1'000'000);
  set_partition_leader_epoch(bytes, 3);
  EXPECT_TRUE(check_crc(bytes).has_value());
  EXPECT_EQ(RecordBatchHeader::read(bytes)->last_offset(), 1'000'002);
  EXPECT_EQ(RecordBatchHeader::read(bytes)->partition_leader_epoch, 3);
}

TEST(RecordBatchTest, LogAppendTimeIsTheTimeOfEveryRecord) {
  auto batch = Buffer::copy_of(three_records()->bytes());
  const std::span<std::byte> bytes(batch->mutable_data(), batch->size());
  set_log_append_time(bytes, 7777);
  ASSERT_TRUE(check_crc(bytes).has_value());
  RecordReader reader;
  RecordColumns records;
  ASSERT_TRUE(reader.append(*RecordBatchHeader::read(bytes), bytes, batch, records).has_value());
  EXPECT_EQ(records.timestamps_ms, (std::vector<int64_t>{7777, 7777, 7777}));
}

TEST(RecordBatchTest, GapsBetweenOffsetsAreKept) {
  RecordBatchBuilder builder(BatchOptions{.base_offset = 10});
  builder.add_at(12, 1, "a", "b");
  builder.add_at(20, 1, "c", "d");
  const auto batch = builder.finish().value();
  const auto header = RecordBatchHeader::read(batch->bytes());
  EXPECT_EQ(header->last_offset(), 20);
  RecordReader reader;
  RecordColumns records;
  ASSERT_TRUE(reader.append(*header, batch->bytes(), batch, records).has_value());
  EXPECT_EQ(records.offsets, (std::vector<int64_t>{12, 20}));
  // A log may hold it, a producer may not send it.
  EXPECT_EQ(to_api_error(validate_produced(batch->bytes()).error()), ApiError::kInvalidRecord);
}

TEST(RecordBatchTest, OldFormatsAreRefused) {
  for (const int magic : {0, 1}) {
    const auto batch = changed(three_records(), 16, magic);
    const auto header = RecordBatchHeader::read(batch->bytes());
    ASSERT_FALSE(header.has_value());
    EXPECT_EQ(to_api_error(header.error()), ApiError::kUnsupportedForMessageFormat);
  }
  const auto batch = changed(three_records(), 16, 3);
  EXPECT_EQ(to_api_error(RecordBatchHeader::read(batch->bytes()).error()),
            ApiError::kCorruptMessage);
}

TEST(RecordBatchTest, EveryChangedByteBehindTheChecksumIsFound) {
  const auto batch = three_records();
  for (size_t at = 17; at < batch->size(); ++at) {
    const auto bad = changed(batch, at, std::to_integer<int>(batch->data()[at]) ^ 0x10);
    EXPECT_FALSE(check_crc(bad->bytes()).has_value()) << at;
  }
}

TEST(RecordBatchTest, AProducerSendsWholeBatches) {
  const auto batch = three_records({.producer_id = 9, .producer_epoch = 0, .base_sequence = 5});
  const auto header = validate_produced(batch->bytes());
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->last_sequence(), 7);
  EXPECT_FALSE(validate_produced(batch->bytes().first(batch->size() - 1)).has_value());
  const auto control = three_records({.is_control = true});
  EXPECT_EQ(to_api_error(validate_produced(control->bytes()).error()), ApiError::kInvalidRecord);
  const auto no_epoch = three_records({.producer_id = 9});
  EXPECT_FALSE(validate_produced(no_epoch->bytes()).has_value());
}

TEST(RecordBatchTest, SequencesWrapToZero) {
  RecordBatchHeader header;
  header.base_sequence = INT32_MAX;
  header.last_offset_delta = 2;
  EXPECT_EQ(header.last_sequence(), 1);
}

TEST(RecordBatchTest, AMalformedBatchAddsNothing) {
  const auto batch = three_records();
  const auto header = *RecordBatchHeader::read(batch->bytes());
  RecordReader reader;
  RecordColumns records;
  ASSERT_TRUE(reader.append(header, batch->bytes(), batch, records).has_value());
  int refused = 0;
  for (size_t at = kBatchHeaderSize; at < batch->size(); ++at) {
    const auto bad = changed(batch, at, 0xFF);
    if (!reader.append(header, bad->bytes(), bad, records).has_value()) {
      ++refused;
      EXPECT_EQ(records.size() % 3, 0U);
    }
  }
  EXPECT_GT(refused, 10);
  EXPECT_EQ(records.keys.size(), records.size());
}

TEST(RecordBatchTest, LengthsOfABatchAreChecked) {
  ByteWriter out;
  out.be(int64_t{0});
  out.be(int32_t{-1});
  EXPECT_FALSE(batch_size(out.view()).has_value());
  EXPECT_EQ(batch_size(out.view().first(11)).value(), 0U);
}

TEST(CompressionTest, MalformedInputIsCorruptNotACrash) {
  Decompressor decompressor;
  for (const auto compression : kCompressions) {
    if (compression == Compression::kNone) continue;
    for (const std::string_view text : {"", "x", "not compressed at all, whatever it says"}) {
      const auto result = decompressor.decompress(compression, std::as_bytes(std::span(text)));
      ASSERT_FALSE(result.has_value()) << compression_name(compression);
      EXPECT_EQ(result.error().code(), ErrorCode::kCorrupt);
    }
  }
}

TEST(CompressionTest, BombsEndAtTheLimit) {
  const std::string zeros(8 << 20U, '\0');
  Decompressor decompressor;
  for (const auto compression : kCompressions) {
    const auto packed = compress(compression, std::as_bytes(std::span(zeros)));
    ASSERT_TRUE(packed.has_value());
    const auto refused = decompressor.decompress(compression, *packed, zeros.size() - 1);
    ASSERT_FALSE(refused.has_value()) << compression_name(compression);
    EXPECT_EQ(refused.error().code(), ErrorCode::kExhausted);
    const auto exact = decompressor.decompress(compression, *packed, zeros.size());
    ASSERT_TRUE(exact.has_value()) << compression_name(compression);
    EXPECT_EQ((*exact)->text(), zeros);
  }
}

TEST(CompressionTest, TruncatedInputIsCorrupt) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i);
  Decompressor decompressor;
  for (const auto compression : kCompressions) {
    if (compression == Compression::kNone) continue;
    auto packed = compress(compression, std::as_bytes(std::span(text))).value();
    packed.resize(packed.size() - 5);
    EXPECT_FALSE(decompressor.decompress(compression, packed).has_value())
        << compression_name(compression);
  }
}

TEST(CompressionTest, RawSnappyAndSeveralFramesAreRead) {
  // Raw snappy: length 5, then a literal of 5 bytes.
  const std::string raw = std::string("\x05\x10", 2) + "hello";
  Decompressor decompressor;
  EXPECT_EQ(
      decompressor.decompress(Compression::kSnappy, std::as_bytes(std::span(raw))).value()->text(),
      "hello");
  for (const auto compression : {Compression::kGzip, Compression::kLz4, Compression::kZstd}) {
    auto packed = compress(compression, std::as_bytes(std::span(std::string_view("one,")))).value();
    const auto more =
        compress(compression, std::as_bytes(std::span(std::string_view("two")))).value();
    packed.insert(packed.end(), more.begin(), more.end());
    EXPECT_EQ(decompressor.decompress(compression, packed).value()->text(), "one,two")
        << compression_name(compression);
  }
}

TEST(CompressionTest, NamesAreKafkas) {
  EXPECT_EQ(parse_compression("zstd").value(), Compression::kZstd);
  EXPECT_EQ(parse_compression("brotli").error().hint(), "one of none, gzip, snappy, lz4, zstd");
}

}  // namespace
}  // namespace weir::kafka
