// The handlers of topics, records and the broker itself, one file each.
//
// See handlers/handler.h for where they run. Failures are error codes in the response.
#pragma once

#include "broker/handlers/handler.h"

namespace weir::broker {

boost::asio::awaitable<kafka::ApiVersionsResponse> handle_api_versions(
    RequestContext& context, const kafka::ApiVersionsRequest& request);
boost::asio::awaitable<kafka::MetadataResponse> handle_metadata(
    RequestContext& context, const kafka::MetadataRequest& request);
boost::asio::awaitable<kafka::ProduceResponse> handle_produce(RequestContext& context,
                                                              const kafka::ProduceRequest& request);
boost::asio::awaitable<kafka::FetchResponse> handle_fetch(RequestContext& context,
                                                          const kafka::FetchRequest& request);
boost::asio::awaitable<kafka::ListOffsetsResponse> handle_list_offsets(
    RequestContext& context, const kafka::ListOffsetsRequest& request);
boost::asio::awaitable<kafka::CreateTopicsResponse> handle_create_topics(
    RequestContext& context, const kafka::CreateTopicsRequest& request);
boost::asio::awaitable<kafka::DeleteTopicsResponse> handle_delete_topics(
    RequestContext& context, const kafka::DeleteTopicsRequest& request);
boost::asio::awaitable<kafka::CreatePartitionsResponse> handle_create_partitions(
    RequestContext& context, const kafka::CreatePartitionsRequest& request);
boost::asio::awaitable<kafka::InitProducerIdResponse> handle_init_producer_id(
    RequestContext& context, const kafka::InitProducerIdRequest& request);
boost::asio::awaitable<kafka::OffsetForLeaderEpochResponse> handle_offset_for_leader_epoch(
    RequestContext& context, const kafka::OffsetForLeaderEpochRequest& request);
boost::asio::awaitable<kafka::DescribeConfigsResponse> handle_describe_configs(
    RequestContext& context, const kafka::DescribeConfigsRequest& request);
boost::asio::awaitable<kafka::DescribeClusterResponse> handle_describe_cluster(
    RequestContext& context, const kafka::DescribeClusterRequest& request);

}  // namespace weir::broker
