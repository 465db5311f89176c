#include "broker/catalog.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/env.h"

namespace weir::broker {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;
constexpr std::string_view kBrokerKind = "weir-broker";
constexpr std::string_view kProducerIdsKind = "weir-producer-ids";
constexpr std::string_view kTopicKind = "weir-topic";
constexpr int64_t kProducerIdBlock = 1000;

Result<json> load_json(Env& env, const std::string& path, std::string_view kind) {
  const std::string text = WEIR_TRY(read_file(env, path));
  json content = json::parse(text, nullptr, false);
  if (!content.is_object() || content.value("kind", "") != kind) {
    return corrupt(fmt::format("{}: not a file of kind {}", path, kind));
  }
  if (content.value("format", 0) != kFormat) {
    return unsupported(fmt::format("{}: format {} is not known", path, content["format"].dump()))
        .hint("a newer weir wrote it: use that one, or another --data folder");
  }
  return content;
}

Status save_json(Env& env, const std::string& path, const json& content) {
  return write_file_atomic(env, path, content.dump() + "\n");
}

Result<kafka::Uuid> parse_uuid(const std::string& text, const std::string& path) {
  const auto uuid = kafka::Uuid::parse(text);
  if (!uuid.has_value()) return corrupt(fmt::format("{}: not a topic id: {}", path, text));
  return *uuid;
}

}  // namespace

Catalog::Catalog(const Context& context, const BrokerOptions& options)
    : context_(context),
      options_(options),
      sync_group_(context.clock, options.sync_threads, options.sync_linger_us),
      random_(options.random_seed != 0 ? options.random_seed : secure_random_seed()) {}

Catalog::~Catalog() { close(); }

Result<std::unique_ptr<Catalog>> Catalog::open(const Context& context,
                                               const BrokerOptions& options) {
  auto catalog = std::unique_ptr<Catalog>(new Catalog(context, options));
  WEIR_TRY(catalog->open_directory());
  WEIR_TRY(catalog->remove_deleted());
  WEIR_TRY(catalog->load_topics());
  return catalog;
}

std::string Catalog::topic_dir(std::string_view name) const {
  return join_path(join_path(options_.data_dir, "topics"), name);
}

Status Catalog::open_directory() {
  Env& env = context_.env;
  const std::string& dir = options_.data_dir;
  WEIR_TRY(env.make_dirs(join_path(dir, "topics")));
  WEIR_TRY(env.make_dirs(join_path(dir, "deleted")));
  auto lock = env.lock(join_path(dir, "lock"));
  if (!lock.has_value()) {
    if (lock.error().code() != ErrorCode::kUnavailable) return lock.error();
    return unavailable(fmt::format("broker: another process uses the data folder {}", dir))
        .hint("stop it, or choose another folder with --data");
  }
  lock_ = *std::move(lock);

  const std::string broker_path = join_path(dir, "weir-broker.json");
  if (!env.exists(broker_path)) {
    cluster_id_ = kafka::Uuid::random(random_).to_string();
    WEIR_TRY(save_json(env, broker_path,
                       {{"kind", kBrokerKind}, {"format", kFormat}, {"cluster_id", cluster_id_}}));
    WEIR_TRY(env.sync_dir(parent_path(dir)));
  } else {
    const json content = WEIR_TRY(load_json(env, broker_path, kBrokerKind));
    cluster_id_ = content.value("cluster_id", "");
  }
  const std::string ids_path = join_path(dir, "producer-ids.json");
  if (env.exists(ids_path)) {
    const json content = WEIR_TRY(load_json(env, ids_path, kProducerIdsKind));
    next_producer_id_ = reserved_producer_id_ = content.value("next", int64_t{0});
  }
  return ok();
}

Status Catalog::remove_deleted() {
  const std::string deleted = join_path(options_.data_dir, "deleted");
  for (const DirEntry& entry : WEIR_TRY(context_.env.list(deleted))) {
    WEIR_TRY(context_.env.remove_tree(join_path(deleted, entry.name)));
  }
  return ok();
}

