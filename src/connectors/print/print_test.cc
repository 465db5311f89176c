#include "connectors/print/print.h"

#include "connectors/test_tables.h"
#include "types/builder.h"

namespace weir::connectors {
namespace {

using types::LogicalType;

class PrintTest : public testing::Test {
 protected:
  PrintTest() {
    Environment environment;
    environment.output = [this](std::string_view text) {
      ++writes_;
      out_ += text;
      return ok();
    };
    environment.error_output = [this](std::string_view text) {
      error_ += text;
      return ok();
    };
    factory_ = std::make_unique<Factory>(std::move(environment));
  }

  void print(std::vector<std::pair<std::string, std::string>> options, uint32_t lane,
             uint32_t lanes) {
    options.emplace_back("connector", "print");
    const plan::SinkNode node{
        make_table({{"id", LogicalType::integer()}, {"b", LogicalType::bytes()}}, options)};
    auto sink = factory_->make_sink(node, world_.settings, world_.context);
    ASSERT_TRUE(sink.has_value());
    auto writer = (*sink)->make_writer(world_.sink_context("run", lane, lanes));
    ASSERT_TRUE(writer.has_value());
    types::Values<int32_t> ids(2);
    ids[0] = 1;
    ids[1] = -2;
    types::Values<types::StringRef> bytes(2, types::Fill::kZero);
    bytes[0] = types::StringRef("a");
    types::ValidityBuilder validity(2);
    validity.set_null(1);
    types::Values<uint8_t> kinds(2);
    kinds[0] = static_cast<uint8_t>(types::RowKind::kInsert);
    kinds[1] = static_cast<uint8_t>(types::RowKind::kUpdateAfter);
    types::Batch::Parts parts;
    parts.rows = 2;
    parts.columns = {types::finish_column(LogicalType::integer(), 2, std::move(ids).take()),
                     types::finish_column(LogicalType::bytes(), 2, std::move(bytes).take(),
                                          std::move(validity).take())};
    parts.row_kinds = std::move(kinds).take();
    EXPECT_TRUE((*writer)->write(types::Batch::make(std::move(parts))).has_value());
  }

  TestWorld world_;
  std::unique_ptr<Factory> factory_;
  int writes_ = 0;
  std::string out_;
  std::string error_;
};

TEST_F(PrintTest, WritesFlinksLinesInOneWrite) {
  print({}, 0, 1);
  EXPECT_EQ(out_, "+I[1, [97]]\n+U[-2, null]\n");
  EXPECT_EQ(writes_, 1);
}

TEST_F(PrintTest, PutsIdentifierAndLaneInFront) {
  print({{"print-identifier", "mine"}}, 0, 1);
  EXPECT_EQ(out_, "mine> +I[1, [97]]\nmine> +U[-2, null]\n");
  out_.clear();
  print({{"print-identifier", "mine"}}, 1, 2);
  EXPECT_EQ(out_, "mine:2> +I[1, [97]]\nmine:2> +U[-2, null]\n");
  out_.clear();
  print({}, 0, 2);
  EXPECT_EQ(out_, "1> +I[1, [97]]\n1> +U[-2, null]\n");
}

TEST_F(PrintTest, GoesToStandardErrorWhenAsked) {
  print({{"standard-error", "true"}}, 0, 1);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(error_, "+I[1, [97]]\n+U[-2, null]\n");
}

}  // namespace
}  // namespace weir::connectors
