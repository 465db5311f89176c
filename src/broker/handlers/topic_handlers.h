// The handlers of topics, records and the broker itself, one file each.
//
// See handlers/handler.h for where they run. Failures are error codes in the response.
#pragma once

#include "broker/handlers/handler.h"

namespace weir::broker {

kafka::ApiVersionsResponse handle_api_versions(RequestContext& context,
                                               const kafka::ApiVersionsRequest& request);
kafka::MetadataResponse handle_metadata(RequestContext& context,
                                        const kafka::MetadataRequest& request);
kafka::ListOffsetsResponse handle_list_offsets(RequestContext& context,
                                               const kafka::ListOffsetsRequest& request);
kafka::CreateTopicsResponse handle_create_topics(RequestContext& context,
                                                 const kafka::CreateTopicsRequest& request);
kafka::DeleteTopicsResponse handle_delete_topics(RequestContext& context,
                                                 const kafka::DeleteTopicsRequest& request);
kafka::CreatePartitionsResponse handle_create_partitions(
    RequestContext& context, const kafka::CreatePartitionsRequest& request);
kafka::InitProducerIdResponse handle_init_producer_id(RequestContext& context,
                                                      const kafka::InitProducerIdRequest& request);
kafka::OffsetForLeaderEpochResponse handle_offset_for_leader_epoch(
    RequestContext& context, const kafka::OffsetForLeaderEpochRequest& request);
kafka::DescribeConfigsResponse handle_describe_configs(
    RequestContext& context, const kafka::DescribeConfigsRequest& request);
kafka::DescribeClusterResponse handle_describe_cluster(
    RequestContext& context, const kafka::DescribeClusterRequest& request);

}  // namespace weir::broker