Status Catalog::load_topics() {
  for (const DirEntry& entry : WEIR_TRY(context_.env.list(topic_dir("")))) {
    if (!entry.is_directory) continue;
    if (context_.env.exists(join_path(topic_dir(entry.name), "topic.json"))) {
      WEIR_TRY(load_topic(entry.name));
    } else {
      WEIR_TRY(context_.env.remove_tree(topic_dir(entry.name)));
    }
  }
  return ok();
}

Status Catalog::load_topic(const std::string& name) {
  const std::string path = join_path(topic_dir(name), "topic.json");
  const json content = WEIR_TRY(load_json(context_.env, path, kTopicKind));
  auto topic = std::make_shared<Topic>();
  topic->name = name;
  topic->id = WEIR_TRY(parse_uuid(content.value("id", ""), path));
  topic->config = TopicConfig();
  if (content.contains("config") && content["config"].is_object()) {
    for (const auto& [key, value] : content["config"].items()) {
      if (!value.is_string()) return corrupt(fmt::format("{}: {} is no text", path, key));
      WEIR_TRY(set_setting(topic->config, key, value.get<std::string>()));
    }
  }
  const int32_t partitions = content.value("partitions", 0);
  if (partitions < 1 || partitions > kMaxPartitions) {
    return corrupt(fmt::format("{}: {} partitions", path, partitions));
  }
  for (int32_t i = 0; i < partitions; ++i) {
    topic->partitions.push_back(WEIR_TRY(open_partition(*topic, i)));
  }
  publish(topic);
  return ok();
}

Status Catalog::save_topic(const Topic& topic) {
  json config = json::object();
  const TopicConfig defaults;
  for (const TopicSetting& setting : topic_settings()) {
    const auto value = get_setting(topic.config, setting.name);
    if (value != get_setting(defaults, setting.name)) config[std::string(setting.name)] = *value;
  }
  return save_json(context_.env, join_path(topic_dir(topic.name), "topic.json"),
                   {{"kind", kTopicKind},
                    {"format", kFormat},
                    {"id", topic.id.to_string()},
                    {"partitions", topic.partitions.size()},
                    {"config", std::move(config)}});
}

Result<std::shared_ptr<LogPartition>> Catalog::open_partition(const Topic& topic, int32_t index) {
  LogOptions options;
  options.dir = join_path(topic_dir(topic.name), std::to_string(index));
  options.name = fmt::format("{}-{}", topic.name, index);
  options.config = topic.config;
  options.visible_when_synced = options_.durability == Durability::kFsync;
  WEIR_TRY(context_.env.make_dirs(options.dir));
  return LogPartition::open(context_, sync_group_, topic.name, index, std::move(options));
}

void Catalog::publish(const TopicRef& topic) {
  const std::unique_lock lock(map_mutex_);
  by_name_[topic->name] = topic;
  by_id_[topic->id] = topic;
  version_.fetch_add(1);
}

Status Catalog::check_create(const std::string& name, int32_t partitions) const {
  WEIR_TRY(check_topic_name(name));
  if (partitions < 1 || partitions > kMaxPartitions) {
    return invalid(fmt::format("Number of partitions must be between 1 and {}, not {}",
                               kMaxPartitions, partitions));
  }
  if (find(name) != nullptr) return already_exists(fmt::format("Topic '{}' already exists", name));
  return ok();
}

Result<TopicRef> Catalog::create(const std::string& name, int32_t partitions,
                                 const TopicConfig& config) {
  const std::lock_guard change(change_mutex_);
  if (closed_) return unavailable("the broker is stopping");
  WEIR_TRY(check_create(name, partitions));
  auto topic = std::make_shared<Topic>();
  topic->name = name;
  topic->id = kafka::Uuid::random(random_);
  topic->config = config;
  // What a failed creation left here is not a topic.
  WEIR_TRY(context_.env.remove_tree(topic_dir(name)));
  for (int32_t i = 0; i < partitions; ++i) {
    topic->partitions.push_back(WEIR_TRY(open_partition(*topic, i)));
  }
  WEIR_TRY(save_topic(*topic));
  WEIR_TRY(context_.env.sync_dir(topic_dir("")));
  publish(topic);
  context_.log.info("broker", "topic created", {{"topic", name}, {"partitions", partitions}});
  return topic;
}

