// Java's 'sasl.jaas.config': a login module and its options, of which librdkafka needs the login.
//
//   org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";
//
// Grammar: javax.security.auth.login.Configuration, one entry: module, flag, NAME=VALUE..., ';'.
// A value is a word or a quoted text with \" and \\. Messages never hold the text: it is a secret.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::connectors {

struct JaasLogin {
  std::string username;
  std::string password;
};

// kUnsupported for modules other than PLAIN's and SCRAM's; kInvalid for what is no entry.
[[nodiscard]] Result<JaasLogin> parse_jaas_config(std::string_view text);

}  // namespace weir::connectors
