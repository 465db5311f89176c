#include "base/json_object.h"

#include <gtest/gtest.h>

#include <vector>

namespace weir {
namespace {

TEST(JsonObjectTest, WritesEachKindOfMemberInOrder) {
  JsonObject inner;
  inner.add("n", 7);
  const std::vector<JsonObject> list{inner, JsonObject()};
  JsonObject object;
  object.add("text", "a \"b\"\n").add("least", INT64_MIN).add("most", UINT64_MAX).add("yes", true);
  object.add_null("none").add("list", list).add("inner", inner);
  EXPECT_EQ(object.text(),
            "{\"text\":\"a \\\"b\\\"\\n\",\"least\":-9223372036854775808,"
            "\"most\":18446744073709551615,\"yes\":true,\"none\":null,\"list\":[{\"n\":7},{}],"
            "\"inner\":{\"n\":7}}");
}

TEST(JsonObjectTest, WhatIsNoUtf8IsReplaced) {
  JsonObject object;
  object.add("k\xFF", "a\xC3(");
  EXPECT_EQ(object.text(), "{\"k\xEF\xBF\xBD\":\"a\xEF\xBF\xBD(\"}");
}

}  // namespace
}  // namespace weir
