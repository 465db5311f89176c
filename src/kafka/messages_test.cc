#include "kafka/messages.h"

#include <gtest/gtest.h>

#include <string>

#include "kafka/header.h"

namespace weir::kafka {
namespace {

std::string hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", std::to_integer<int>(byte));
  return text;
}

TEST(MessagesTest, EveryMessageSurvivesARoundTripInEveryVersion) {
  for_each_message([]<typename Message>(std::type_identity<Message>) {
    for (int16_t version = Message::kMinVersion; version <= Message::kMaxVersion; ++version) {
      const Message before;
      ByteWriter out;
      before.encode(out, version);
      ByteReader in(out.view());
      Message after;
      const Status status = after.decode(in, version);
      ASSERT_TRUE(status.has_value()) << status.error().to_string();
      EXPECT_EQ(in.remaining(), 0U) << Message::kName << " version " << version;
      ByteWriter again;
      after.encode(again, version);
      EXPECT_EQ(hex(out.view()), hex(again.view())) << Message::kName << " version " << version;
    }
  });
}

TEST(MessagesTest, EveryTruncationIsMalformed) {
  MetadataResponse response;
  auto& topic = response.topics.emplace_back();
  topic.name = "orders";
  topic.partitions.emplace_back().replica_nodes = {1, 2};
  response.brokers.emplace_back().host = "localhost";
  for (int16_t version = 0; version <= MetadataResponse::kMaxVersion; ++version) {
    ByteWriter out;
    response.encode(out, version);
    for (size_t size = 0; size < out.size(); ++size) {
      ByteReader in(out.view().first(size));
      MetadataResponse decoded;
      const Status status = decoded.decode(in, version);
      ASSERT_FALSE(status.has_value()) << "version " << version << ", " << size << " bytes";
      EXPECT_EQ(status.error().code(), ErrorCode::kCorrupt);
    }
  }
}

TEST(MessagesTest, AFalseArrayLengthIsRefusedBeforeMemoryIsTaken) {
  ByteWriter out;
  out.be(int32_t{0x7fffffff});  // topics
  ByteReader in(out.view());
  MetadataRequest request;
  EXPECT_FALSE(request.decode(in, 0).has_value());
  EXPECT_EQ(request.topics->capacity(), 0U);
}

TEST(MessagesTest, AVersionThatIsNotServedIsUnsupported) {
  ByteReader in(std::string_view(""));
  ProduceRequest request;
  const Status status = request.decode(in, 2);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(status.error().message(), "ProduceRequest version 2: served are 3 to 10");
}

TEST(MessagesTest, UnknownTagsAreSkipped) {
  HeartbeatRequest request;
  request.group_id = "g";
  ByteWriter out;
  request.encode(out, 4);
  auto bytes = std::move(out).take();
  ASSERT_EQ(bytes.back(), std::byte{0});  // no tagged fields
  bytes.back() = std::byte{1};
  for (const int byte : {9, 2, 0xAA, 0xBB}) bytes.push_back(static_cast<std::byte>(byte));
  ByteReader in(bytes);
  HeartbeatRequest decoded;
  ASSERT_TRUE(decoded.decode(in, 4).has_value());
  EXPECT_EQ(decoded, request);
  EXPECT_EQ(in.remaining(), 0U);
}

TEST(MessagesTest, ATaggedFieldOfAnotherSizeThanItSaysIsMalformed) {
  FetchRequest request;
  request.cluster_id = "abc";
  ByteWriter out;
  request.encode(out, 12);
  auto bytes = std::move(out).take();
  // ... 01 (count) 00 (tag) 04 (size) 04 'a' 'b' 'c'
  ASSERT_EQ(hex(std::span(bytes).last(7)), "01000404616263");
  bytes[bytes.size() - 5] = std::byte{3};
  ByteReader in(bytes);
  EXPECT_FALSE(request.decode(in, 12).has_value());
}

TEST(MessagesTest, RecordsAreViewedNotCopied) {
  const std::string batch = "not really a batch";
  ProduceRequest request;
  request.topic_data.emplace_back().partition_data.emplace_back().records =
      Records{std::as_bytes(std::span(batch))};
  ByteWriter whole;
  request.encode(whole, 9);
  ByteReader in(whole.view());
  ProduceRequest decoded;
  ASSERT_TRUE(decoded.decode(in, 9).has_value());
  const auto& records = decoded.topic_data[0].partition_data[0].records;
  ASSERT_TRUE(records.has_value());
  EXPECT_EQ(*records, *request.topic_data[0].partition_data[0].records);
  EXPECT_GE(records->bytes.data(), whole.view().data());
  EXPECT_LT(records->bytes.data(), whole.view().data() + whole.size());
}

TEST(MessagesTest, SlotsTakeThePlaceOfRecords) {
  const std::string batch = "not really a batch";
  FetchResponse response;
  auto& topic = response.responses.emplace_back();
  topic.topic = "orders";
  for (int i = 0; i < 2; ++i) {
    topic.partitions.emplace_back().records = Records{std::as_bytes(std::span(batch))};
  }
  ByteWriter whole;
  response.encode(whole, 12);
  ByteWriter parts;
  RecordSlots slots;
  response.encode(parts, 12, &slots);
  ASSERT_EQ(slots.size(), 2U);
  ByteWriter joined;
  size_t from = 0;
  for (const auto& slot : slots) {
    joined.bytes(parts.view().subspan(from, slot.position - from));
    joined.bytes(slot.bytes);
    from = slot.position;
  }
  joined.bytes(parts.view().subspan(from));
  EXPECT_EQ(hex(joined.view()), hex(whole.view()));
}

TEST(HeaderTest, FlexibleVersionsHaveTaggedHeaders) {
  for (const int16_t version : {int16_t{8}, int16_t{9}}) {
    const RequestHeader header{static_cast<int16_t>(ApiKey::kMetadata), version, 7, "me"};
    ByteWriter out;
    header.encode(out);
    EXPECT_EQ(out.size(), version < 9 ? 12U : 13U);
    ByteReader in(out.view());
    const auto decoded = RequestHeader::decode(in);
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(decoded->client_id, "me");
    EXPECT_EQ(decoded->correlation_id, 7);
    EXPECT_EQ(in.remaining(), 0U);
    ByteWriter answer;
    ResponseHeader{7}.encode(answer, ApiKey::kMetadata, version);
    EXPECT_EQ(answer.size(), version < 9 ? 4U : 5U);
  }
}

TEST(HeaderTest, ApiVersionsAnswersWithoutTagsInItsHeader) {
  ByteWriter out;
  ResponseHeader{7}.encode(out, ApiKey::kApiVersions, 3);
  EXPECT_EQ(out.size(), 4U);
}

TEST(HeaderTest, ProduceIsAdvertisedFromZeroForLibrdkafka) {
  const ApiInfo* api = find_api(0);
  ASSERT_NE(api, nullptr);
  EXPECT_EQ(api->advertised_min, 0);
  EXPECT_FALSE(is_served(*api, 2));
  EXPECT_EQ(find_api(99), nullptr);
}

TEST(ApiErrorTest, NamesAndRetries) {
  EXPECT_EQ(api_error_name(ApiError::kOffsetOutOfRange), "OFFSET_OUT_OF_RANGE");
  EXPECT_EQ(api_error_name(static_cast<ApiError>(9999)), "UNKNOWN");
  EXPECT_TRUE(is_retriable(ApiError::kNotLeaderOrFollower));
  EXPECT_FALSE(is_retriable(ApiError::kInvalidGroupId));
}

TEST(UuidTest, PrintsLikeKafka) {
  EXPECT_EQ(Uuid().to_string(), "AAAAAAAAAAAAAAAAAAAAAA");
  Random random(1);
  const Uuid uuid = Uuid::random(random);
  EXPECT_EQ(uuid.to_string().size(), 22U);
  EXPECT_NE(uuid, Uuid::random(random));
  EXPECT_EQ(Uuid(uuid.bytes()), uuid);
  EXPECT_EQ(Uuid::parse(uuid.to_string()), uuid);
  EXPECT_EQ(Uuid::parse("AAAAAAAAAAAAAAAAAAAAAB"), std::nullopt);  // bits that mean nothing
  EXPECT_EQ(Uuid::parse("AAAAAAAAAAAAAAAAAAAAA="), std::nullopt);
  EXPECT_EQ(Uuid::parse("short"), std::nullopt);
}

}  // namespace
}  // namespace weir::kafka
