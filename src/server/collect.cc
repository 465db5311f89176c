#include "server/collect.h"

namespace weir::server {
namespace {

class CollectWriter final : public exec::SinkWriter {
 public:
  CollectWriter(const CollectRows& rows, std::mutex& mutex) : rows_(rows), mutex_(mutex) {}
  Status write(types::BatchRef batch) override {
    const std::lock_guard lock(mutex_);
    return rows_(*batch);
  }

 private:
  const CollectRows& rows_;
  std::mutex& mutex_;
};

class CollectSink final : public exec::Sink {
 public:
  CollectSink(const CollectRows& rows, std::mutex& mutex) : rows_(rows), mutex_(mutex) {}
  [[nodiscard]] exec::DeliveryGuarantee guarantee() const override {
    return exec::DeliveryGuarantee::kNone;
  }
  Result<std::unique_ptr<exec::SinkWriter>> make_writer(
      const exec::SinkContext& /*context*/) override {
    return std::make_unique<CollectWriter>(rows_, mutex_);
  }

 private:
  const CollectRows& rows_;
  std::mutex& mutex_;
};

}  // namespace

Result<std::unique_ptr<exec::Sink>> CollectFactory::make_collect(const types::Schema& /*schema*/) {
  return std::make_unique<CollectSink>(rows_, mutex_);
}

}  // namespace weir::server
