#include "checkpoint/manifest.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "checkpoint/manifest_sample.h"

namespace weir::checkpoint {
namespace {

TEST(Manifest, ComesBackAsItWas) {
  const Manifest sample = sample_manifest();
  const auto bytes = encode(sample);
  const auto back = decode(bytes);
  ASSERT_TRUE(back.has_value()) << back.error().to_string();
  EXPECT_EQ(encode(*back), bytes);
  EXPECT_EQ(back->epoch, sample.epoch);
  EXPECT_EQ(back->operators[0].pieces[1].name, "delta");
  EXPECT_EQ(back->sources[0].lanes[1].splits[0].position,
            sample.sources[0].lanes[1].splits[0].position);
  EXPECT_EQ(back->outputs[0].parts[0].files[0].place.checksum, 99U);
}

TEST(Manifest, EveryTruncationAndEveryFlippedByteIsFound) {
  const auto bytes = encode(sample_manifest());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode(std::span(bytes).first(size)).has_value()) << size;
  }
  for (size_t at = 0; at < bytes.size(); ++at) {
    auto damaged = bytes;
    damaged[at] ^= std::byte{1};
    EXPECT_FALSE(decode(damaged).has_value()) << at;
  }
}

// Whoever can write the checksum can write anything: a place outside of its file is refused.
TEST(Manifest, PlacesLieInsideTheirFiles) {
  Manifest manifest = sample_manifest();
  manifest.operators[0].pieces[0].place.offset = manifest.files[0].size;
  EXPECT_FALSE(decode(encode(manifest)).has_value());
  manifest = sample_manifest();
  manifest.operators[0].pieces[0].place.file = 17;
  EXPECT_FALSE(decode(encode(manifest)).has_value());
  manifest = sample_manifest();
  manifest.files[0].name = "../../etc/passwd";
  EXPECT_FALSE(decode(encode(manifest)).has_value());
}

// The layout is a promise (docs/formats/checkpoint.md): a change needs a new version.
TEST(Manifest, BytesOfVersionOne) {
  const auto bytes = encode(sample_manifest());
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(bytes.data()), 4), "WCKP");
  EXPECT_EQ(load_le<uint32_t>(bytes.data() + 4), 1U);
  EXPECT_EQ(bytes.size(), 734U);
  EXPECT_EQ(checksum(bytes), 17371735816834370349U);
}

}  // namespace
}  // namespace weir::checkpoint
