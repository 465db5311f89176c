#include "broker/broker.h"

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "base/thread.h"
#include "broker/catalog.h"
#include "broker/groups/coordinator.h"
#include "broker/server/connection.h"
#include "net/acceptor.h"

namespace weir::broker {
namespace {

constexpr auto kGroupInterval = std::chrono::milliseconds(100);
constexpr int64_t kRetentionIntervalNs = 60'000'000'000;
// Every handler that waits is woken at a stop; this is for one that a disk holds up.
constexpr int64_t kHandlersEndNs = 2'000'000'000;
constexpr int64_t kPollNs = 1'000'000;

}  // namespace

struct Broker::Impl {
  Impl(const Context& outer, BrokerOptions chosen) : context(outer), options(std::move(chosen)) {}

  const Context context;
  const BrokerOptions options;
  std::unique_ptr<Catalog> catalog;
  std::unique_ptr<GroupCoordinator> groups;
  std::unique_ptr<net::Acceptor> acceptor;
  ConnectionShared connections;
  std::mutex mutex;
  std::condition_variable wake;
  bool stopping = false;
  Thread maintenance;

  // Sessions of groups, ten times a second; retention, once a minute.
  void maintain() {
    int64_t next_retention_ns = context.clock.monotonic_ns() + kRetentionIntervalNs;
    std::unique_lock lock(mutex);
    while (!wake.wait_for(lock, kGroupInterval, [this] { return stopping; })) {
      lock.unlock();
      groups->advance();
      if (context.clock.monotonic_ns() >= next_retention_ns) {
        catalog->apply_retention();
        next_retention_ns = context.clock.monotonic_ns() + kRetentionIntervalNs;
      }
      lock.lock();
    }
  }

  void stop() {
    {
      const std::lock_guard lock(mutex);
      if (stopping) return;
      stopping = true;
    }
    wake.notify_all();
    maintenance.join();
    connections.stopping = true;
    if (acceptor != nullptr) acceptor->close();
    // What waits in a group is answered now; what waits for records is woken and sees the flag.
    if (groups != nullptr) groups->stop();
    if (catalog != nullptr) catalog->wake_readers();
    const int64_t end_ns = context.clock.monotonic_ns() + kHandlersEndNs;
    while (connections.handlers.load() > 0 && context.clock.monotonic_ns() < end_ns) {
      context.clock.sleep_ns(kPollNs);
    }
    if (catalog != nullptr) catalog->close();
  }
};

Result<std::unique_ptr<Broker>> Broker::open(const Context& context, BrokerOptions options) {
  auto impl = std::make_unique<Impl>(context, std::move(options));
  impl->catalog = WEIR_TRY(Catalog::open(impl->context, impl->options));
  GroupOptions groups;
  groups.dir = join_path(impl->options.data_dir, "groups");
  groups.fsync = impl->options.durability == Durability::kFsync;
  groups.background = impl->options.sync_threads > 0;
  groups.random_seed = impl->options.random_seed;
  impl->groups = WEIR_TRY(GroupCoordinator::open(impl->context, std::move(groups)));
  return std::unique_ptr<Broker>(new Broker(std::move(impl)));
}

Broker::Broker(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Broker::~Broker() { stop(); }

Status Broker::start(net::IoRuntime& runtime) {
  net::ListenOptions listen;
  listen.part = "broker";
  listen.host = impl_->options.host;
  listen.port = impl_->options.port;
  listen.port_flag = impl_->options.port_flag;
  listen.max_connections = impl_->options.max_connections;
  impl_->acceptor =
      WEIR_TRY(net::Acceptor::listen(runtime, std::move(listen), [this](net::Socket& socket) {
        return serve_connection(*this, impl_->connections, socket);
      }));
  impl_->acceptor->start();
  impl_->maintenance = Thread("broker", [this] { impl_->maintain(); });
  impl_->context.log.info("broker", "listening", {{"address", address()}});
  return ok();
}

uint16_t Broker::port() const {
  return impl_->acceptor == nullptr ? uint16_t{0} : impl_->acceptor->port();
}

std::string Broker::address() const {
  if (impl_->acceptor == nullptr) return {};
  const auto& options = impl_->options;
  return fmt::format(
      "{}:{}", options.advertised_host.empty() ? options.host : options.advertised_host, port());
}

void Broker::stop() { impl_->stop(); }

bool Broker::is_stopping() const { return impl_->connections.stopping.load(); }

Result<TopicRef> Broker::create_topic(const std::string& name, int32_t partitions,
                                      const TopicConfig& config) {
  return impl_->catalog->create(name, partitions, config);
}

Status Broker::check_create_topic(const std::string& name, int32_t partitions) const {
  return impl_->catalog->check_create(name, partitions);
}

Result<TopicRef> Broker::get_or_create_topic(const std::string& name) {
  if (auto found = find_topic(name); found != nullptr) return found;
  auto made = create_topic(name, impl_->options.default_partitions, impl_->options.topic_defaults);
  // Somebody else was faster.
  if (!made.has_value() && made.error().code() == ErrorCode::kExists) {
    if (auto found = find_topic(name); found != nullptr) return found;
  }
  return made;
}

Result<TopicRef> Broker::create_partitions(const std::string& name, int32_t total) {
  return impl_->catalog->grow(name, total);
}

Status Broker::delete_topic(const std::string& name) {
  WEIR_TRY(impl_->catalog->remove(name));
  impl_->groups->forget_topic(name);
  return ok();
}

TopicRef Broker::find_topic(std::string_view name) const { return impl_->catalog->find(name); }

TopicRef Broker::find_topic(const kafka::Uuid& id) const { return impl_->catalog->find(id); }

std::vector<TopicRef> Broker::topics() const { return impl_->catalog->all(); }

uint64_t Broker::topics_version() const { return impl_->catalog->version(); }

std::shared_ptr<Partition> Broker::find_partition(std::string_view topic, int32_t partition) const {
  const TopicRef found = find_topic(topic);
  if (found == nullptr || partition < 0 ||
      static_cast<size_t>(partition) >= found->partitions.size()) {
    return nullptr;
  }
  return found->partitions[static_cast<size_t>(partition)];
}

Result<int64_t> Broker::new_producer_id() { return impl_->catalog->new_producer_id(); }

GroupCoordinator& Broker::groups() const { return *impl_->groups; }

void Broker::sync_now() { impl_->catalog->sync_group().run_now(); }

size_t Broker::apply_retention() { return impl_->catalog->apply_retention(); }

const BrokerOptions& Broker::options() const { return impl_->options; }

const Context& Broker::context() const { return impl_->context; }

const std::string& Broker::cluster_id() const { return impl_->catalog->cluster_id(); }

}  // namespace weir::broker
