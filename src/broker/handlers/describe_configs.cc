// DescribeConfigs: the settings of topics; a broker has none that clients could change.
#include <algorithm>

#include "broker/handlers/topic_handlers.h"

namespace weir::broker {
namespace {

using kafka::ApiError;
using kafka::DescribeConfigsRequest;
using kafka::DescribeConfigsResponse;

constexpr int8_t kResourceTopic = 2;
constexpr int8_t kResourceBroker = 4;
constexpr int8_t kSourceTopic = 1;
constexpr int8_t kSourceDefault = 5;

// ConfigDef.Type: 2 string, 3 int, 5 long.
int8_t type_number(TopicSetting::Type type) {
  switch (type) {
    case TopicSetting::Type::kString: return 2;
    case TopicSetting::Type::kInt: return 3;
    case TopicSetting::Type::kLong: return 5;
  }
  return 0;
}

void describe_topic(const Broker& broker, const Topic& topic,
                    const DescribeConfigsRequest::Resource& resource,
                    DescribeConfigsResponse::Result& answer) {
  for (const TopicSetting& setting : topic_settings()) {
    const auto& keys = resource.configuration_keys;
    if (keys.has_value() && std::ranges::find(*keys, setting.name) == keys->end()) continue;
    auto& config = answer.configs.emplace_back();
    config.name = setting.name;
    config.value = get_setting(topic.config, setting.name);
    config.config_source =
        config.value == get_setting(broker.options().topic_defaults, setting.name) ? kSourceDefault
                                                                                   : kSourceTopic;
    config.config_type = type_number(setting.type);
    config.documentation = std::string(setting.doc);
  }
}

}  // namespace

DescribeConfigsResponse handle_describe_configs(RequestContext& context,
                                                const DescribeConfigsRequest& request) {
  DescribeConfigsResponse response;
  for (const auto& resource : request.resources) {
    auto& answer = response.results.emplace_back();
    answer.resource_type = resource.resource_type;
    answer.resource_name = resource.resource_name;
    if (resource.resource_type == kResourceTopic) {
      const TopicRef topic = context.broker.find_topic(resource.resource_name);
      if (topic == nullptr) {
        answer.error_code = ApiError::kUnknownTopicOrPartition;
      } else {
        describe_topic(context.broker, *topic, resource, answer);
      }
    } else if (resource.resource_type != kResourceBroker) {
      answer.error_code = ApiError::kInvalidRequest;
      answer.error_message = "only topics and brokers have settings here";
    }
  }
  return response;
}

}  // namespace weir::broker