Result<TopicRef> Catalog::grow(const std::string& name, int32_t total) {
  const std::lock_guard change(change_mutex_);
  if (closed_) return unavailable("the broker is stopping");
  const TopicRef before = find(name);
  if (before == nullptr) return not_found(fmt::format("topic '{}' does not exist", name));
  const auto had = static_cast<int32_t>(before->partitions.size());
  if (total <= had || total > kMaxPartitions) {
    return invalid(
        fmt::format("The topic {} currently has {} partition(s); {} is not an increase "
                    "up to {}",
                    name, had, total, kMaxPartitions));
  }
  auto topic = std::make_shared<Topic>(*before);
  for (int32_t i = had; i < total; ++i) {
    topic->partitions.push_back(WEIR_TRY(open_partition(*topic, i)));
  }
  WEIR_TRY(context_.env.sync_dir(topic_dir(name)));
  WEIR_TRY(save_topic(*topic));
  publish(topic);
  context_.log.info("broker", "partitions added", {{"topic", name}, {"partitions", total}});
  return topic;
}

Status Catalog::remove(const std::string& name) {
  const std::lock_guard change(change_mutex_);
  if (closed_) return unavailable("the broker is stopping");
  const TopicRef topic = find(name);
  if (topic == nullptr) return not_found(fmt::format("topic '{}' does not exist", name));
  const std::string grave =
      join_path(join_path(options_.data_dir, "deleted"), topic->id.to_string());
  WEIR_TRY(context_.env.rename(topic_dir(name), grave));
  WEIR_TRY(context_.env.sync_dir(topic_dir("")));
  {
    const std::unique_lock lock(map_mutex_);
    by_name_.erase(name);
    by_id_.erase(topic->id);
    version_.fetch_add(1);
  }
  for (const auto& partition : topic->partitions) {
    static_cast<LogPartition&>(*partition).mark_deleted();
  }
  context_.log.info("broker", "topic deleted", {{"topic", name}});
  return context_.env.remove_tree(grave);
}

TopicRef Catalog::find(std::string_view name) const {
  const std::shared_lock lock(map_mutex_);
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

TopicRef Catalog::find(const kafka::Uuid& id) const {
  const std::shared_lock lock(map_mutex_);
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<TopicRef> Catalog::all() const {
  const std::shared_lock lock(map_mutex_);
  std::vector<TopicRef> topics;
  topics.reserve(by_name_.size());
  for (const auto& entry : by_name_) topics.push_back(entry.second);
  return topics;
}

Result<int64_t> Catalog::new_producer_id() {
  const std::lock_guard change(change_mutex_);
  if (next_producer_id_ == reserved_producer_id_) {
    const int64_t reserved = reserved_producer_id_ + kProducerIdBlock;
    WEIR_TRY(save_json(context_.env, join_path(options_.data_dir, "producer-ids.json"),
                       {{"kind", kProducerIdsKind}, {"format", kFormat}, {"next", reserved}}));
    reserved_producer_id_ = reserved;
  }
  return next_producer_id_++;
}

size_t Catalog::apply_retention() {
  size_t removed = 0;
  for (const TopicRef& topic : all()) {
    for (const auto& partition : topic->partitions) {
      const auto result = static_cast<LogPartition&>(*partition).apply_retention();
      if (result.has_value()) {
        removed += *result;
      } else {
        context_.log.warning("broker", "retention failed",
                             {{"topic", topic->name}, {"error", result.error().message()}});
      }
    }
  }
  return removed;
}

void Catalog::wake_readers() {
  for (const TopicRef& topic : all()) {
    for (const auto& partition : topic->partitions) {
      static_cast<LogPartition&>(*partition).wake_listeners();
    }
  }
}

void Catalog::close() {
  const std::lock_guard change(change_mutex_);
  if (std::exchange(closed_, true)) return;
  sync_group_.stop();
  for (const TopicRef& topic : all()) {
    for (const auto& partition : topic->partitions) {
      const Status closed = static_cast<LogPartition&>(*partition).close();
      if (closed.has_value()) continue;
      context_.log.error("broker", "cannot close a log",
                         {{"topic", topic->name}, {"error", closed.error().message()}});
    }
  }
}

}  // namespace weir::broker
