#include "connectors/kafka/jaas_config.h"

#include <optional>

namespace weir::connectors {

namespace {

class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  // A word up to a blank, '=' or ';', or a quoted text; nothing at the end or at ';'.
  std::optional<std::string> next() {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] == ';') return std::nullopt;
    if (text_[at_] == '"') return quoted();
    const size_t end = std::min(text_.find_first_of(" \t\r\n=;", at_), text_.size());
    std::string word(text_.substr(at_, end - at_));
    at_ = end;
    return word;
  }

  bool take(char wanted) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

 private:
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  std::optional<std::string> quoted() {
    std::string word;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        return word;
      }
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      word.push_back(text_[at_]);
    }
    return std::nullopt;  // no closing quote
  }

  std::string_view text_;
  size_t at_ = 0;
};

Error not_an_entry() {
  return invalid("this is not MODULE required NAME=\"VALUE\" ... ;")
      .hint(
          "for example org.apache.kafka.common.security.plain.PlainLoginModule required "
          "username=\"...\" password=\"...\";");
}

}  // namespace

Result<JaasLogin> parse_jaas_config(std::string_view text) {
  Words words(text);
  const auto module = words.next();
  const auto flag = words.next();
  if (!module || !flag) return not_an_entry();
  if (!module->ends_with("PlainLoginModule") && !module->ends_with("ScramLoginModule")) {
    return unsupported("only PlainLoginModule and ScramLoginModule are known here")
        .hint(
            "librdkafka's own 'properties.sasl.oauthbearer.*' and 'properties.sasl.kerberos.*' "
            "are for the others");
  }
  JaasLogin login;
  bool named = false;
  while (const auto name = words.next()) {
    if (!words.take('=')) return not_an_entry();
    auto value = words.next();
    if (!value) return not_an_entry();
    named = named || *name == "username";
    if (*name == "username")
      login.username = *std::move(value);
    else if (*name == "password")
      login.password = *std::move(value);
  }
  if (!named || !words.take(';')) return not_an_entry();
  return login;
}

}  // namespace weir::connectors
